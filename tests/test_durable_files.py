"""A private file is whole or not there, and its owner's alone."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from outlet_app.durable_files import write_private

_WRITE_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from outlet_app.durable_files import write_private
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_private(Path(sys.argv[1]), b"k" * 1000)
except OSError:
    sys.exit(7)
"""


def test_a_file_is_its_owners_alone_and_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "seal.key"
    write_private(file, b"first")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_private(file, b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("seal.key", b"first")]


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_what_could_not_be_written_whole_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WRITE_ON_A_FULL_DISK, str(tmp_path / "seal.key")], check=False, timeout=30
    )
    assert done.returncode == 7
    assert list(tmp_path.iterdir()) == []
