"""The journal: what happened on this terminal, numbered without gaps, each entry chained to the last."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from outlet_app.contract import canonical
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain import timestamps
from outlet_app.store.database import first_row, rows, write

PAGE = 500


class JournalEvent(StrEnum):
    """Kinds of entry. Codes never change."""

    ENROLLED = "enrolled"
    REVOKED = "revoked"
    REVOCATION_LIFTED = "revocation-lifted"
    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    CLERK_LOCKED = "clerk-locked"
    RECORD_STORED = "record-stored"
    RECORD_ANSWERED = "record-answered"
    RECORD_QUARANTINED = "record-quarantined"
    RECORD_RETRIED = "record-retried"
    RECEIPT_REFUSED = "receipt-refused"
    REVEALED = "revealed"
    OPERATOR_FELL_BACK = "operator-fell-back"
    CHAIN_FORKED = "chain-forked"
    SUMMARIES_FORGOTTEN = "summaries-forgotten"
    SEALED_FORGOTTEN = "sealed-forgotten"
    CARD_READ = "card-read"
    APPROVED = "approved"
    PIN_CHANGED = "pin-changed"
    PIN_RESET = "pin-reset"
    SIGNED_OUT = "signed-out"
    KEYS_CHANGED = "keys-changed"
    POLICY_CHANGED = "policy-changed"
    ROSTER_CHANGED = "roster-changed"
    CLOCK_JUMPED = "clock-jumped"
    EXPORTED = "exported"
    DAY_CLOSED = "day-closed"
    MOVING = "moving"
    MOVED = "moved"
    STORAGE_RESCUED = "storage-rescued"
    RECORDS_MISSING = "records-missing"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry. ``subject`` is a record's id or a clerk's number; nothing in it is identity data."""

    terminal: str
    number: int
    at: datetime
    event: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class JournalHead:
    """Number of entries and the hash of the last (64 zeros before the first)."""

    length: int
    hash: str


class Journal:
    """The journal of one terminal."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal

    def append(self, event: JournalEvent, now: datetime, *, subject: str = "", detail: str = "") -> None:
        """One more entry, within the caller's writing transaction."""
        assert self._db.conn.in_transaction, "an entry commits with what it tells"
        head = self.head()
        value = {
            "terminal": self._terminal,
            "number": head.length + 1,
            "at": timestamps.to_text(now),
            "event": str(event),
            "subject": subject,
            "detail": detail,
            "previous": head.hash,
        }
        self._db.execute(
            "INSERT INTO journal (terminal, number, at, event, subject, detail, previous, hash)"
            " VALUES (:terminal, :number, :at, :event, :subject, :detail, :previous, :hash)",
            {**value, "hash": hashlib.sha256(canonical.encode(value)).hexdigest()},
        )

    def record(self, event: JournalEvent, now: datetime, *, subject: str = "", detail: str = "") -> None:
        """One more entry in a transaction of its own."""
        with write(self._db):
            self.append(event, now, subject=subject, detail=detail)

    def head(self) -> JournalHead:
        """Where the journal stands now."""
        last = first_row(
            self._db,
            "SELECT number, hash FROM journal WHERE terminal = ? ORDER BY number DESC LIMIT 1",
            (self._terminal,),
        )
        return JournalHead(0, NO_PREVIOUS) if last is None else JournalHead(last["number"], last["hash"])

    def hash_at(self, number: int) -> str:
        """Hash of the entry of this number; 64 zeros where there is none."""
        row = first_row(
            self._db,
            "SELECT hash FROM journal WHERE terminal = ? AND number = ?",
            (self._terminal, number),
        )
        return NO_PREVIOUS if row is None else str(row["hash"])

    def entries(self, after: int = 0, limit: int = PAGE) -> list[JournalEntry]:
        """Entries with a number above ``after``, in order."""
        found = rows(
            self._db,
            "SELECT * FROM journal WHERE terminal = ? AND number > ? ORDER BY number LIMIT ?",
            (self._terminal, after, limit),
        )
        return [JournalEntry(**{**row, "at": timestamps.from_text(row["at"])}) for row in found]

    def first_break(self) -> int | None:
        """Number of the first entry that does not follow from the one before; None for a whole journal."""
        previous = NO_PREVIOUS
        for number, entry in enumerate(self._all(), start=1):
            if entry.number != number or entry.previous != previous or entry.hash != _hash(entry):
                return number
            previous = entry.hash
        return None

    def _all(self) -> Iterator[JournalEntry]:
        after = 0
        while page := self.entries(after):
            yield from page
            after = page[-1].number


def _hash(entry: JournalEntry) -> str:
    value = {
        "terminal": entry.terminal,
        "number": entry.number,
        "at": timestamps.to_text(entry.at),
        "event": entry.event,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical.encode(value)).hexdigest()
