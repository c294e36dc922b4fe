import signal
import stat
import subprocess
import sys
from pathlib import Path

from outlet_app.sync.sender_lock import FILE_NAME, sender_lock

HOLDER = """
import sys, pathlib
from outlet_app.sync.sender_lock import sender_lock
with sender_lock(pathlib.Path(sys.argv[1])) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def holder(home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_second_sender_in_this_process_is_told_so(tmp_path: Path) -> None:
    with sender_lock(tmp_path) as first, sender_lock(tmp_path) as second:
        assert (first, second) == (True, False)
    with sender_lock(tmp_path) as again:
        assert again


def test_a_second_process_is_told_so_until_the_first_is_killed(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with sender_lock(tmp_path) as mine:
            assert not mine
        process.send_signal(signal.SIGKILL)
        process.wait(5)
        with sender_lock(tmp_path) as mine:
            assert mine


def test_the_lock_file_is_for_this_user_alone(tmp_path: Path) -> None:
    with sender_lock(tmp_path):
        assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
