"""A person of the operator decides about a record that is under review."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, update

from operator_backend.acts import Act, note_act
from operator_backend.database import writing
from operator_backend.decisions import decided_receipt
from operator_backend.installation import Operator
from operator_backend.outlets import Review
from operator_backend.record_refused import RecordRefused
from operator_backend.tables import records
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.party import ScanEvidence
from outlet_app.contract.receipt import ReceiptState
from outlet_app.contract.sealed_part import AmendmentPart, SealedPart, VoidPart
from outlet_app.domain.failures import FailureCode, KnownFailure


@dataclass(frozen=True, slots=True)
class Verdict:
    """Accepted where there is no code; ``field`` is the part that is to be mended."""

    code: RecordRefusal | None = None
    field: str | None = None


def is_reviewed(review: Review, part: SealedPart | VoidPart | AmendmentPart) -> bool:
    """True where somebody looks at such a record of an outlet before it is accepted."""
    if not isinstance(part, SealedPart):
        return False
    return review is Review.ALL or (
        review is Review.TYPED and isinstance(part.customer.evidence, ScanEvidence)
    )


def decide(operator: Operator, record_id: UUID, verdict: Verdict) -> None:
    """Give the record its last word; its terminal hears it at its next contact.

    ARGUMENT_WRONG when there is no such record or it has been decided.
    """
    now = operator.now()
    with writing(operator.engine) as connection:
        former = _receipt_under_review(connection, record_id)
        refusal = None if verdict.code is None else RecordRefused(verdict.code, verdict.field)
        receipt = decided_receipt(connection, operator, former, refusal)
        state = ReceiptState.ACCEPTED if refusal is None else ReceiptState.REFUSED
        values = {
            "state": str(state),
            "code": None if refusal is None else str(refusal.code),
            "field": None if refusal is None else refusal.field,
            "who": None if refusal is None else str(refusal.who),
            "receipt": receipt,
        }
        connection.execute(update(records).where(records.c.id == str(record_id)).values(values))
        note_act(connection, Act.DECIDE, str(record_id), now)


def _receipt_under_review(connection: Connection, record_id: UUID) -> bytes:
    wanted = select(records.c.state, records.c.receipt).where(records.c.id == str(record_id))
    row = connection.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--record: there is no such record")
    if row.state != ReceiptState.RECEIVED:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--record: it has been decided")
    return bytes(row.receipt)
