"""The records that the operator holds, opened one by one for whoever may see them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from operator_backend.acts import Act, note_act
from operator_backend.amendments import accepted_amendments, in_force
from operator_backend.chain import ForkCause
from operator_backend.database import reading, writing
from operator_backend.installation import Operator
from operator_backend.record_refused import RecordRefused
from operator_backend.tables import forks, records
from operator_backend.trust_checks import open_held
from outlet_app.contract.document_form import document_to_form
from outlet_app.contract.party import ScanEvidence
from outlet_app.contract.sealed_part import AmendmentPart, AnyPart, SealedPart, VoidPart
from outlet_app.documents.masked import masked_form
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import mask_iccid, mask_phone
from outlet_app.domain.registrations import Corrections, RecordKind

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
    "refers_to",
    "superseded_by",
)


def list_records(operator: Operator, *, reveal: bool) -> Iterator[dict[str, Any]]:
    """Every record in the order of arrival, masked unless revealed; revealing is noted as an act.

    ``exception`` is true where the document was typed, ``reason`` says why, or why it was taken back.
    ``number`` and ``iccid`` are those in force: of an amended registration
    those of its amendments. A void has none, an amendment those that it gave;
    neither has a document. ``voided`` is true where a void took it back,
    ``superseded_by`` names that or the replacement. ``fork`` is true where the
    terminal sent another record under the same number. STORAGE_CORRUPT when a
    stored record does not open any more.
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
            amended = _amended(connection, operator, [row.id for row in page])
            voids = _voids(connection, [row.superseded_by for row in page])
        for row in page:
            sealed = _opened(operator, row.number, row.envelope)
            if isinstance(sealed, SealedPart):
                sealed = in_force(sealed, amended.get(row.id, ()))
            yield {
                **{name: getattr(row, name) for name in _PLAIN},
                **_contents(sealed, reveal=reveal),
                "voided": row.superseded_by in voids,
                "exception": bool(row.exception),
                "fork": (row.terminal, row.sequence) in forked,
            }
        if len(page) < _PAGE:
            return
        last = page[-1].number


def _opened(operator: Operator, number: int, envelope: bytes) -> AnyPart:
    try:
        return open_held(operator, envelope)
    except RecordRefused as exc:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, f"record {number}") from exc


def _contents(sealed: AnyPart, *, reveal: bool) -> dict[str, Any]:
    number: str | None = None
    iccid: str | None = None
    document: dict[str, Any] | None = None
    reason: str | None = None
    match sealed:
        case SealedPart():
            number, iccid = sealed.service.number, sealed.service.iccid
            of_card = sealed.customer.document
            document = document_to_form(of_card) if reveal else masked_form(of_card)
            evidence = sealed.customer.evidence
            reason = str(evidence.reason) if isinstance(evidence, ScanEvidence) else None
        case AmendmentPart():
            number, iccid = sealed.corrections.number, sealed.corrections.iccid
        case VoidPart():
            reason = str(sealed.reason)
    return {
        "number": number if reveal or number is None else mask_phone(number),
        "iccid": iccid if reveal or iccid is None else mask_iccid(iccid),
        "document": document,
        "reason": reason,
    }


def _amended(connection: Connection, operator: Operator, ids: list[str]) -> dict[str, list[Corrections]]:
    wanted = (
        select(records.c.refers_to)
        .distinct()
        .where(records.c.refers_to.in_(ids), records.c.kind == str(RecordKind.AMENDMENT))
    )
    return {
        found: [corrections for _place, corrections in accepted_amendments(connection, operator, UUID(found))]
        for found in connection.execute(wanted).scalars()
    }


def _voids(connection: Connection, ids: list[str | None]) -> set[str]:
    wanted = select(records.c.id).where(
        records.c.id.in_([one for one in ids if one is not None]), records.c.kind == str(RecordKind.VOID)
    )
    return set(connection.execute(wanted).scalars())


def _forked(connection: Connection) -> set[tuple[str, int]]:
    causes = (str(ForkCause.RECORD), str(ForkCause.CHAIN_STATE))
    rows = connection.execute(select(forks.c.terminal, forks.c.sequence).where(forks.c.cause.in_(causes)))
    return {(row.terminal, row.sequence) for row in rows}
