"""What the tests of mending share: acts by name, approvals, and the operator's answers to single records."""

from dataclasses import replace
from uuid import UUID

import pytest

from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, Corrections, RecordState, Slip, VoidReason
from outlet_app.intake.approvals import Approval
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import RecordRow
from tests.intake.counter import CLERK, YES, card, details
from tests.trust.acting_operator import NOW, PIN, ActingOperator

SUPERVISOR = "7002"
COUNTER = Channel.COUNTER
REASON = VoidReason.WRONG_NUMBER


def approved(intake: Intake, act: str, record_id: UUID, clerk: SignedInClerk = CLERK) -> Approval:
    return intake.people.approve(SUPERVISOR, PIN, act, subject=str(record_id), not_clerk=clerk.number)


def void(intake: Intake, record_id: UUID, approval: Approval | None = None) -> Slip:
    return intake.mending.void(record_id, REASON, CLERK, COUNTER, approval)


def amend(
    intake: Intake,
    record_id: UUID,
    n: int,
    approval: Approval | None = None,
    *,
    only: str = "both",
) -> Slip:
    """Number and ICCID of the n-th pair, or one of them."""
    new = details(n)
    corrections = Corrections(
        number=None if only == "iccid" else new.number, iccid=None if only == "number" else new.iccid
    )
    return intake.mending.amend(record_id, corrections, CLERK, COUNTER, approval)


def put_in_place(
    intake: Intake, record_id: UUID, n: int, approval: Approval | None = None, *, person: int = 0
) -> Slip:
    """The card laid down again, with the n-th number and SIM."""
    draft = intake.mending.new_replacement(record_id)
    whole = replace(draft, card=card(person), details=details(n), statements=YES)
    return intake.confirm(whole, CLERK, COUNTER, approval)


def act(intake: Intake, name: str, record_id: UUID, approval: Approval | None = None) -> Slip:
    """One of the three acts, with the 77th number and SIM where one is given."""
    match name:
        case "void":
            return void(intake, record_id, approval)
        case "amend":
            return amend(intake, record_id, 77, approval)
        case _:
            return put_in_place(intake, record_id, 77, approval)


def refused(intake: Intake, name: str, record_id: UUID, approval: Approval | None = None) -> FailureCode:
    """The code with which an act is refused; nothing is stored then."""
    before = intake.queue_status()
    with pytest.raises(KnownFailure) as caught:
        act(intake, name, record_id, approval)
    assert intake.queue_status() == before
    return caught.value.code


def answered(
    intake: Intake, operator: ActingOperator, record_id: UUID, state: str, field: str | None = None
) -> None:
    """The operator's word on a record: accepted, refused, received or quarantined."""
    row = intake.record(record_id)
    outbox = Outbox(intake._db, row.terminal)
    if state == RecordState.QUARANTINED:
        outbox.quarantine(record_id, "chain-broken", NOW)
        return
    sha256 = intake._db.execute(
        "SELECT envelope_sha256 FROM outbox WHERE record_id = ?", (str(record_id),)
    ).fetchone()[0]
    word = ReceiptState(state)
    code = "number-taken" if word is ReceiptState.REFUSED else None
    receipt = operator.receipt(record_id, row.terminal, row.sequence, sha256, word, code=code)
    receipt = replace(receipt, field=field)
    outbox.apply_receipt(receipt, operator.sign_receipt(receipt).encode(), NOW)


def shown(intake: Intake, slip: Slip) -> RecordRow:
    return intake.record(slip.record_id)
