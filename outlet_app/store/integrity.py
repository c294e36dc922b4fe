"""Whether the database file is whole: a look that takes a moment before use, and a full check beside it.

Before use there is a second at most: a small file is checked as a whole, of a
large one the length, the small tables and the newest records.
The full check (SQLite's own, foreign keys, each sealed record against its
hash) takes minutes at a million records, so it runs once a day, and after an
end that was not orderly, while people work.
"""

import hashlib
import logging
import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.stored_values import is_number_or_other, rule_of

WHOLE_LOOK_BYTES = 64 * 1024 * 1024
"""Some 10,000 records; such a file is checked in 0.6 s (measured on two busy cores)."""

FULL_CHECK_EVERY = timedelta(days=1)
_SMALL_TABLES = ("enrolment", "policy_pack", "sign_in", "pacing")
_NEWEST = 50
_PAGE = 200
_WITHOUT_PACKS = (
    "SELECT 1 FROM enrolment WHERE current = 1 AND terminal NOT IN (SELECT terminal FROM policy_pack)"
)
_CHECKED, _DAMAGED = "-checked", "-damaged"
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OF_THE_SYSTEM = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_INTERRUPT,
    }
)
"""Causes outside the file; whatever else a check by known statements meets is damage."""

log = logging.getLogger(__name__)


def looks_whole(connection: sqlite3.Connection, file: Path) -> bool:
    """True when a short look finds no damage. sqlite3.Error for what is not damage."""
    try:
        if _is_cut(connection, file):
            return False
        if file.stat().st_size <= WHOLE_LOOK_BYTES:
            return (
                _says_ok(connection, "PRAGMA integrity_check(1)")
                and not connection.execute("PRAGMA foreign_key_check").fetchone()
                and _small_tables_readable(connection)
                and _rows_readable(connection)
                and not wrong_envelopes(connection, most=1)
            )
        return _small_tables_readable(connection) and _newest_readable(connection)
    except UnicodeDecodeError:
        return False  # a message of SQLite that quotes what it found
    except sqlite3.Error as exc:
        if _is_of_the_system(exc):
            raise
        return False


def is_whole(file: Path) -> bool:
    """The full check, on a connection of its own that only reads; KnownFailure STORAGE_FAILED, ..._LOCKED.

    Takes minutes for a million records; writers go on beside it.
    """
    uri = f"{file.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=20.0, isolation_level=None)) as connection:
            whole = (
                _says_ok(connection, "PRAGMA integrity_check(1)")
                and not connection.execute("PRAGMA foreign_key_check").fetchone()
                and _small_tables_readable(connection)
                and _rows_readable(connection)
                and not wrong_envelopes(connection, most=1)
            )
    except sqlite3.Error as exc:
        if _is_of_the_system(exc):
            raise KnownFailure(FailureCode.STORAGE_FAILED, getattr(exc, "sqlite_errorname", "")) from exc
        whole = False
    except UnicodeDecodeError:
        whole = False
    if not whole:
        note_damage(file)
    return whole


def wrong_envelopes(connection: sqlite3.Connection, *, most: int) -> list[str]:
    """Ids of sealed records whose bytes are not those that were stored, up to ``most``."""
    wrong: list[str] = []
    after = ""
    while len(wrong) < most:
        page = connection.execute(
            "SELECT record_id, envelope, envelope_sha256 FROM sealed JOIN outbox USING (record_id)"
            " WHERE record_id > ? ORDER BY record_id LIMIT ?",
            (after, _PAGE),
        ).fetchall()
        if not page:
            break
        wrong += [one for one, data, sha256 in page if hashlib.sha256(data).hexdigest() != sha256]
        after = page[-1][0]
    return wrong[:most]


def is_damage(exc: sqlite3.Error) -> bool:
    """True when SQLite says that the file is damaged or no database, or a text in it is no text."""
    code = getattr(exc, "sqlite_errorcode", None)
    if code is None:
        # Python's own words about a column whose bytes are not UTF-8; there is no code for it
        return isinstance(exc, sqlite3.OperationalError) and "decode" in str(exc)
    return (code & 0xFF) in _CORRUPT


def _is_of_the_system(exc: sqlite3.Error) -> bool:
    return ((getattr(exc, "sqlite_errorcode", None) or 0) & 0xFF) in _OF_THE_SYSTEM


# -- what is remembered between openings: each an empty file whose time counts --


def note_damage(file: Path) -> None:
    """Damage was met: whoever opens the file alone next looks at the whole of it."""
    _touch(file, _DAMAGED)


def forget_damage(file: Path) -> None:
    """The file was looked at as a whole, or is another one now."""
    _beside(file, _DAMAGED).unlink(missing_ok=True)


def is_damage_noted(file: Path) -> bool:
    """True when damage was met since the last look at the whole."""
    return _beside(file, _DAMAGED).exists()


def note_full_check(file: Path, now: datetime) -> None:
    """The full check ended well at this moment."""
    _touch(file, _CHECKED, now)


def ask_full_check(file: Path) -> None:
    """The end was not orderly: the full check is due, whenever the last one was."""
    _beside(file, _CHECKED).unlink(missing_ok=True)


def is_full_check_due(file: Path, now: datetime) -> bool:
    """True a day after the last full check, and after an end that was not orderly."""
    try:
        last = _beside(file, _CHECKED).stat().st_mtime
    except OSError:
        return True
    # a check that lies ahead is of a clock that was set back
    return not 0 <= now.timestamp() - last < FULL_CHECK_EVERY.total_seconds()


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def _touch(file: Path, suffix: str, now: datetime | None = None) -> None:
    beside = _beside(file, suffix)
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600))
        if now is not None:
            os.utime(beside, (now.timestamp(), now.timestamp()))
    except OSError as exc:
        log.warning("%s not noted: %s", suffix, exc.strerror)


def _is_cut(connection: sqlite3.Connection, file: Path) -> bool:
    """True when the file is shorter than its own page count says, and nothing of it waits in the log."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    return not busy and pages * size > file.stat().st_size


def _says_ok(connection: sqlite3.Connection, pragma: str) -> bool:
    return bool(connection.execute(pragma).fetchone()[0] == "ok")


def _small_tables_readable(connection: sqlite3.Connection) -> bool:
    """The small tables hang together, and what the operator signed still has its form."""
    if not all(_says_ok(connection, f"PRAGMA quick_check('{table}')") for table in _SMALL_TABLES):
        return False
    try:
        for keys, roster in connection.execute("SELECT keys, roster FROM enrolment"):
            decode_signed(keys, "keys")
            decode_signed(roster, "roster")
        if connection.execute(_WITHOUT_PACKS).fetchone() is not None:
            return False
        for (signed,) in connection.execute("SELECT signed FROM policy_pack"):
            decode_signed(signed, "policy")
    except Malformed:
        return False
    return True


def _rows_readable(connection: sqlite3.Connection) -> bool:
    """Every text is text, every moment one: SQLite itself checks where a row lies, not what it says."""
    tables = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name <> 'sealed'"
    )
    for (table,) in tables.fetchall():
        found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of the schema
        rules = [(at, rule) for at, (name, *_) in enumerate(found.description) if (rule := rule_of(name))]
        for row in found:
            if not all(row[at] is None or rule(row[at]) for at, rule in rules):
                return False
            if not all(map(is_number_or_other, row)):
                return False
    return True


def _newest_readable(connection: sqlite3.Connection) -> bool:
    """The newest records and entries of each terminal can be read, and their envelopes are theirs."""
    for (terminal,) in connection.execute("SELECT terminal FROM enrolment").fetchall():
        connection.execute(
            "SELECT * FROM journal WHERE terminal = ? ORDER BY number DESC LIMIT ?", (terminal, _NEWEST)
        ).fetchall()
        newest = connection.execute(
            "SELECT envelope, envelope_sha256 FROM outbox JOIN sealed USING (record_id)"
            " LEFT JOIN summary USING (record_id) WHERE terminal = ? ORDER BY sequence DESC LIMIT ?",
            (terminal, _NEWEST),
        )
        if any(hashlib.sha256(data).hexdigest() != sha256 for data, sha256 in newest):
            return False
    return True
