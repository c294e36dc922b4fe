"""The file that a scanner left: read as a stranger's, and erased once somebody asks for it.

Its name may hold the customer's, so no failure quotes it.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from outlet_app.domain.failures import FailureCode, KnownFailure

_OVERWRITE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file that was read, told apart from another one that takes its name later."""

    path: Path = field(repr=False)
    device: int
    inode: int
    size: int
    modified_ns: int


def read_scan_file(path: Path, most_bytes: int) -> tuple[ScanFile, bytes]:
    """The file and its bytes; a link is not followed, a pipe or device not waited for.

    KnownFailure SCAN_FILE_UNREADABLE, SCAN_TOO_LARGE.
    """
    try:
        with _opened(path, os.O_RDONLY) as file:
            about = _plain_file(file.fileno())
            data = file.read(most_bytes + 1)
    except OSError as exc:
        raise KnownFailure(FailureCode.SCAN_FILE_UNREADABLE, exc.strerror or "") from exc
    if len(data) > most_bytes:
        raise KnownFailure(FailureCode.SCAN_TOO_LARGE)
    return _scan_file(path, about), data


def erase_scan_file(scan: ScanFile) -> None:
    """Overwrite the file and remove it, if it is still the one that was read.

    What a file system or a flash disk keeps of the old bytes elsewhere is
    beyond reach. KnownFailure SCAN_FILE_UNREADABLE when it is another file by
    now, has a second name, or cannot be written to.
    """
    try:
        with _opened(scan.path, os.O_RDWR) as file:
            about = _plain_file(file.fileno())
            if _scan_file(scan.path, about) != scan:
                raise KnownFailure(FailureCode.SCAN_FILE_UNREADABLE, "another file by now")
            if about.st_nlink != 1:
                raise KnownFailure(FailureCode.SCAN_FILE_UNREADABLE, "it has a second name")
            for at in range(0, scan.size, _OVERWRITE_BYTES):
                file.write(bytes(min(_OVERWRITE_BYTES, scan.size - at)))
            file.flush()
            os.fsync(file.fileno())
        scan.path.unlink()
    except OSError as exc:
        raise KnownFailure(FailureCode.SCAN_FILE_UNREADABLE, exc.strerror or "") from exc


def _opened(path: Path, how: int) -> BinaryIO:
    # neither flag exists on Windows, which has no links or pipes that a scanner's folder would hold
    never_follow = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, how | never_follow | getattr(os, "O_CLOEXEC", 0))
    return os.fdopen(descriptor, "rb" if how == os.O_RDONLY else "r+b")


def _plain_file(descriptor: int) -> os.stat_result:
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        raise KnownFailure(FailureCode.SCAN_FILE_UNREADABLE, "no plain file")
    return about


def _scan_file(path: Path, about: os.stat_result) -> ScanFile:
    return ScanFile(path, about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
