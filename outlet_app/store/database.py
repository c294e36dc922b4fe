"""The outlet's database file: how it is opened, how it is written, and what its errors mean."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from outlet_app.disk_errors import disk_failure, probed_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.private_folder import make_private
from outlet_app.store import rescue_progress
from outlet_app.store.care import care_for
from outlet_app.store.chain_mark import MarkKeeper
from outlet_app.store.holders import Hold, hold_alone, hold_share
from outlet_app.store.integrity import is_damage, is_damage_noted, note_damage
from outlet_app.store.known_rows import KnownRows
from outlet_app.store.migrations import check_known, newest, version
from outlet_app.store.open_files import OpenFiles, fold_log
from outlet_app.store.salvage import PublicKeys

__all__ = [
    "FILE_NAME",
    "Database",
    "first_row",
    "known_row",
    "open_database",
    "rows",
    "told_apart",
    "write",
]

FILE_NAME = "outlet.db"
BUSY_TIMEOUT_S = 20.0
"""Writers wait this long for each other; each holds the file for some milliseconds."""

DAMAGED_WAIT_S = 3.0
"""Where damage was met, this long for the others to let go: a sender closes the file after each run."""

RESCUE_WAIT_S = 3600.0
"""So long a program waits for a rescue of its own; a million records take some ten minutes."""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    # a backstop: the sender brings the log into the database between two looks, so that no clerk waits for it
    "PRAGMA wal_autocheckpoint = 8000",
)
"""Settings of every connection to an outlet's database."""

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
log = logging.getLogger(__name__)

Parameters = Sequence[Any] | dict[str, Any]


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
        if isinstance(exc, ValueError):
            file = _file_of(self._db)
            if file is not None:
                note_damage(file)
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, "value") from exc


class OutletConnection(sqlite3.Connection):
    """A connection that holds its share in the file until it is closed, and keeps the mark after commits."""

    file: Path | None = None
    share: Hold | None = None
    mark: MarkKeeper | None = None
    files: OpenFiles | None = None

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.known = KnownRows()

    def close(self) -> None:
        """Close it and give the share back."""
        super().close()
        if self.share is not None:
            self.share.release()

    def __del__(self) -> None:
        """A connection that nobody closed keeps nobody out."""
        if self.share is not None:
            self.share.release()


def open_database(
    path: Path, keys: PublicKeys = lambda _: None, clock: Callable[[], datetime] | None = None
) -> Database:
    """The database file, whole and of the newest schema, for use in the calling thread only.

    Whoever opens it first looks at it (a second at most, unless there is
    damage), rescues what can be read of a damaged one and migrates an older
    one; ``keys`` tell a rescue which envelopes are genuine, ``clock`` what
    time the journal is to say (else the system's). What a rescue came to is
    told by rescue_notice. Folder and files are for this user alone.
    KnownFailure: STORAGE_READ_ONLY, STORAGE_CORRUPT (damaged, and another
    program holds it), STORAGE_NEWER, STORAGE_UPDATE_FAILED, STORAGE_LOCKED, DISK_FULL.
    """
    try:
        make_private(path.parent)
    except OSError as exc:
        raise disk_failure(exc, path.parent.name) from exc
    with told_apart(path):
        share = _share(path, keys, clock or _wall_clock)
        try:
            return _connected(path, share)
        except BaseException:
            share.release()
            raise


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def _share(path: Path, keys: PublicKeys, clock: Callable[[], datetime]) -> Hold:
    """A share in a file that was cared for: by this opening where it is the first, else by an earlier one."""
    alone = _alone_if_needed(path)
    if alone is not None:
        try:
            care_for(path, keys, clock())
            path.chmod(0o600)
        finally:
            alone.release()
    share = hold_share(path, timeout_s=BUSY_TIMEOUT_S)
    ends = time.monotonic() + RESCUE_WAIT_S
    while share is None and rescue_progress.is_at_work() and time.monotonic() < ends:
        # another thread of this program rescues it, which takes minutes where there are many records
        share = hold_share(path, timeout_s=BUSY_TIMEOUT_S)
    if share is None:
        raise KnownFailure(FailureCode.STORAGE_LOCKED, path.name)
    return share


def _alone_if_needed(path: Path) -> Hold | None:
    """The whole of the file where nobody has it, None where others have and it needs no care.

    KnownFailure STORAGE_CORRUPT when it needs care and nobody lets go.
    """
    alone = hold_alone(path)
    ends = time.monotonic() + DAMAGED_WAIT_S
    while alone is None and _needs_care(path):
        if time.monotonic() >= ends:
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, "held by another program")
        alone = hold_alone(path, timeout_s=0.1)
    return alone


def _needs_care(path: Path) -> bool:
    """True where damage was met, and for a file that nobody has written to yet."""
    return is_damage_noted(path) or not path.exists() or path.stat().st_size == 0


def _connected(path: Path, share: Hold) -> Database:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, factory=OutletConnection)
    try:
        # plug-ins of sqlite-utils are other people's code: none within the outlet's data
        db = Database(connection, execute_plugins=False)
        for pragma in PRAGMAS:
            connection.execute(pragma).fetchall()
        _check_version(version(db))
    except BaseException:
        connection.close()
        raise
    connection.file, connection.share, connection.mark = path, share, MarkKeeper(path)
    connection.files = OpenFiles(path)
    return db


def _check_version(found: int) -> None:
    check_known(found)
    if found < newest():
        # an older program holds it, so that nobody could migrate it
        raise KnownFailure(FailureCode.STORAGE_LOCKED, f"schema {found}")


@contextmanager
def write(db: Database, at_commit: Callable[[], None] | None = None) -> Iterator[Database]:
    """One transaction that begins IMMEDIATE, so that it waits for other writers instead of failing.

    Commits at the end, rolls back on any exception. Never wait for anything
    within. ``at_commit`` is called as soon as what was written is durable.
    """
    own = db.conn
    with told_apart(db):
        own.execute("BEGIN IMMEDIATE")
        try:
            _begun(own)
            yield db
            own.execute("COMMIT")
        except BaseException:
            _roll_back(db)
            raise
        finally:
            if isinstance(own, OutletConnection):
                own.known.unpin()
        if at_commit is not None:
            at_commit()
        _committed(own)


def _begun(own: sqlite3.Connection) -> None:
    """Nothing is written to files that nobody will open again."""
    if not isinstance(own, OutletConnection):
        return
    if own.files is not None and not own.files.are_still_there():
        raise KnownFailure(FailureCode.STORAGE_FAILED, "the database's files were taken away")
    own.known.pin(own)


def _committed(own: sqlite3.Connection) -> None:
    """What was committed is in a log that is still there, or in the database file; the mark says how far."""
    if not isinstance(own, OutletConnection):
        return
    if own.files is not None and not own.files.are_still_there() and not fold_log(own):
        raise KnownFailure(FailureCode.STORAGE_FAILED, "the database's files were taken away")
    if own.mark is not None:
        own.mark.keep(own)


def _roll_back(db: Database) -> None:
    """Undo; an error of the undoing itself must not take the place of the one that led to it."""
    try:
        db.rollback()
    except sqlite3.Error as exc:
        log.warning("rolled back by SQLite itself: %s", getattr(exc, "sqlite_errorname", ""))


def rows(db: Database, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """All rows of a query as dicts; keep it bounded by a LIMIT or by nature."""
    with told_apart(db):
        cursor = db.conn.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def first_row(db: Database, sql: str, parameters: Parameters = ()) -> dict[str, Any] | None:
    """First row of a query as a dict, None when there is none."""
    found = rows(db, sql, parameters)
    return found[0] if found else None


def known_row(db: Database, sql: str, parameters: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
    """First row of a query, None when there is none; asked once only while nobody writes (known_rows)."""
    own, question = db.conn, (sql, parameters)
    with told_apart(db):
        known = own.known.of(own) if isinstance(own, OutletConnection) else {}
        if question not in known:
            known[question] = own.execute(sql, parameters).fetchone()
        row: tuple[Any, ...] | None = known[question]
        return row


def _file_of(db: Database | None) -> Path | None:
    return db.conn.file if db is not None and isinstance(db.conn, OutletConnection) else None
