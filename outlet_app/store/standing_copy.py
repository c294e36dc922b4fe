"""A small copy of what the operator gave this terminal, beside the database: enrolments and policy packs.

Without its enrolment a terminal can neither work nor send what waits, and
a few pages of the file hold it. Nothing in the copy is personal but the
clerks' numbers and PIN verifiers of the roster, as in the database itself.
"""

import contextlib
import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

SUFFIX = "-standing"
GIVEN = ("root", "keys_number", "keys", "roster_number", "roster")
"""Columns of an enrolment that change together with its version, and only then."""

_TABLES = {"enrolment": "terminal", "policy_pack": "terminal, number"}
_SEAL = "seal"

log = logging.getLogger(__name__)

Tables = dict[str, list[dict[str, Any]]]


def standing_copy(database: Path) -> Path:
    """Where the copy of a database lies."""
    return database.with_name(database.name + SUFFIX)


def kept_standing(database: Path) -> Tables | None:
    """The copy's rows by table; None when there is none, or it is not what was written."""
    copy = standing_copy(database)
    if not copy.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as kept:
            found = _rows(kept)
            seal = kept.execute(f"SELECT sha256 FROM {_SEAL}").fetchone()[0]  # noqa: S608 - a name of this file
    except (sqlite3.Error, TypeError, UnicodeDecodeError):
        return None
    return found if seal == _digest(found) else None


def is_other_than_given(connection: sqlite3.Connection, database: Path) -> bool:
    """True when an enrolment differs from its copy of the same version: one byte turned is damage."""
    kept = kept_standing(database)
    if kept is None:
        return False
    here = _rows(connection)
    versions = {(row["terminal"], row["version"]): row for row in here["enrolment"]}
    for row in kept["enrolment"]:
        own = versions.get((row["terminal"], row["version"]))
        if own is not None and any(own[name] != row[name] for name in GIVEN):
            return True
    packs = {(row["terminal"], row["number"]): row["signed"] for row in here["policy_pack"]}
    same = {row["terminal"] for row in kept["enrolment"] if (row["terminal"], row["version"]) in versions}
    return any(
        packs.get((row["terminal"], row["number"])) != row["signed"]
        for row in kept["policy_pack"]
        if row["terminal"] in same
    )


def keep_standing(connection: sqlite3.Connection, database: Path) -> None:
    """Bring the copy up to date with a whole database; one that cannot be made fails nothing."""
    waiting = standing_copy(database).with_name(database.name + SUFFIX + ".part")
    try:
        here, kept = _rows(connection), kept_standing(database)
        if not here["enrolment"] or (kept is not None and _versions(kept) == _versions(here)):
            return
        waiting.unlink(missing_ok=True)
        os.close(os.open(waiting, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with _attached(connection, waiting):
            for table in _TABLES:
                connection.execute(f"CREATE TABLE copy.{table} AS SELECT * FROM main.{table}")  # noqa: S608
            connection.execute(f"CREATE TABLE copy.{_SEAL} (sha256 TEXT)")
            connection.execute(f"INSERT INTO copy.{_SEAL} VALUES (?)", (_digest(here),))  # noqa: S608
        waiting.replace(standing_copy(database))
    except (sqlite3.Error, OSError) as exc:
        log.warning("no copy of the enrolment: %s", type(exc).__name__)
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)


@contextlib.contextmanager
def _attached(connection: sqlite3.Connection, file: Path) -> Iterator[None]:
    connection.execute("ATTACH ? AS copy", (str(file),))
    try:
        connection.execute("BEGIN")
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("DETACH copy")


def _rows(connection: sqlite3.Connection) -> Tables:
    found: Tables = {}
    for table, order in _TABLES.items():
        cursor = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 - names of this file
        names = [column[0] for column in cursor.description]
        found[table] = [dict(zip(names, values, strict=True)) for values in cursor]
    return found


def _versions(tables: Tables) -> list[tuple[str, int]]:
    return [(row["terminal"], row["version"]) for row in tables["enrolment"]]


def _digest(tables: Tables) -> str:
    return hashlib.sha256(repr(tables).encode()).hexdigest()
