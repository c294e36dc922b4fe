"""The records that the operator holds, opened one by one for whoever may see them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from operator_backend.acts import Act, note_act
from operator_backend.chain import ForkCause
from operator_backend.database import reading, writing
from operator_backend.installation import Operator
from operator_backend.record_refused import RecordRefused
from operator_backend.tables import forks, records
from operator_backend.trust_checks import open_held
from outlet_app.contract.document_form import document_to_form
from outlet_app.contract.party import ScanEvidence
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.documents.masked import masked_form
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import mask_iccid, mask_phone

_PAGE = 200
_PLAIN = (
    "id",
    "outlet",
    "terminal",
    "sequence",
    "kind",
    "channel",
    "state",
    "code",
    "field",
    "who",
    "clerk",
    "approver",
    "confirmed_at",
    "received_at",
)


def list_records(operator: Operator, *, reveal: bool) -> Iterator[dict[str, Any]]:
    """Every record in the order of arrival, masked unless revealed; revealing is noted as an act.

    ``exception`` is true where the document was typed, ``reason`` says why.

    ``fork`` is true where the terminal sent another record under the same
    number. STORAGE_CORRUPT when a stored record does not open any more.
    """
    if reveal:
        with writing(operator.engine) as connection:
            note_act(connection, Act.REVEAL, "list", operator.now())
    last = 0
    while True:
        with reading(operator.engine) as connection:
            page = connection.execute(
                select(records).where(records.c.number > last).order_by(records.c.number).limit(_PAGE)
            ).all()
            forked = _forked(connection)
        for row in page:
            sealed = _opened(operator, row.number, row.envelope)
            shown: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
            shown["exception"] = bool(row.exception)
            yield shown | _contents(sealed, reveal=reveal) | {"fork": (row.terminal, row.sequence) in forked}
        if len(page) < _PAGE:
            return
        last = page[-1].number


def _opened(operator: Operator, number: int, envelope: bytes) -> SealedPart:
    try:
        return open_held(operator, envelope)
    except RecordRefused as exc:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, f"record {number}") from exc


def _contents(sealed: SealedPart, *, reveal: bool) -> dict[str, Any]:
    number, iccid = sealed.service.number, sealed.service.iccid
    document, evidence = sealed.customer.document, sealed.customer.evidence
    return {
        "reason": str(evidence.reason) if isinstance(evidence, ScanEvidence) else None,
        "number": number if reveal else mask_phone(number),
        "iccid": iccid if reveal else mask_iccid(iccid),
        "document": document_to_form(document) if reveal else masked_form(document),
    }


def _forked(connection: Connection) -> set[tuple[str, int]]:
    causes = (str(ForkCause.RECORD), str(ForkCause.CHAIN_STATE))
    rows = connection.execute(select(forks.c.terminal, forks.c.sequence).where(forks.c.cause.in_(causes)))
    return {(row.terminal, row.sequence) for row in rows}
