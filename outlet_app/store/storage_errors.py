"""What SQLite's errors mean to a person, and the damage that they tell of."""

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from outlet_app.contract.malformed import Malformed
from outlet_app.disk_errors import probed_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.integrity import is_damage, note_damage

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

_AMBIGUOUS = frozenset(
    {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
)


def storage_failure(exc: sqlite3.Error, file: Path | None = None) -> KnownFailure | None:
    """What an error of SQLite means to a person, by its result code; None when it is a bug of ours.

    SQLite gives one code to a used-up quota, a file system that turned
    read-only and a device that fails; with ``file`` the folder is tried.
    """
    code = getattr(exc, "sqlite_errorcode", None)
    if code is None:
        return KnownFailure(FailureCode.STORAGE_CORRUPT, "text") if is_damage(exc) else None
    primary = code & _PRIMARY
    meaning = _EXTENDED_MEANINGS.get(code) or _MEANINGS.get(primary)
    if meaning is None:
        return None
    if file is not None and primary in _AMBIGUOUS:
        found = probed_failure(file.parent, file)
        if found is not None:
            return found
    return KnownFailure(meaning, getattr(exc, "sqlite_errorname", ""))


class told_apart:  # noqa: N801 - used as a verb; a class costs a third of a generator, at every question
    """SQLite's errors within become KnownFailure where a person can act on them; damage is remembered."""

    def __init__(self, db: Database | Path | None = None) -> None:
        self._db = db

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, exc: BaseException | None, __: object) -> None:
        if exc is None or not isinstance(exc, UnicodeDecodeError | sqlite3.Error):
            return
        file = self._db if isinstance(self._db, Path) else _file_of(self._db)
        if isinstance(exc, UnicodeDecodeError):
            # text that is no text, in a row or quoted in a message of SQLite
            if file is not None:
                note_damage(file)
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, "text") from exc
        if file is not None and is_damage(exc):
            note_damage(file)
        failure = storage_failure(exc, file)
        if failure is not None:
            raise failure from exc


class believed:  # noqa: N801 - as above
    """A row that says what no row can say is damage: remembered, and KnownFailure STORAGE_CORRUPT."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, exc: BaseException | None, __: object) -> None:
        if isinstance(exc, ValueError | Malformed):
            file = _file_of(self._db)
            if file is not None:
                note_damage(file)
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, "value") from exc


def _file_of(db: Database | None) -> Path | None:
    """The file of an outlet's connection; other connections keep none."""
    return None if db is None else getattr(db.conn, "file", None)
