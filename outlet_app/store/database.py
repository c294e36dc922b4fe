"""The outlet's database file: how it is opened, how it is written, and how it is asked."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.private_folder import make_private
from outlet_app.store import rescue_progress
from outlet_app.store.care import care_for
from outlet_app.store.chain_mark import MarkKeeper
from outlet_app.store.holders import Hold, hold_alone, hold_share
from outlet_app.store.integrity import is_damage_noted
from outlet_app.store.known_rows import Answers, KnownRows
from outlet_app.store.migrations import check_known, newest, version
from outlet_app.store.open_files import OpenFiles, fold_log
from outlet_app.store.salvage import PublicKeys
from outlet_app.store.storage_errors import believed, told_apart

__all__ = [
    "FILE_NAME",
    "Database",
    "believed",
    "first_row",
    "known_answers",
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

log = logging.getLogger(__name__)

Parameters = Sequence[Any] | dict[str, Any]


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
    known, question = known_answers(db), (sql, parameters)
    if question not in known:
        with told_apart(db):
            known[question] = db.conn.execute(sql, parameters).fetchone()
    row: tuple[Any, ...] | None = known[question]
    return row


def known_answers(db: Database) -> Answers:
    """What may be given again while nobody writes, to be looked into and added to at once (known_rows)."""
    own = db.conn
    with told_apart(db):
        return own.known.of(own) if isinstance(own, OutletConnection) else {}
