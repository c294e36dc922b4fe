"""A private working folder that is wiped, whatever was done in it and by whom."""

import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PREFIX = "outlet-private-"
"""First part of the name; the owner's process id and the mark of this start of the system follow.

So a folder whose owner died can be told, after a power cut too, when the id is another program's.
"""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNKNOWN_BOOT = "0"
"""Where the system gives no mark of its starts."""

_LARGEST_OVERWRITTEN = 16 << 20

log = logging.getLogger(__name__)


@contextmanager
def wiped_folder() -> Iterator[Path]:
    """An empty folder for this user alone (0700) under the system's folder for temporary files.

    At the end its files are overwritten and it is removed. OSError when it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-{_boot()}-"))
    try:
        yield folder
    finally:
        wipe(folder)


def wipe(folder: Path) -> None:
    """Overwrite what lies in the folder and remove it; what stays all the same is logged.

    Links are removed and never followed: where they lead is not ours.
    """
    try:
        folder.chmod(0o700)
        for place, folders, files in os.walk(folder):
            for name in folders:
                within = Path(place, name)
                if not within.is_symlink():
                    within.chmod(0o700)
            for name in files:
                _overwrite(Path(place, name))
    except OSError as exc:
        log.debug("private folder: %s", exc.strerror)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        log.error("a private folder cannot be removed: %s", folder)


def wipe_forsaken() -> None:
    """Wipe the folders of this user whose owner is gone without having done so: power cut, kill."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner, _, rest = folder.name.removeprefix(PREFIX).partition("-")
        if owner.isdecimal() and not _may_live(int(owner), rest.partition("-")[0]) and _is_ours(folder):
            wipe(folder)


def _may_live(process: int, boot: str) -> bool:
    """False for a process that has ended, and for one of before the system started."""
    return boot == _boot() and psutil.pid_exists(process)


def _boot() -> str:
    """Mark of this start of the system (random(4)), no hyphen in it."""
    try:
        return _BOOT_ID.read_text(encoding="ascii")[:8]
    except OSError:
        return _UNKNOWN_BOOT


def _is_ours(folder: Path) -> bool:
    """A real folder that this user made: the place for temporary files is everybody's."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and (not hasattr(os, "getuid") or about.st_uid == os.getuid())


def _overwrite(file: Path) -> None:
    about = file.lstat()
    # a second name of the same file may stand anywhere, and its content is not ours to destroy
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        return
    file.chmod(0o600)
    # nothing else writes here any more, so it is still the file that was looked at
    with file.open("r+b", buffering=0) as content:
        content.write(bytes(min(about.st_size, _LARGEST_OVERWRITTEN)))
        os.fsync(content.fileno())
