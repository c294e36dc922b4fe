"""One sender at a time: an operating-system lock on a file of the data folder, which dies with its holder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from outlet_app.disk_errors import disk_failure

FILE_NAME = "sender.lock"


@contextmanager
def sender_lock(home: Path) -> Iterator[bool]:
    """True within the block when this process (and this caller) is now the sender, False when another is.

    KnownFailure DISK_FULL, STORAGE_READ_ONLY or STORAGE_FAILED when the lock file cannot be made.
    """
    lock = FileLock(home / FILE_NAME, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError as exc:
        raise disk_failure(exc, FILE_NAME) from exc
    try:
        yield True
    finally:
        lock.release()
