"""Whatever happens in whatever order: no record is lost, doubled, changed, or settled without a receipt."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.journal import Journal
from outlet_app.store.journal_check import find_break
from outlet_app.store.outbox import Outbox
from tests.store.filled import Filled, install
from tests.trust.acting_operator import NOW, PACK, ActingOperator

OPERATOR = ActingOperator()
SETTLED = {RecordState.RECEIVED, RecordState.ACCEPTED, RecordState.REFUSED}


class OutboxMachine(RuleBasedStateMachine):
    """One terminal's queue between its counter, its sender and a moody operator."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        verified = OPERATOR.enrol()
        install(home, verified)
        db = open_database(home / FILE_NAME)
        terminal = verified.answer.terminal
        self.filled = Filled(db, OPERATOR, terminal, Outbox(db, terminal))
        self.ids: list[UUID] = []
        self.bytes: dict[UUID, str] = {}
        self.settled: set[UUID] = set()
        self.now: datetime = NOW

    def teardown(self) -> None:
        self.filled.db.close()
        self.folder.cleanup()

    @rule()
    def store(self) -> None:
        record_id = self.filled.add(at=self.now)
        self.ids.append(record_id)
        self.bytes[record_id] = self.filled.sha256(record_id)

    @rule(seconds=st.sampled_from([1, 61, 86_400 * 8, 86_400 * 31, -3600]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(1, 3), ignore=st.booleans())
    def lease(self, limit: int, ignore: bool) -> None:
        rows = self.filled.outbox.lease_due(limit, self.now, ignore_backoff=ignore)
        assert [row.sequence for row in rows] == sorted(row.sequence for row in rows)
        for row in rows:
            assert self.filled.state(row.record_id) is RecordState.SENDING
            assert self.bytes[row.record_id] == row.envelope_sha256

    @rule()
    def sender_dies(self) -> None:
        self.filled.outbox.requeue_orphans()
        assert self.filled.outbox.status(self.now).sending == 0

    @precondition(lambda self: self.ids)
    @rule(pick=st.integers(0, 50), state=st.sampled_from(list(ReceiptState)))
    def receipt(self, pick: int, state: ReceiptState) -> None:
        record_id = self.ids[pick % len(self.ids)]
        self.filled.answer(record_id, state, at=self.now)
        self.settled.add(record_id)

    @precondition(lambda self: self.ids)
    @rule(pick=st.integers(0, 50), what=st.sampled_from(["later", "error", "aside", "release", "retry"]))
    def other_answer(self, pick: int, what: str) -> None:
        record_id = self.ids[pick % len(self.ids)]
        outbox, then = self.filled.outbox, self.now + timedelta(seconds=30)
        before = self.filled.state(record_id)
        match what:
            case "later":
                outbox.apply_later(record_id, then, self.now)
            case "error":
                outbox.apply_record_error(record_id, "server-error", then)
            case "aside":
                outbox.quarantine(record_id, "signature-wrong", self.now)
            case "release":
                outbox.release([record_id])
            case _ if before is not RecordState.QUARANTINED:
                outbox.retry(str(record_id), self.now)
        if before in SETTLED:
            assert self.filled.state(record_id) is before

    @precondition(lambda self: self.ids)
    @rule(unbroken=st.integers(0, 5))
    def operator_says(self, unbroken: int) -> None:
        unbroken = min(unbroken, len(self.ids))
        head = self.bytes[self.ids[unbroken - 1]] if unbroken else "0" * 64
        assert not self.filled.outbox.note_operator_chain(unbroken, head, self.now).forked

    @rule()
    def forget(self) -> None:
        self.filled.outbox.forget(self.now, PACK)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        rows = self.filled.outbox.list_rows(1000)
        assert [row.sequence for row in rows] == list(range(len(self.ids), 0, -1))
        assert [row.record_id for row in reversed(rows)] == self.ids
        status = self.filled.outbox.status(self.now).to_json()
        status.pop("oldest_queued_age_s")
        status.pop("exceptions")
        status.pop("oldest_quarantined_age_s")
        assert sum(count or 0 for count in status.values()) == len(self.ids)

    @invariant()
    def what_has_no_receipt_is_still_here(self) -> None:
        for row in self.filled.outbox.list_rows(1000):
            if row.record_id not in self.settled:
                assert row.sealed_here
                assert row.phone_mask is not None
                assert row.state not in SETTLED

    @invariant()
    def the_journal_holds(self) -> None:
        journal = Journal(self.filled.db, self.filled.terminal)
        assert find_break(journal, self.filled.terminal, journal.head().length) is None


TestOutboxStates = OutboxMachine.TestCase
TestOutboxStates.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
