"""Half files of killed programs do not stay on a stick; whatever else is there does."""

import subprocess
import sys
from pathlib import Path

from outlet_app.carried_files import CarriedFile
from outlet_app.contract.bundle import BUNDLE_MAGIC, RECEIPTS_MAGIC
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.bundles import Exporting, export
from outlet_app.unfinished_files import remove_left_over
from tests.bundles.stick import Stick
from tests.outlet_fixture import OutletUnderTest

_KILLED = """
import os, signal, sys
from pathlib import Path
from outlet_app.carried_files import CarriedFile
out = CarriedFile(Path(sys.argv[1]), sys.argv[2].encode())
out.add(b"a sealed record" * int(sys.argv[3]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_while_writing(folder: Path, magic: bytes, size: int = 1) -> None:
    words = [sys.executable, "-c", _KILLED, str(folder), magic.decode(), str(size)]
    assert subprocess.run(words, check=False).returncode == -9


def test_the_next_export_removes_what_killed_ones_left_and_says_so(
    outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    killed_while_writing(stick.folder, BUNDLE_MAGIC)
    killed_while_writing(stick.folder, BUNDLE_MAGIC, size=10_000)
    assert len(stick.names) == 2
    told: list[int] = []

    (bundle,) = export(outlet.home, stick.folder, Selection(), Exporting(outlet.clock, on_swept=told.append))

    assert told == [2]
    assert stick.names == {bundle.file.name}


def test_the_next_import_removes_half_receipts_and_says_so(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()
    (file,) = stick.export(outlet)
    killed_while_writing(stick.folder, RECEIPTS_MAGIC)

    brought = stick.bring(file)

    assert brought.removed == 1
    assert stick.names == {file.name, brought.receipts.name}


def test_what_is_being_written_at_the_time_is_left_alone(tmp_path: Path) -> None:
    with CarriedFile(tmp_path, BUNDLE_MAGIC) as out:
        assert remove_left_over(tmp_path) == 0
        assert len(list(tmp_path.iterdir())) == 1
        out.add(b"one more")
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    own_name = tmp_path / ".0123456789ab.part"
    own_name.write_bytes(b"somebody else's download")
    other_name = tmp_path / ".film.part"
    other_name.write_bytes(BUNDLE_MAGIC + b"a film that begins so")
    target = tmp_path / "target"
    target.write_bytes(BUNDLE_MAGIC)
    link = tmp_path / ".ba9876543210.part"
    link.symlink_to(target)
    folder = tmp_path / ".aaaaaaaaaaaa.part"
    folder.mkdir()
    before = sorted(tmp_path.iterdir())

    assert remove_left_over(tmp_path) == 0

    assert sorted(tmp_path.iterdir()) == before
