"""The outlet's database file: how it is opened, how it is written, and what its errors mean."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.private_folder import make_private
from outlet_app.store.migrations import migrate

__all__ = ["FILE_NAME", "Database", "first_row", "open_database", "rows", "told_apart", "write"]

FILE_NAME = "outlet.db"
BUSY_TIMEOUT_S = 20.0
"""Writers wait this long for each other; each holds the file for some milliseconds."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)

_MEANINGS: dict[int, FailureCode] = {
    sqlite3.SQLITE_FULL: FailureCode.DISK_FULL,
    sqlite3.SQLITE_READONLY: FailureCode.STORAGE_READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: FailureCode.STORAGE_READ_ONLY,
    sqlite3.SQLITE_PERM: FailureCode.STORAGE_READ_ONLY,
    sqlite3.SQLITE_CORRUPT: FailureCode.STORAGE_CORRUPT,
    sqlite3.SQLITE_NOTADB: FailureCode.STORAGE_CORRUPT,
    sqlite3.SQLITE_BUSY: FailureCode.STORAGE_LOCKED,
    sqlite3.SQLITE_LOCKED: FailureCode.STORAGE_LOCKED,
    sqlite3.SQLITE_PROTOCOL: FailureCode.STORAGE_LOCKED,
    sqlite3.SQLITE_IOERR: FailureCode.STORAGE_FAILED,
    sqlite3.SQLITE_NOMEM: FailureCode.STORAGE_FAILED,
    sqlite3.SQLITE_AUTH: FailureCode.STORAGE_FAILED,
}
"""Primary result codes that the environment causes; all others are bugs."""

_EXTENDED_MEANINGS: dict[int, FailureCode] = {
    # the shared-memory file could not be made long enough: the disk is full
    sqlite3.SQLITE_IOERR_SHMSIZE: FailureCode.DISK_FULL,
    # the file was replaced or moved while it was open
    sqlite3.SQLITE_READONLY_DBMOVED: FailureCode.STORAGE_FAILED,
}
_PRIMARY = 0xFF

_MAKING = threading.Lock()
"""Held while the file may be made: no connection of this process has locks on it then that could be dropped."""

Parameters = Sequence[Any] | dict[str, Any]


def storage_failure(exc: sqlite3.Error) -> KnownFailure | None:
    """What an error of SQLite means to a person, by its result code; None when it is a bug of ours."""
    code = getattr(exc, "sqlite_errorcode", None)
    if code is None:
        return None
    meaning = _EXTENDED_MEANINGS.get(code) or _MEANINGS.get(code & _PRIMARY)
    if meaning is None:
        return None
    return KnownFailure(meaning, getattr(exc, "sqlite_errorname", ""))


@contextmanager
def told_apart() -> Iterator[None]:
    """SQLite's errors within become KnownFailure where a person can act on them."""
    try:
        yield
    except sqlite3.Error as exc:
        failure = storage_failure(exc)
        if failure is None:
            raise
        raise failure from exc


def open_database(path: Path) -> Database:
    """The database file, made or migrated as needed, for use in the calling thread only.

    Folder and files are for this user alone. KnownFailure: STORAGE_READ_ONLY,
    STORAGE_CORRUPT, STORAGE_NEWER, STORAGE_LOCKED, DISK_FULL.
    """
    with told_apart():
        with _MAKING:
            _make_private(path)
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            # plug-ins of sqlite-utils are other people's code: none within the outlet's data
            db = Database(connection, execute_plugins=False)
            for pragma in _PRAGMAS:
                connection.execute(pragma).fetchall()
            migrate(db)
        except BaseException:
            connection.close()
            raise
    return db


@contextmanager
def write(db: Database) -> Iterator[Database]:
    """One transaction that begins IMMEDIATE, so that it waits for other writers instead of failing.

    Commits at the end, rolls back on any exception. Never wait for anything within.
    """
    with told_apart():
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def rows(db: Database, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """All rows of a query as dicts; keep it bounded by a LIMIT or by nature."""
    with told_apart():
        cursor = db.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def first_row(db: Database, sql: str, parameters: Parameters = ()) -> dict[str, Any] | None:
    """First row of a query as a dict, None when there is none."""
    found = rows(db, sql, parameters)
    return found[0] if found else None


def _make_private(path: Path) -> None:
    """Folder 0700, file 0600 before SQLite sees it: its journal files take over the file's rights.

    A file that is there is never opened here: closing it would drop the locks
    of every connection of this process (POSIX), and another process could
    then take away the write-ahead log that they go on writing to.
    """
    try:
        make_private(path.parent)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        path.chmod(0o600)
    except OSError as exc:
        raise KnownFailure(FailureCode.STORAGE_READ_ONLY, str(path)) from exc
