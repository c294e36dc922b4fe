"""How far numbers and journal had come, kept beside the database: what the database may have lost since.

A write-ahead log that is taken away leaves a whole database of an earlier
hour, which would give numbers a second time. The mark is written after each
commit into room that was taken beforehand, without a sync of its own but for
the first: it outlives the process, and where the power fails the database is
what counts.
"""

import hashlib
import logging
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.domain.failures import KnownFailure
from outlet_app.durable_files import sync_file, sync_folder

SUFFIX = "-mark"
_ROOM_BYTES = 1024
_FIELDS = frozenset({"terminal", "sequence", "envelope_sha256", "journal", "journal_hash", "check"})
_WHERE_NOW = """
    SELECT terminal,
        (SELECT sequence FROM outbox WHERE terminal = e.terminal ORDER BY sequence DESC LIMIT 1),
        (SELECT envelope_sha256 FROM outbox WHERE terminal = e.terminal ORDER BY sequence DESC LIMIT 1),
        (SELECT number FROM journal WHERE terminal = e.terminal ORDER BY number DESC LIMIT 1),
        (SELECT hash FROM journal WHERE terminal = e.terminal ORDER BY number DESC LIMIT 1)
    FROM enrolment AS e WHERE current = 1
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """The last number given by the terminal in force and its journal's length, with the hashes of both."""

    terminal: str
    sequence: int
    envelope_sha256: str
    journal: int
    journal_hash: str


def where_now(connection: sqlite3.Connection) -> Mark | None:
    """The mark of a database as it stands, None before a terminal is enrolled. sqlite3.Error as it comes."""
    row = connection.execute(_WHERE_NOW).fetchone()
    if row is None:
        return None
    terminal, sequence, sha256, journal, journal_hash = row
    nothing = "0" * 64
    return Mark(terminal, sequence or 0, sha256 or nothing, journal or 0, journal_hash or nothing)


def load_mark(database: Path) -> Mark | None:
    """The mark beside a database; None when there is none, or what is there was not written whole."""
    try:
        value = canonical.decode(_file(database).read_bytes().rstrip(b" "), "mark")
        canonical.exactly(value, _FIELDS, "mark")
        mark = Mark(
            canonical.text(value, "terminal", most=64),
            canonical.integer(value, "sequence"),
            canonical.hash_text(value, "envelope_sha256"),
            canonical.integer(value, "journal"),
            canonical.hash_text(value, "journal_hash"),
        )
    except (OSError, Malformed):
        return None
    return mark if _encode(mark) == canonical.encode(value) else None


class MarkKeeper:
    """Writes the mark of one database after its commits; a mark that cannot be written fails nothing."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._last: Mark | None = None

    def keep(self, connection: sqlite3.Connection) -> None:
        """The mark as the database stands now."""
        try:
            mark = where_now(connection)
            if mark is not None and mark != self._last:
                is_new = self._last is None and not _file(self._database).exists()
                write_mark(self._database, mark)
                if is_new:
                    # that there is none is told people; no power cut shall look like that
                    sync_file(_file(self._database))
                    sync_folder(self._database.parent)
                self._last = mark
        except (sqlite3.Error, OSError, KnownFailure) as exc:
            # what was committed is stored; without the mark only a lost log would go unseen
            log.warning("mark not written: %s", type(exc).__name__)


def write_mark(database: Path, mark: Mark) -> None:
    """Put the mark in the place of the one before; OSError as the system gives it."""
    data = _encode(mark)
    assert len(data) < _ROOM_BYTES, "names are bounded"
    number = os.open(f"{database}{SUFFIX}", os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        # one write of the whole room: what stands there is the former mark or this one
        os.write(number, data.ljust(_ROOM_BYTES))
    finally:
        os.close(number)


def _file(database: Path) -> Path:
    return database.with_name(database.name + SUFFIX)


def _encode(mark: Mark) -> bytes:
    value = canonical.encode(
        {
            "terminal": mark.terminal,
            "sequence": mark.sequence,
            "envelope_sha256": mark.envelope_sha256,
            "journal": mark.journal,
            "journal_hash": mark.journal_hash,
        }
    )
    # before all other names, as the canonical form has it
    return b'{"check":"' + hashlib.sha256(value).hexdigest().encode() + b'",' + value[1:]
