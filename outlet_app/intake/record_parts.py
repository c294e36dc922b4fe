"""What of a candidate is sealed, and what of it stays readable here."""

import hashlib
from typing import Any

from outlet_app import __version__
from outlet_app.contract.envelope import Envelope
from outlet_app.contract.header import Header
from outlet_app.contract.sealed_part import AmendmentPart, AnyPart, SealedPart, VoidPart
from outlet_app.domain.masking import family_initial, mask_phone
from outlet_app.domain.registrations import Corrections
from outlet_app.intake.made_ahead import MadeAhead, Marks
from outlet_app.intake.mending_rules import Mend
from outlet_app.intake.rules import Candidate
from outlet_app.intake.situation import Situation
from outlet_app.store.rows import NewRecord

NOTICE = "notice-1"
"""The wording about what is kept, and by whom, that the customer is told in this version."""

PROGRAM = f"outlet-app/{__version__}"


def sealed_part(candidate: Candidate | Mend) -> AnyPart:
    """Everything that goes to the operator, and that nobody here can open again."""
    signed: dict[str, Any] = {
        "record_id": candidate.record_id,
        "clerk": candidate.clerk.number,
        "clerk_role": candidate.clerk.role,
        "approver": candidate.approver,
        "program": PROGRAM,
    }
    if isinstance(candidate, Candidate):
        return SealedPart(
            **signed,
            customer=candidate.customer,
            service=candidate.details,
            statements=candidate.statements,
            notice=NOTICE,
        )
    if isinstance(candidate.what, Corrections):
        return AmendmentPart(**signed, corrections=candidate.what, notice=NOTICE)
    return VoidPart(**signed, reason=candidate.what)


def marks_of(situation: Situation, number: str | None, iccid: str | None) -> tuple[Marks, ...]:
    """Marks of number and SIM under the key of this terminal, and of former ones of which records wait."""
    mask = None if number is None else mask_phone(number)
    return tuple(
        Marks(
            mask,
            None if number is None else tags.number(number),
            None if iccid is None else tags.iccid(iccid),
        )
        for tags in (situation.tags, *situation.former_tags)
    )


def made_ahead(situation: Situation, candidate: Candidate | Mend) -> MadeAhead:
    """All of the record that can be made before its moment and its number."""
    plaintext = sealed_part(candidate).encode()
    if isinstance(candidate, Candidate):
        document, details = candidate.customer.document, candidate.details
        return MadeAhead(
            plaintext,
            marks_of(situation, details.number, details.iccid),
            (situation.tags.identity(document), family_initial(document.name)),
        )
    new = candidate.what if isinstance(candidate.what, Corrections) else Corrections()
    return MadeAhead(plaintext, marks_of(situation, new.number, new.iccid), None)


def new_record(candidate: Candidate | Mend, made: MadeAhead, header: Header, envelope: Envelope) -> NewRecord:
    """The record for the queue: its bytes and its masked summary."""
    data, approver = envelope.encode(), candidate.approver
    return NewRecord(
        header=header,
        envelope=data,
        envelope_sha256=hashlib.sha256(data).hexdigest(),
        clerk=candidate.clerk.number,
        approver=None if approver is None else approver.number,
        document_kind=candidate.customer.document.kind if isinstance(candidate, Candidate) else None,
        family_initial=None if made.identity is None else made.identity[1],
        phone_mask=made.phone_mask,
        tags=made.tags,
        exception=isinstance(candidate, Candidate) and candidate.is_exception,
    )
