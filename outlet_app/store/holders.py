"""Who has the database open: many at once for use, one alone for care.

A file that is set aside or migrated while somebody else writes to it would
take that writer's records along. The lock is the operating system's and dies
with its holder. Windows does not rename a file that is open, and needs none.
"""

import os
import sys
import time
from pathlib import Path

from outlet_app.disk_errors import disk_failure

SUFFIX = "-holders"
_LOOK_S = 0.02


class Hold:
    """A share in the database, or the whole of it, until ``release``."""

    def __init__(self, number: int | None) -> None:
        self._number = number

    def release(self) -> None:
        """Give it back; harmless when repeated."""
        number, self._number = self._number, None
        if number is not None:
            os.close(number)


def hold_alone(database: Path, *, timeout_s: float = 0.0) -> Hold | None:
    """The whole of a database, None when others have it open until the time is over.

    KnownFailure of the disk when the lock's file cannot be made.
    """
    return _hold(database, alone=True, timeout_s=timeout_s)


def hold_share(database: Path, *, timeout_s: float) -> Hold | None:
    """A share in a database, None when somebody cares for it alone until the time is over."""
    return _hold(database, alone=False, timeout_s=timeout_s)


if sys.platform == "win32":
    _cared_for: set[Path] = set()

    def _hold(database: Path, *, alone: bool, timeout_s: float) -> Hold | None:  # noqa: ARG001 - as elsewhere
        """A process's first opening cares for the file; to set it aside fails while others have it open."""
        if alone and database in _cared_for:
            return None
        _cared_for.add(database)
        return Hold(None)

else:
    import fcntl

    def _hold(database: Path, *, alone: bool, timeout_s: float) -> Hold | None:
        file = database.with_name(database.name + SUFFIX)
        try:
            number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise disk_failure(exc, file.name) from exc
        ends = time.monotonic() + timeout_s
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        while True:
            try:
                fcntl.flock(number, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= ends:
                    os.close(number)
                    return None
                # the system's lock knows no time-out, so it is asked again and again until then
                time.sleep(_LOOK_S)
            except BaseException:
                os.close(number)
                raise
            else:
                return Hold(number)
