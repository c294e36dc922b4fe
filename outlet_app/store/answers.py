"""What the operator's answers do to waiting records."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.receipt import Receipt, ReceiptState
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import first_row, write
from outlet_app.store.day_store import tell_days_again
from outlet_app.store.given_up_store import NOT_GIVEN_UP, tell_again
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.rebuilt_chain import LOST
from outlet_app.store.references import waiting_about
from outlet_app.store.repeats import other_waiting
from outlet_app.store.rows import ChainVerdict, RecordRow

_ABOVE_ALL = 2**62
_FINAL = frozenset({RecordState.ACCEPTED, RecordState.REFUSED, RecordState.REPLACED})
_WAIT = (
    "UPDATE outbox SET state = 'queued', lease_until = NULL, wait = ?, next_attempt_at = ?,"
    " last_error = coalesce(?, last_error) WHERE record_id = ? AND state IN ('queued', 'sending')"
)


_ABOUT_SET_ASIDE = """
    SELECT 1 FROM outbox AS one JOIN outbox AS about ON about.record_id = one.refers_to
    WHERE one.record_id = ? AND about.state = 'quarantined'
"""
_TRY_AGAIN = f"""
    UPDATE outbox SET state = 'queued', wait = NULL, next_attempt_at = NULL
    WHERE record_id = ? AND state IN ('queued', 'quarantined') AND {NOT_GIVEN_UP}
"""  # noqa: S608 - put together from constants
_TRY_BESIDE = f"""
    UPDATE outbox SET state = 'queued'
    WHERE refers_to = ? AND state = 'quarantined' AND last_error = ? AND {NOT_GIVEN_UP}
"""  # noqa: S608 - as above
_REFERENCE_UNKNOWN = str(RecordRefusal.REFERENCE_UNKNOWN)


class Answers:
    """Applies answers to the records of one terminal, each in a transaction of its own."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)

    def apply_receipt(self, receipt: Receipt, signed: bytes, now: datetime) -> RecordState:
        """Take a receipt whose signature was checked; in any order, any number of times.

        One that does not fit the record of its id is journalled, the record
        waits again, and KnownFailure RECEIPT_REFUSED names what differs.
        """
        with write(self._db):
            state, differs = self.take_within(receipt, signed, now)
        if state is None:
            raise KnownFailure(FailureCode.RECEIPT_REFUSED, differs)
        return state

    def take_within(
        self, receipt: Receipt, signed: bytes, now: datetime
    ) -> tuple[RecordState, str] | tuple[None, str]:
        """``apply_receipt`` within the caller's transaction: the state, or None and what differs."""
        row = first_row(
            self._db,
            "SELECT terminal, sequence, envelope_sha256, state, operator_time FROM outbox"
            " WHERE record_id = ?",
            (str(receipt.record_id),),
        )
        differs = self._difference(receipt, row)
        if differs is None:
            assert row is not None, "a difference is named when there is no record"
            return self._take(receipt, signed, RecordState(row["state"]), row["operator_time"], now), ""
        self.refuse_within(receipt.record_id if row is not None else None, differs, now)
        return None, differs

    def refuse_receipt(self, record_id: UUID | None, reason: str, now: datetime) -> None:
        """Journal a receipt that was found wrong before it came here."""
        with write(self._db):
            self.refuse_within(record_id, reason, now)

    def apply_later(self, record_id: UUID, until: datetime, now: datetime) -> None:
        """Wait until the operator's time; beside the record that it is about, if that one is set aside."""
        with write(self._db):
            self.wait_within(record_id, until, now)

    def wait_within(self, record_id: UUID, until: datetime, now: datetime) -> None:
        """``apply_later`` within the caller's transaction."""
        self._db.execute(_WAIT, ("later", timestamps.to_text(until), None, str(record_id)))
        about = first_row(self._db, _ABOUT_SET_ASIDE, (str(record_id),))
        if about is not None:
            self._set_aside(record_id, _REFERENCE_UNKNOWN, now)

    def apply_record_error(self, record_id: UUID, code: str, next_attempt_at: datetime) -> None:
        """Wait for the next attempt."""
        with write(self._db):
            self._db.execute(_WAIT, ("error", timestamps.to_text(next_attempt_at), code, str(record_id)))

    def quarantine(
        self, record_id: UUID, code: str, now: datetime, *, field: str | None, who: str | None
    ) -> None:
        """Aside, with the operator's reason."""
        with write(self._db):
            self.set_aside_within(record_id, code, now, field=field, who=who)

    def set_aside_within(
        self, record_id: UUID, code: str, now: datetime, *, field: str | None, who: str | None
    ) -> bool:
        """``quarantine`` within the caller's transaction; True when it waited until now."""
        if not self._set_aside(record_id, code, now, field, who):
            return False
        # the operator cannot take what is about a record that it does not get
        for other in waiting_about(self._db, record_id):
            self._set_aside(other, _REFERENCE_UNKNOWN, now)
        return True

    def retry(self, row: RecordRow, now: datetime) -> None:
        """Queue it with no wait, unless its number or SIM waits in another record."""
        with write(self._db):
            if row.state is RecordState.QUARANTINED:
                waiting = other_waiting(self._db, row.record_id)
                if waiting is not None:
                    raise KnownFailure(*waiting)
            self._db.execute(
                _TRY_AGAIN,
                (str(row.record_id),),
            )
            # what was set aside beside it goes with it
            self._db.execute(
                _TRY_BESIDE,
                (str(row.record_id), _REFERENCE_UNKNOWN),
            )
            self._journal.append(JournalEvent.RECORD_RETRIED, now, subject=str(row.record_id))

    def note_operator_chain(
        self,
        unbroken: int,
        head: str,
        now: datetime,
        missing: Sequence[int] = (),
        held: Collection[int] = (),
    ) -> ChainVerdict:
        """Compare the operator's highest unbroken number, its hash and what it misses with what was sent.

        ``held``: numbers that it has just signed for, which it has not lost whatever is unbroken.
        """
        with write(self._db):
            return self.compare_within(unbroken, head, now, missing, held)

    def compare_within(
        self,
        unbroken: int,
        head: str,
        now: datetime,
        missing: Sequence[int] = (),
        held: Collection[int] = (),
    ) -> ChainVerdict:
        """``note_operator_chain`` within the caller's transaction."""
        known = first_row(
            self._db,
            "SELECT operator_unbroken, operator_head FROM enrolment WHERE terminal = ?",
            (self._terminal,),
        )
        assert known is not None, "an outbox belongs to an enrolled terminal"
        again = sum(self._queue_again(number, number) for number in missing)
        tell_again(self._db, self._terminal, missing)
        if unbroken < known["operator_unbroken"]:
            again += self._queue_again(unbroken + 1, _ABOVE_ALL, held)
        if again or unbroken < known["operator_unbroken"]:
            detail = f"from {known['operator_unbroken']} to {unbroken}, queued again {again}"
            self._journal.append(JournalEvent.OPERATOR_FELL_BACK, now, detail=detail)
            # what it was told of days is gone with the records of that time
            tell_days_again(self._db, self._terminal)
        forked = not self._is_ours(unbroken, head)
        if (unbroken, head) != (known["operator_unbroken"], known["operator_head"]):
            self._db.execute(
                "UPDATE enrolment SET operator_unbroken = ?, operator_head = ? WHERE terminal = ?",
                (unbroken, head, self._terminal),
            )
            if forked:
                self._journal.append(JournalEvent.CHAIN_FORKED, now, detail=str(unbroken))
        return ChainVerdict(again, forked)

    def note_fork(self, sequence: int, now: datetime) -> bool:
        """Journal a fork that the operator reports, once for each number; True when it is news."""
        with write(self._db):
            is_news = not self._journal.has(JournalEvent.CHAIN_FORKED, str(sequence))
            if is_news:
                self._journal.append(JournalEvent.CHAIN_FORKED, now, detail=str(sequence))
        return is_news

    def _set_aside(
        self, record_id: UUID, code: str, now: datetime, field: str | None = None, who: str | None = None
    ) -> bool:
        done = self._db.execute(
            "UPDATE outbox SET state = 'quarantined', lease_until = NULL, wait = NULL,"
            " next_attempt_at = NULL, last_error = ?, error_field = ?, error_who = ?"
            " WHERE record_id = ? AND state IN ('queued', 'sending')",
            (code, field, who, str(record_id)),
        )
        if done.rowcount:
            self._journal.append(JournalEvent.RECORD_QUARANTINED, now, subject=str(record_id), detail=code)
        return bool(done.rowcount)

    def _queue_again(self, first: int, last: int, held: Collection[int] = ()) -> int:
        return self._db.execute(
            "UPDATE outbox SET state = 'queued', wait = NULL, next_attempt_at = NULL"
            " WHERE terminal = ? AND sequence BETWEEN ? AND ?"
            " AND state IN ('received', 'accepted', 'refused')"
            " AND sequence NOT IN (SELECT value FROM json_each(?))"
            " AND record_id IN (SELECT record_id FROM sealed)",
            (self._terminal, first, last, json.dumps(sorted(held))),
        ).rowcount

    def _is_ours(self, sequence: int, sha256: str) -> bool:
        if sequence == 0:
            return sha256 == NO_PREVIOUS
        row = first_row(
            self._db,
            "SELECT envelope_sha256, last_error FROM outbox WHERE terminal = ? AND sequence = ?",
            (self._terminal, sequence),
        )
        if row is None:
            return False
        # of a record that a rescue could not read the hash may not be known here
        return row["envelope_sha256"] == sha256 or row["last_error"] in LOST

    def _difference(self, receipt: Receipt, row: dict[str, str | int] | None) -> str | None:
        if row is None:
            return "record"
        for name in ("terminal", "sequence", "envelope_sha256"):
            if getattr(receipt, name) != row[name]:
                return name
        return None

    def refuse_within(self, record_id: UUID | None, reason: str, now: datetime) -> None:
        """``refuse_receipt`` within the caller's transaction."""
        subject = "" if record_id is None else str(record_id)
        self._journal.append(JournalEvent.RECEIPT_REFUSED, now, subject=subject, detail=reason)
        self._db.execute(
            "UPDATE outbox SET state = 'queued', lease_until = NULL, last_error = ?"
            " WHERE record_id = ? AND state IN ('queued', 'sending')",
            (str(FailureCode.RECEIPT_REFUSED), subject),
        )

    def _take(
        self, receipt: Receipt, signed: bytes, state: RecordState, held_time: str | None, now: datetime
    ) -> RecordState:
        moment = timestamps.to_text(receipt.operator_time)
        if state in _FINAL and (
            receipt.state is ReceiptState.RECEIVED or (held_time is not None and moment <= held_time)
        ):
            return state  # an older word never takes the place of a later one
        new = RecordState(receipt.state)
        self._db.execute(
            "UPDATE outbox SET state = ?, lease_until = NULL, wait = NULL, next_attempt_at = NULL,"
            " last_error = ?, error_field = ?, error_who = ?, receipt = ?, operator_time = ?"
            " WHERE record_id = ?",
            (new, receipt.code, receipt.field, receipt.who, signed, moment, str(receipt.record_id)),
        )
        if new is not state:
            self._journal.append(
                JournalEvent.RECORD_ANSWERED, now, subject=str(receipt.record_id), detail=str(new)
            )
        return new
