"""The journal: what happened on this terminal, numbered without gaps, each entry chained to the last."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from outlet_app.contract import canonical
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain import timestamps
from outlet_app.store.database import believed, first_row, known_row, rows, write

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
    POLICY_REFUSED = "policy-refused"
    ROSTER_CHANGED = "roster-changed"
    CLOCK_JUMPED = "clock-jumped"
    EXPORTED = "exported"
    RECEIPTS_IMPORTED = "receipts-imported"
    DAY_CLOSED = "day-closed"
    GIVEN_UP = "given-up"
    MOVING = "moving"
    MOVED = "moved"
    STORAGE_RESCUED = "storage-rescued"
    RECORDS_MISSING = "records-missing"
    ENTRY_LOST = "entry-lost"
    JOURNAL_BROKEN = "journal-broken"


SAID_ONCE = frozenset(
    {
        JournalEvent.CHAIN_FORKED,
        JournalEvent.POLICY_REFUSED,
        JournalEvent.JOURNAL_BROKEN,
        JournalEvent.RECEIPTS_IMPORTED,
    }
)
"""What would be said again at each contact or look, and is written once only."""

# the index is partial: it serves only a statement that repeats its condition
_SAID = """
    SELECT 1 AS one FROM journal INDEXED BY journal_said
    WHERE event IN ('chain-forked', 'policy-refused', 'journal-broken', 'receipts-imported')
        AND terminal = ? AND event = ? AND detail = ? LIMIT 1
"""


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
        """One more entry, within the caller's writing transaction; never of a time before the last one's."""
        assert self._db.conn.in_transaction, "an entry commits with what it tells"
        number, previous, last_at = self._last() or (0, NO_PREVIOUS, "")
        at = timestamps.to_text(now)
        if event is not JournalEvent.CLOCK_JUMPED:
            # whoever goes by a clock that is behind takes nothing from the present (clock_store)
            at = max(at, last_at)
        value = {
            "terminal": self._terminal,
            "number": number + 1,
            "at": at,
            "event": event.value,
            "subject": subject,
            "detail": detail,
            "previous": previous,
        }
        self._db.conn.execute(
            "INSERT INTO journal (terminal, number, at, event, subject, detail, previous, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*value.values(), hashlib.sha256(canonical.encode(value)).hexdigest()),
        )

    def record(self, event: JournalEvent, now: datetime, *, subject: str = "", detail: str = "") -> None:
        """One more entry in a transaction of its own."""
        with write(self._db):
            self.append(event, now, subject=subject, detail=detail)

    def head(self) -> JournalHead:
        """Where the journal stands now."""
        last = self._last()
        return JournalHead(0, NO_PREVIOUS) if last is None else JournalHead(last[0], last[1])

    def last_at(self) -> datetime | None:
        """Time of the last entry; None before the first."""
        last = self._last()
        with believed(self._db):
            return None if last is None else timestamps.from_text(last[2])

    def _last(self) -> tuple[int, str, str] | None:
        return known_row(
            self._db,
            "SELECT number, hash, at FROM journal WHERE terminal = ? ORDER BY number DESC LIMIT 1",
            (self._terminal,),
        )

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
        with believed(self._db):
            return [JournalEntry(**{**row, "at": timestamps.from_text(row["at"])}) for row in found]

    def has(self, event: JournalEvent, detail: str) -> bool:
        """True when an entry of this kind and detail is there; for SAID_ONCE, which an index holds."""
        assert event in SAID_ONCE, "any other would be looked for in the whole journal"
        return first_row(self._db, _SAID, (self._terminal, str(event), detail)) is not None

    def number_of(self, entry_hash: str) -> int | None:
        """Number under which an entry of this hash stands; looks through the whole journal."""
        row = first_row(
            self._db,
            "SELECT number FROM journal WHERE terminal = ? AND hash = ?",
            (self._terminal, entry_hash),
        )
        return None if row is None else int(row["number"])


def entry_hash(entry: JournalEntry, number: int | None = None) -> str:
    """The hash that an entry should have, under another number where one is given."""
    value = {
        "terminal": entry.terminal,
        "number": entry.number if number is None else number,
        "at": timestamps.to_text(entry.at),
        "event": entry.event,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical.encode(value)).hexdigest()
