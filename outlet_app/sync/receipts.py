"""The operator's answer to one record: believed only when signed, ours, and about what was sent."""

import random
from collections.abc import Callable

from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.contract.decision import Decision
from outlet_app.contract.receipt import Receipt, ReceiptState
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.decisions import DecisionStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import OutboxRow
from outlet_app.store.wait_clock import WaitClock
from outlet_app.sync import schedule
from outlet_app.sync.events import EventName, OnEvent, SyncEvent, SyncReport
from outlet_app.trust.operator_trust import OperatorTrust

_FITTING: dict[ItemAnswer, frozenset[ReceiptState]] = {
    ItemAnswer.ACCEPTED: frozenset({ReceiptState.ACCEPTED}),
    ItemAnswer.REFUSED: frozenset({ReceiptState.REFUSED}),
    ItemAnswer.VERIFYING: frozenset({ReceiptState.RECEIVED}),
    ItemAnswer.DUPLICATE: frozenset(ReceiptState),
}
REFUSED_WITHOUT_CODE = "refused"


class _Counted:
    """Numbers that were counted, a bit each: a run may have a million."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def is_new(self, number: int) -> bool:
        """True the first time that the number comes."""
        at, bit = number >> 3, 1 << (number & 7)
        if at >= len(self._bits):
            self._bits.extend(bytes(at + 1 - len(self._bits)))
        known = self._bits[at] & bit
        self._bits[at] |= bit
        return not known


class Settler:
    """Applies answers to leased records; what is wrong with one touches that one only."""

    def __init__(
        self,
        outbox: Outbox,
        waits: WaitClock,
        report: SyncReport,
        on_event: OnEvent,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._clock, self._waits = waits.system, waits
        self._report = report
        self._on_event = on_event
        self._chance = chance
        self._counted = _Counted()

    def settle(self, trust: OperatorTrust, row: OutboxRow, item: Item | None) -> None:
        """Take the answer to one record, or its absence."""
        try:
            state = self._settled(trust, row, item)
        except KnownFailure as failure:
            if failure.code is not FailureCode.RECEIPT_REFUSED:
                raise
            self._try_later(row, failure.code)
            self._tell(EventName.RECEIPT_REFUSED, row, {"reason": failure.detail})
            return
        answer = None if item is None else str(item.answer)
        code = None if item is None else item.code
        self._tell(EventName.ANSWERED, row, {"answer": answer, "state": str(state), "code": code})

    def settle_decided(self, trust: OperatorTrust, terminal: str, item: Item) -> None:
        """Take the receipt of a record that is not of this contact: it was being verified and is decided.

        Only receipts change anything; one for another terminal is not this operator's to give.
        """
        if item.receipt is None:
            return
        try:
            receipt = trust.receipt(item.receipt)
        except KnownFailure as failure:
            self._refuse_decision(failure.detail)
            return
        if receipt.terminal != terminal or receipt.envelope_sha256 != item.envelope_sha256:
            self._refuse_decision("terminal or envelope")
            return
        details: dict[str, object] = {"id": str(receipt.record_id), "sequence": receipt.sequence}
        try:
            state = self._outbox.apply_receipt(receipt, item.receipt.encode(), self._clock())
        except KnownFailure as failure:
            if failure.code is not FailureCode.RECEIPT_REFUSED:
                raise
            self._on_event(SyncEvent(EventName.RECEIPT_REFUSED, {**details, "reason": failure.detail}))
            return
        details |= {"answer": str(item.answer), "state": str(state), "code": receipt.code}
        self._on_event(SyncEvent(EventName.ANSWERED, details))

    def settle_decision(self, store: DecisionStore, trust: OperatorTrust, decision: Decision) -> None:
        """Take what the operator decided later; what is not to be believed is journalled and passed over."""
        now = self._clock()
        try:
            receipt = trust.receipt(decision.receipt)
        except KnownFailure as failure:
            store.pass_over(decision.mark, failure.detail, now)
            self._on_event(SyncEvent(EventName.RECEIPT_REFUSED, {"reason": failure.detail}))
            return
        state = store.take(decision.mark, receipt, decision.receipt.encode(), now)
        if state is None:
            return
        self._report.decided += 1
        details = {"id": str(receipt.record_id), "sequence": receipt.sequence, "terminal": receipt.terminal}
        self._on_event(SyncEvent(EventName.DECIDED, {**details, "state": str(state), "code": receipt.code}))

    def _refuse_decision(self, reason: str) -> None:
        self._outbox.refuse_receipt(None, reason, self._clock())
        self._on_event(SyncEvent(EventName.RECEIPT_REFUSED, {"reason": reason}))

    def _settled(self, trust: OperatorTrust, row: OutboxRow, item: Item | None) -> RecordState:
        if item is None:
            self._try_later(row, FailureCode.SERVER_ANSWER_MALFORMED)
            return RecordState.QUEUED
        if item.answer is ItemAnswer.LATER:
            wait_s = schedule.paced_s(item.after_s or 0, self._chance())
            until = schedule.after(self._waits.now(), wait_s)
            self._outbox.apply_later(row.record_id, until, self._clock())
            return RecordState.QUEUED
        if item.receipt is not None:
            state = self._receipt_taken(trust, row, item, item.receipt)
        elif item.answer is ItemAnswer.REFUSED:
            code = item.code or REFUSED_WITHOUT_CODE
            self._outbox.quarantine(row.record_id, code, self._clock(), field=item.field, who=item.who)
            state = RecordState.QUARANTINED
        else:
            raise self._unbelievable(row, "missing")
        # what the operator lost in the middle of a run goes there twice, and is one record all the same
        if self._counted.is_new(row.sequence):
            self._report.count(state)
        return state

    def _receipt_taken(
        self, trust: OperatorTrust, row: OutboxRow, item: Item, signed: SignedObject
    ) -> RecordState:
        try:
            receipt = trust.receipt(signed)
        except KnownFailure as failure:
            raise self._unbelievable(row, failure.detail) from failure
        wrong = _difference(row, item, receipt)
        if wrong is not None:
            raise self._unbelievable(row, wrong)
        return self._outbox.apply_receipt(receipt, signed.encode(), self._clock())

    def _unbelievable(self, row: OutboxRow, reason: str) -> KnownFailure:
        """The journalled failure of a receipt that is not to be believed."""
        self._outbox.refuse_receipt(row.record_id, reason, self._clock())
        return KnownFailure(FailureCode.RECEIPT_REFUSED, reason)

    def _try_later(self, row: OutboxRow, code: FailureCode) -> None:
        wait_s = schedule.record_back_off_s(row.attempts, self._chance())
        self._outbox.apply_record_error(row.record_id, code, schedule.after(self._waits.now(), wait_s))

    def _tell(self, name: EventName, row: OutboxRow, details: dict[str, object]) -> None:
        self._on_event(SyncEvent(name, {"id": str(row.record_id), "sequence": row.sequence, **details}))


def _difference(row: OutboxRow, item: Item, receipt: Receipt) -> str | None:
    """What makes a signed receipt that of another record or another answer; None when it fits."""
    if receipt.record_id != row.record_id:
        return "record"
    if receipt.terminal != row.terminal:
        return "terminal"
    if receipt.sequence != row.sequence:
        return "sequence"
    if receipt.envelope_sha256 != row.envelope_sha256:
        return "envelope_sha256"
    if receipt.state not in _FITTING[item.answer]:
        return "state"
    return None
