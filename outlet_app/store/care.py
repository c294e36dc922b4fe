"""What the first to open the database does for it while nobody else has it: look, rescue, migrate."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from outlet_app.disk_errors import disk_failure
from outlet_app.store import migrations
from outlet_app.store.backups import are_overdue, drop_backups, drop_halves, migrate_by_copy
from outlet_app.store.chain_mark import MarkKeeper, load_mark, where_now
from outlet_app.store.database_pages import breaks_off
from outlet_app.store.integrity import (
    ask_full_check,
    forget_damage,
    is_damage,
    is_damage_noted,
    is_whole,
    looks_whole,
)
from outlet_app.store.missed_numbers import name_doubt, name_missed
from outlet_app.store.rescue import finish, rescue
from outlet_app.store.rescue_notice import keep_notice
from outlet_app.store.salvage import PublicKeys
from outlet_app.store.standing_copy import is_other_than_given, keep_standing, standing_copy

WAIT_S = 20.0
"""Programs that are not ours may read the file meanwhile."""


def care_for(file: Path, keys: PublicKeys, now: datetime) -> None:
    """Leave a whole database of the newest schema, with every number named that it should have.

    ``now`` is the moment that the journal is to say.

    The caller holds it alone. KnownFailure of storage; sqlite3.Error of the system's making.
    """
    try:
        finish(file)
    except OSError as exc:
        raise disk_failure(exc, file.parent.name) from exc
    is_there = file.exists() and file.stat().st_size > 0
    if not is_there and not _was_there(file):
        with _opened(file) as connection:
            migrations.migrate(Database(connection, execute_plugins=False))
        return
    drop_halves(file)
    has_orderly_end = not _had_no_orderly_end(file)
    if not has_orderly_end:
        ask_full_check(file)
    is_sound = is_there and _is_sound(file)
    if not is_sound:
        rescue(file, keys, now)
        forget_damage(file)
        ask_full_check(file)
    with _opened(file) as connection:
        # a mark was made by every program that wrote this schema and ended in order
        should_have_mark = is_sound and has_orderly_end and _is_of_newest_schema(connection)
        migrate_by_copy(connection, file, now)
        _go_on_from_mark(connection, file, now, should_have_one=should_have_mark)
        keep_standing(connection, file)
    # by the times that the system gave the files
    if are_overdue(file, datetime.now(UTC)) and is_whole(file):
        drop_backups(file)


def _is_sound(file: Path) -> bool:
    """A short look; of a file in which damage was met, a look at the whole."""
    try:
        if _had_no_orderly_end(file) and _stands_behind_its_mark(file):
            return False
        with _opened(file) as connection:
            is_sound = _looks_sound(connection, file)
    except UnicodeDecodeError:
        return False  # a message of SQLite that quotes what it found
    except sqlite3.Error as exc:
        if is_damage(exc):
            return False
        raise
    if not is_sound or (is_damage_noted(file) and not is_whole(file)):
        return False
    forget_damage(file)
    return True


def _looks_sound(connection: sqlite3.Connection, file: Path) -> bool:
    db = Database(connection, execute_plugins=False)
    found = migrations.version(db)
    migrations.check_known(found)
    if found == 0:
        # a first start that found no room, or was killed: nothing is there yet
        return not _has_tables(connection)
    if not migrations.has_its_columns(db):
        return False  # the number or the tables are not what was written
    return looks_whole(connection, file) and not is_other_than_given(connection, file)


def _stands_behind_its_mark(file: Path) -> bool:
    """The log ends before the last number given: it is damaged, and opening it would throw the rest away."""
    mark = load_mark(file)
    if mark is None:
        # nothing tells how far it should go, but a log that goes on behind its end says so itself;
        # before a terminal is enrolled there is nothing to lose
        return standing_copy(file).exists() and breaks_off(file.with_name(file.name + "-wal"))
    # a connection that only reads leaves the log as it is
    uri = f"{file.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)) as connection:
        if not _has_tables(connection):
            return True
        stands = where_now(connection)
    if stands is None:
        return True
    return stands.terminal == mark.terminal and (
        stands.sequence < mark.sequence or stands.journal < mark.journal
    )


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None


def _go_on_from_mark(
    connection: sqlite3.Connection, file: Path, now: datetime, *, should_have_one: bool
) -> None:
    mark, stands = load_mark(file), where_now(connection)
    if stands is None:
        return
    if mark is None:
        if not should_have_one or not stands.journal:
            # a rescue has said how far it goes, or a program before this one kept none
            MarkKeeper(file).keep(connection)
            return
        notice = name_doubt(connection, stands, now)
    elif mark.terminal == stands.terminal and (
        mark.sequence > stands.sequence or mark.journal > stands.journal
    ):
        notice = name_missed(connection, stands, mark, now)
    else:
        return
    with contextlib.suppress(OSError):  # the journal has it; only the showing would be missed
        keep_notice(file.parent, notice)
    # last of all: without it, the next opening says a doubt again
    MarkKeeper(file).keep(connection)


def _is_of_newest_schema(connection: sqlite3.Connection) -> bool:
    return migrations.version(Database(connection, execute_plugins=False)) == migrations.newest()


def _was_there(file: Path) -> bool:
    """A log or a mark without its database: somebody took the file away."""
    return _had_no_orderly_end(file) or load_mark(file) is not None


def _had_no_orderly_end(file: Path) -> bool:
    """The last to close the database folds its log into it; one that is left tells of an end without that."""
    log = file.with_name(file.name + "-wal")
    return log.exists() and log.stat().st_size > 0


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    if not file.exists():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(file, timeout=WAIT_S, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        yield connection
