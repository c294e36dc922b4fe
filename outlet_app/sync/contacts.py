"""The contacts of one run for one terminal: prove the operator, send batches, take its answers, renew."""

import random
from dataclasses import dataclass, replace
from uuid import UUID

from outlet_app.checkpoints import reached
from outlet_app.contract.contact import MOST_MISSING, ChainState, ContactAnswer
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.decisions import DecisionStore
from outlet_app.store.enrolment_store import EnrolmentStore, StoredEnrolment
from outlet_app.store.missed_numbers import Given
from outlet_app.store.outbox import Outbox
from outlet_app.store.pacing_store import Pacing, PacingStore
from outlet_app.store.rows import ChainEnd, OutboxRow
from outlet_app.store.wait_clock import WaitClock
from outlet_app.sync import schedule
from outlet_app.sync.chain_states import chain_state
from outlet_app.sync.enrolled_terminal import EnrolledTerminal
from outlet_app.sync.events import EventName, OnEvent, SyncEvent, SyncReport
from outlet_app.sync.metering import Metering
from outlet_app.sync.operator_api import OperatorApi, SentRequest
from outlet_app.sync.receipts import Settler
from outlet_app.sync.renewal import is_renewal_due, renew
from outlet_app.sync.stop import Stop


def _given(answer: ContactAnswer) -> Given:
    """What the operator knows of this terminal's numbers; an older one says only what is unbroken."""
    highest = ChainEnd(answer.highest, answer.highest_sha256)
    if answer.highest <= answer.unbroken:
        highest = ChainEnd(answer.unbroken, answer.chain_head)
    is_whole = len(answer.missing) < MOST_MISSING
    known_to = highest.sequence if is_whole else max(answer.missing)
    return Given(answer.unbroken, highest, frozenset(answer.missing), known_to)


@dataclass(frozen=True, slots=True)
class _Flight:
    """A batch on its way."""

    rows: list[OutboxRow]
    sent: SentRequest


class Contacts:
    """One run over an open line: each answer is stored while the batch behind it is on its way.

    Whoever ends the program between the two loses nothing: records whose answer
    was not stored are sent again, and the operator says the same once more.
    """

    def __init__(
        self,
        api: OperatorApi,
        terminal: EnrolledTerminal,
        stores: tuple[EnrolmentStore, Outbox, PacingStore, ClockStore, DecisionStore],
        waits: WaitClock,
        metering: Metering,
        report: SyncReport,
        on_event: OnEvent,
    ) -> None:
        self._api = api
        self._terminal = terminal
        self._enrolments, self._outbox, self._pacing, self._clocks, self._decisions = stores
        self._clock, self._waits, self._metering = waits.system, waits, metering
        self._report = report
        self._on_event = on_event
        self._settler = Settler(self._outbox, waits, report, on_event)
        self._policy_refused: KnownFailure | None = None
        self._ignore_backoff = False
        self._after_sequence = 0
        self._may_rewind = True
        self._unanswered: dict[UUID, OutboxRow] = {}
        self._in_flight: _Flight | None = None

    def run(self, stop: Stop, *, ignore_backoff: bool) -> None:
        """One contact, then batch after batch until nothing is due or the server says stop.

        No record is sent twice in one run, unless the operator turns out to
        have lost what it held. KnownFailure POLICY_REFUSED only when all is sent.
        """
        self._ignore_backoff = ignore_backoff
        self._api.probe()
        self._on_event(SyncEvent(EventName.PROVEN))
        code: FailureCode | None = None
        try:
            self._in_flight = self._depart(self._leased(self._pacing.load()))
            while self._in_flight is not None:
                self._in_flight = self._exchange(self._in_flight, stop)
        except KnownFailure as failure:
            code = failure.code
            raise
        finally:
            self._give_up(code)
        if self._policy_refused is not None:
            raise self._policy_refused

    def _exchange(self, flight: _Flight, stop: Stop) -> _Flight | None:
        """Take the answer to one batch while the next is on its way; that one, None when it was the last.

        The next departs only after the answer was proven and heeded: a server
        that says stop, or has something newer to fetch or to tell, has nothing sent before.
        """
        stop.heed()
        answer = self._api.contact_answer(flight.sent)
        self._metering.note()
        self._report.contacts += 1
        self._on_event(SyncEvent(EventName.SENT, {"records": len(flight.rows)}))
        self._note_pacing(answer, flight)
        is_held_up = bool(answer.decisions) or is_renewal_due(self._enrolment(), answer)
        may_go_on = not answer.stop and not is_held_up
        self._in_flight = self._following() if may_go_on else None
        self._settle(answer, flight.rows, stop)
        if self._note_chain(answer, flight.rows) and self._may_rewind:
            self._after_sequence, self._may_rewind = 0, False
        self._renew(answer)
        self._note_success()
        if answer.stop:
            self._on_event(SyncEvent(EventName.STOPPED, {"after_s": answer.next_contact_s}))
            return None
        has_more = answer.more_decisions and bool(answer.decisions)
        return self._in_flight or self._following(in_any_case=has_more)

    def _following(self, *, in_any_case: bool = False) -> _Flight | None:
        if not self._ignore_backoff and self._metering.hold() is not None:
            return None
        rows = self._leased(self._pacing.load())
        return self._depart(rows) if rows or in_any_case else None

    def _leased(self, pacing: Pacing) -> list[OutboxRow]:
        now, most_bytes = self._waits.now(), pacing.batch_bytes
        ignore_backoff, after = self._ignore_backoff, self._after_sequence
        room = None if ignore_backoff else self._metering.room()
        if room is not None:
            first_bytes = self._outbox.next_due_bytes(now, after_sequence=after)
            if first_bytes is not None and first_bytes > room:
                self._metering.wait_for_room(first_bytes)
                return []
            most_bytes = min(most_bytes, room)
        rows = self._outbox.lease_due(
            pacing.batch_size, now, ignore_backoff=ignore_backoff, after_sequence=after, most_bytes=most_bytes
        )
        self._unanswered.update((row.record_id, row) for row in rows)
        if rows:
            self._after_sequence = rows[-1].sequence
        return rows

    def _depart(self, rows: list[OutboxRow]) -> _Flight:
        envelopes = [row.envelope for row in rows]
        return _Flight(rows, self._api.begin_contact(self._chain_state(), envelopes, reached))

    def _settle(self, answer: ContactAnswer, rows: list[OutboxRow], stop: Stop) -> None:
        """Apply the answer to each record of the batch."""
        items = {item.envelope_sha256: item for item in answer.items}
        sent = {row.envelope_sha256 for row in rows}
        # before the rest: what an amendment decided comes again only while the amendment is not answered
        for item in answer.items:
            if item.envelope_sha256 not in sent:
                self._settler.settle_decided(self._api.trust, answer.terminal, item)
        for row in rows:
            stop.heed()
            self._settler.settle(self._api.trust, row, items.get(row.envelope_sha256))
            del self._unanswered[row.record_id]
        for decision in answer.decisions:
            stop.heed()
            self._settler.settle_decision(self._decisions, self._api.trust, decision)

    def _give_up(self, code: FailureCode | None) -> None:
        """Nothing stays on its way: what was not answered waits again."""
        if self._in_flight is not None:
            self._in_flight.sent.exchange.abandon()
            self._in_flight = None
        if self._unanswered:
            self._outbox.release(list(self._unanswered), code)
            self._unanswered.clear()

    def _chain_state(self) -> ChainState:
        state = chain_state(self._enrolments, self._outbox, self._terminal.name, self._clock())
        return replace(state, decided=self._decisions.mark())

    def _note_chain(self, answer: ContactAnswer, rows: list[OutboxRow]) -> bool:
        """True when the operator lost records that are sent again now."""
        now = self._clock()
        # what it has just signed for it cannot miss, whatever it says
        held = {row.sequence for row in rows}
        missing = sorted(set(answer.missing) - held)
        # a fork is another chain: what the operator holds of it is not ours to go on from
        gone = 0 if answer.fork else self._outbox.name_given(_given(answer), now)
        if gone:
            self._on_event(SyncEvent(EventName.FELL_BACK, {"records": gone}))
        verdict = self._outbox.note_operator_chain(answer.unbroken, answer.chain_head, now, missing, held)
        forked_at = answer.fork if answer.fork is not None else answer.unbroken if verdict.forked else None
        if forked_at is not None:
            self._outbox.note_fork(forked_at, now)
            if self._report.fork != forked_at:
                self._on_event(SyncEvent(EventName.FORK, {"sequence": forked_at}))
            self._report.fork = forked_at
        if verdict.queued_again:
            self._on_event(SyncEvent(EventName.OPERATOR_FELL_BACK, {"queued_again": verdict.queued_again}))
        return verdict.queued_again > 0

    def _note_pacing(self, answer: ContactAnswer, flight: _Flight) -> None:
        now, waits_now = self._clock(), self._waits.now()
        wait_s = schedule.paced_s(answer.next_contact_s, random.random())  # noqa: S311 - spreads load
        known = self._pacing.load()
        self._pacing.save(
            replace(
                known,
                batch_bytes=schedule.batch_bytes(
                    known.batch_bytes, flight.sent.sent_bytes, flight.sent.took_s
                ),
                next_contact_at=schedule.after(waits_now, wait_s),
                counted_at=waits_now,
                stopped=answer.stop,
                batch_size=answer.batch_size,
                last_contact_at=now,
            )
        )
        self._clocks.note_operator_time(answer.operator_time, tolerance_s=schedule.CLOCK_TOLERANCE_S)
        if answer.closed:
            self._enrolments.mark_revoked(self._terminal.name, now)
        else:
            self._enrolments.mark_in_force(self._terminal.name, now)
        if answer.outlet == self._enrolment().outlet:
            self._enrolments.note_moving(self._terminal.name, answer.moving_to, now)
        if answer.journal_known != self._enrolment().operator_journal:
            self._enrolments.note_operator_journal(self._terminal.name, answer.journal_known)

    def _note_success(self) -> None:
        """Only now: a renewal that fails each time is a failure of the server, and is backed off from."""
        if self._policy_refused is not None:
            return
        self._pacing.save(replace(self._pacing.load(), failures=0, last_failure=None, backoff_until=None))

    def _renew(self, answer: ContactAnswer) -> None:
        if self._policy_refused is not None:
            return
        try:
            for event in renew(self._api, self._enrolments, self._enrolment(), answer, self._clock()):
                self._on_event(event)
        except KnownFailure as failure:
            if failure.code is not FailureCode.POLICY_REFUSED:
                raise
            self._policy_refused = failure

    def _enrolment(self) -> StoredEnrolment:
        found = self._enrolments.find(self._terminal.name)
        assert found is not None, "an enrolment is never deleted"
        return found
