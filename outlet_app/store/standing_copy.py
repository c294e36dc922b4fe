"""A small copy of what the operator gave this terminal, beside the database: enrolments and policy packs.

Without its enrolment a terminal can neither work nor send what waits, and
three pages of the file hold it. Nothing in the copy is personal but the
clerks' numbers and PIN verifiers of the roster, as in the database itself.
"""

import logging
import os
import sqlite3
from pathlib import Path

SUFFIX = "-standing"
_WHICH = (
    "SELECT group_concat(terminal || ' ' || version, ',') FROM (SELECT * FROM enrolment ORDER BY terminal)"
)
_TABLES = ("enrolment", "policy_pack")

log = logging.getLogger(__name__)


def standing_copy(database: Path) -> Path:
    """Where the copy of a database lies."""
    return database.with_name(database.name + SUFFIX)


def keep_standing(connection: sqlite3.Connection, database: Path) -> None:
    """Bring the copy up to date with a whole database; one that cannot be made fails nothing."""
    copy = standing_copy(database)
    waiting = copy.with_name(copy.name + ".part")
    try:
        which = connection.execute(_WHICH).fetchone()[0]
        if which is None or which == _kept(copy):
            return
        waiting.unlink(missing_ok=True)
        os.close(os.open(waiting, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection.execute("ATTACH ? AS copy", (str(waiting),))
        try:
            connection.execute("BEGIN")
            for table in _TABLES:
                connection.execute(f"CREATE TABLE copy.{table} AS SELECT * FROM main.{table}")  # noqa: S608
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("DETACH copy")
        waiting.replace(copy)
    except (sqlite3.Error, OSError) as exc:
        log.warning("no copy of the enrolment: %s", type(exc).__name__)
        waiting.unlink(missing_ok=True)


def _kept(copy: Path) -> str | None:
    if not copy.exists():
        return None
    kept = sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = kept.execute(_WHICH).fetchone()[0]
    except sqlite3.Error:
        return None
    else:
        return None if found is None else str(found)
    finally:
        kept.close()
