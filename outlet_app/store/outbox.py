"""The queue of one terminal: records wait here sealed, and leave on the operator's signed word alone."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.receipt import Receipt
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store import forgetting, record_list, repeats
from outlet_app.store.answers import Answers
from outlet_app.store.database import known_row, told_apart, write
from outlet_app.store.insertion import insert
from outlet_app.store.journal import Journal, JournalHead
from outlet_app.store.missed_numbers import Given, name_given
from outlet_app.store.rows import (
    ChainEnd,
    ChainVerdict,
    HeldData,
    NewRecord,
    OutboxRow,
    QueueStatus,
    RecordRow,
)

LEASE_S = 60
PAGE = 100
MOST_BYTES = 8 * 1024 * 1024
"""Envelopes of one batch together: typed documents with their scans are a hundred times as long as others."""

_DUE = f"""
    SELECT outbox.record_id, terminal, sequence, envelope, envelope_sha256, attempts
    FROM outbox JOIN sealed USING (record_id)
    WHERE state = 'queued' AND terminal = :terminal AND sequence > :after
        AND ({record_list.IS_DUE} OR (:ignore_backoff AND wait = 'error'))
    ORDER BY sequence LIMIT :limit
"""  # noqa: S608 - put together from constants
_REQUEUE = "UPDATE outbox SET state = 'queued', lease_until = NULL WHERE state = 'sending'"
_OWN = " AND +terminal = ?"
"""The plus keeps SQLite to the index of states: by the terminal alone it would look at every record."""


def _within(due: sqlite3.Cursor, most_bytes: int) -> list[dict[str, Any]]:
    """Rows, the first one always, as long as their envelopes together have no more bytes."""
    names = [column[0] for column in due.description]
    found: list[dict[str, Any]] = []
    with closing(due):
        for values in due:
            row = dict(zip(names, values, strict=True))
            most_bytes -= len(row["envelope"])
            if found and most_bytes < 0:
                break
            found.append(row)
    return found


class Outbox:
    """The queue. One connection, used by the thread that opened it; ``terminal`` is the one that sends."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)
        self._answers = Answers(db, terminal)

    # -- in --

    def chain_end(self) -> ChainEnd:
        """The record that the next one follows; read it within the transaction that adds the next."""
        row = known_row(
            self._db,
            "SELECT sequence, envelope_sha256 FROM outbox WHERE terminal = ? ORDER BY sequence DESC LIMIT 1",
            (self._terminal,),
        )
        return ChainEnd(0, NO_PREVIOUS) if row is None else ChainEnd(*row)

    def insert(self, new: NewRecord) -> None:
        """A sealed record, its summary and its journal entry, within the caller's writing transaction."""
        assert self._db.conn.in_transaction, "number, record and journal commit together"
        insert(self._db, self._journal, new)

    # -- out --

    def requeue_orphans(self) -> int:
        """Queue what a sender left in sending: call when the lock is taken, so no sender can be alive."""
        with write(self._db):
            return self._db.execute(_REQUEUE + _OWN, (self._terminal,)).rowcount

    def lease_due(
        self,
        limit: int,
        now: datetime,
        *,
        ignore_backoff: bool = False,
        after_sequence: int = 0,
        most_bytes: int = MOST_BYTES,
    ) -> list[OutboxRow]:
        """Records to send now, in order of their numbers above ``after_sequence``, leased for LEASE_S.

        Of envelopes no more than ``most_bytes`` together; one record always.
        ``ignore_backoff`` passes over the back-off of record errors, never
        over a record's "later". Leases that have run out are taken back first.
        """
        ends = timestamps.to_text(now + timedelta(seconds=LEASE_S))
        at = timestamps.to_text(now)
        with write(self._db):
            # a lease further away than any that is given now is of a clock that was set back
            self._db.execute(
                _REQUEUE + _OWN + " AND (lease_until <= ? OR lease_until > ?)",
                (self._terminal, at, ends),
            )
            due = self._due(limit, now, ignore_backoff=ignore_backoff, after_sequence=after_sequence)
            found = _within(due, most_bytes)
            # wait and error are set ahead of the answer, so that a crash never looks like success
            self._db.conn.executemany(
                "UPDATE outbox SET state = 'sending', lease_until = ?, attempts = attempts + 1,"
                " wait = NULL, next_attempt_at = NULL WHERE record_id = ?",
                [(ends, row["record_id"]) for row in found],
            )
        return [
            OutboxRow(**{**row, "record_id": UUID(row["record_id"]), "attempts": row["attempts"] + 1})
            for row in found
        ]

    def next_due_bytes(self, now: datetime, *, after_sequence: int = 0) -> int | None:
        """Length of the envelope that lease_due would take first, back-off heeded; None: nothing is due."""
        with told_apart(self._db):
            due = self._due(1, now, ignore_backoff=False, after_sequence=after_sequence)
            found = _within(due, 0)
        return len(found[0]["envelope"]) if found else None

    def _due(self, limit: int, now: datetime, *, ignore_backoff: bool, after_sequence: int) -> sqlite3.Cursor:
        return self._db.execute(
            _DUE,
            {
                "terminal": self._terminal,
                "after": after_sequence,
                **record_list.due_moments(now),
                "ignore_backoff": ignore_backoff,
                "limit": limit,
            },
        )

    def has_due(self, now: datetime) -> bool:
        """True when a record is to be sent by now, one that a dead sender left in sending included."""
        return record_list.has_due(self._db, self._terminal, now)

    def release(self, ids: Iterable[UUID], code: str | None = None) -> None:
        """Queue leased records again because the run stopped; ``code`` says why."""
        with write(self._db):
            self._db.conn.executemany(
                _REQUEUE.replace(" WHERE", ", last_error = coalesce(?, last_error) WHERE")
                + " AND record_id = ?",
                [(code, str(record_id)) for record_id in ids],
            )

    # -- answers: see answers.py --

    def apply_receipt(self, receipt: Receipt, signed: bytes, now: datetime) -> RecordState:
        """Take the operator's signed word on a record; KnownFailure RECEIPT_REFUSED when it does not fit."""
        return self._answers.apply_receipt(receipt, signed, now)

    def refuse_receipt(self, record_id: UUID | None, reason: str, now: datetime) -> None:
        """Journal a receipt that is not to be believed; the record, if it was on its way, waits again."""
        self._answers.refuse_receipt(record_id, reason, now)

    def apply_later(self, record_id: UUID, until: datetime, now: datetime) -> None:
        """The operator wants this record at a later time."""
        self._answers.apply_later(record_id, until, now)

    def apply_record_error(self, record_id: UUID, code: str, next_attempt_at: datetime) -> None:
        """Something went wrong with this record alone; it is tried again."""
        self._answers.apply_record_error(record_id, code, next_attempt_at)

    def quarantine(
        self,
        record_id: UUID,
        code: str,
        now: datetime,
        *,
        field: str | None = None,
        who: str | None = None,
    ) -> None:
        """The operator could not take this record; it is kept aside until somebody looks."""
        self._answers.quarantine(record_id, code, now, field=field, who=who)

    def note_operator_chain(
        self,
        unbroken: int,
        head: str,
        now: datetime,
        missing: Sequence[int] = (),
        held: Collection[int] = (),
    ) -> ChainVerdict:
        """What the operator says it holds of this terminal: what it lost and is still here is sent again."""
        return self._answers.note_operator_chain(unbroken, head, now, missing, held)

    def name_given(self, given: Given, now: datetime) -> int:
        """Numbers that were given out and that this device has not: they get places; how many there are."""
        with told_apart():
            return name_given(self._db.conn, self._terminal, given, now)

    def note_fork(self, sequence: int, now: datetime) -> bool:
        """The operator holds another record under this number: journalled once; True when it is news."""
        return self._answers.note_fork(sequence, now)

    def retry(self, wanted: str, now: datetime) -> RecordRow:
        """Try a waiting or quarantined record again at once; others stay as they are, lost and given up too.

        KnownFailure RECORD_NOT_FOUND; NUMBER_WAITING or ICCID_WAITING when
        another record for the same number or SIM came in the meantime.
        """
        row = self.show(wanted)
        may_wait = row.state in {RecordState.QUEUED, RecordState.QUARANTINED}
        if row.sealed_here and may_wait and row.given_up is None:
            self._answers.retry(row, now)
        return self.show(wanted)

    # -- looking --

    def chain_state(self) -> tuple[ChainEnd, JournalHead]:
        """What the terminal says of itself at a contact: end of its chain and head of its journal."""
        return self.chain_end(), self._journal.head()

    def status(self, now: datetime) -> QueueStatus:
        """Counts by state over all records of this device."""
        return record_list.status(self._db, now)

    def journal_hash_at(self, number: int) -> str:
        """Hash of one entry of the journal; 64 zeros where there is none."""
        return self._journal.hash_at(number)

    def waiting_count(self) -> int:
        """How many of this terminal's records no receipt answers for."""
        return record_list.waiting_count(self._db, self._terminal)

    def unsent(self, most: int, now: datetime) -> tuple[int, int]:
        """Records of this device that wait unsent, up to ``most``, and the age of the oldest in seconds."""
        return record_list.unsent(self._db, most, now)

    def list_rows(
        self, limit: int = PAGE, before_sequence: int | None = None, state: RecordState | None = None
    ) -> list[RecordRow]:
        """This terminal's records, youngest first, with numbers below ``before_sequence``."""
        return record_list.page(self._db, self._terminal, limit, before_sequence, state)

    def show(self, wanted: str) -> RecordRow:
        """A record by its id, its local number, or its bare sequence; KnownFailure RECORD_NOT_FOUND."""
        return record_list.find(self._db, self._terminal, wanted)

    def by_id(self, record_id: UUID) -> RecordRow:
        """A record of this device by its id; KnownFailure RECORD_NOT_FOUND."""
        return record_list.find(self._db, self._terminal, str(record_id))

    def receipt(self, record_id: UUID) -> bytes | None:
        """The operator's signed word on a record of this device; None before there is one."""
        return record_list.receipt(self._db, record_id)

    def counts_since(self, moment: datetime) -> dict[RecordState, int]:
        """How many of this terminal's records since a moment stand in each state."""
        return record_list.counts_since(self._db, self._terminal, moment)

    def held(self, now: datetime) -> HeldData:
        """Whose data this device holds now."""
        return record_list.held(self._db, now)

    def forget(self, now: datetime, policy: PolicyPack) -> tuple[int, int]:
        """Let go what the policy's days allow: how many summaries, how many sealed records (queue rule 8)."""
        return forgetting.forget(self._db, self._terminal, now, policy)

    # -- repeats and slips --

    def is_stored(self, record_id: UUID) -> bool:
        """True when a record of this id is in the queue already, in whatever state."""
        return record_list.is_stored(self._db, record_id)

    def waiting_terminals(self) -> list[str]:
        """Terminals, this one and former ones, that have something to say or to hear yet."""
        return record_list.waiting_terminals(self._db)

    def check_not_waiting(
        self,
        phone_mask: str | None,
        number_tag: int | None,
        iccid_tags: Sequence[int] | None,
        besides: Collection[UUID] = (),
    ) -> None:
        """KnownFailure NUMBER_WAITING or ICCID_WAITING, its detail the local number of the first.

        ``besides`` are registrations that are being mended; None where nothing is given anew.
        """
        if phone_mask is not None and number_tag is not None:
            found = repeats.waiting_number(self._db, phone_mask, number_tag, besides)
            if found is not None:
                raise KnownFailure(FailureCode.NUMBER_WAITING, found)
        if iccid_tags is not None:
            found = repeats.waiting_iccid(self._db, iccid_tags, besides)
            if found is not None:
                raise KnownFailure(FailureCode.ICCID_WAITING, found)

    def same_identity_count(self, identity_tag: int, family_initial: str) -> int:
        """How many records here seem to be of the same document."""
        return repeats.same_identity_count(self._db, self._terminal, identity_tag, family_initial)

    def identity_of(self, record_id: UUID) -> tuple[int, str] | None:
        """Tag and first character of the person of a registration; None once they are forgotten."""
        return repeats.identity_of(self._db, record_id)

    def exceptions_since(self, moment: datetime) -> int:
        """How many documents were typed on this device since a moment, under former terminals too."""
        return record_list.exceptions_since(self._db, moment)

    def slips_not_shown(self, limit: int = PAGE) -> list[RecordRow]:
        """Records that were stored but whose slip was never shown, oldest first."""
        return record_list.slips_not_shown(self._db, limit)

    def slip_shown(self, record_id: UUID, now: datetime) -> None:
        """The slip of this record has stood before people's eyes."""
        with write(self._db):
            self._db.execute(
                "UPDATE outbox SET slip_shown_at = ? WHERE record_id = ? AND slip_shown_at IS NULL",
                (timestamps.to_text(now), str(record_id)),
            )
