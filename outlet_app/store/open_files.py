"""Whether the files of an open database are still those that it was opened with.

POSIX lets anybody remove or replace a file that is open. Who goes on then
writes where nobody will look again; SQLite notices it for the database file
at best, not for its log.
"""

import os
import sqlite3
from pathlib import Path

_SUFFIXES = ("", "-wal", "-shm")


class OpenFiles:
    """Database, log and shared memory as they were when the connection was made."""

    def __init__(self, file: Path) -> None:
        self._names = [f"{file}{suffix}" for suffix in _SUFFIXES]
        self._first = self._now()

    def are_still_there(self) -> bool:
        """False when one was removed, moved or replaced since."""
        return self._first == self._now()

    def _now(self) -> list[tuple[int, int] | None]:
        found: list[tuple[int, int] | None] = []
        for name in self._names:
            try:
                status = os.stat(name)  # noqa: PTH116 - three times a transaction
            except OSError:
                found.append(None)
            else:
                found.append((status.st_dev, status.st_ino))
        return found


def fold_log(connection: sqlite3.Connection) -> bool:
    """Bring everything committed into the database file; True when all of it is there, durably."""
    try:
        busy, in_log, done = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    except sqlite3.Error:
        return False
    return not busy and in_log == done
