"""What of a candidate is sealed, and what of it stays readable here."""

from typing import Any

from outlet_app import __version__
from outlet_app.contract.envelope import Envelope
from outlet_app.contract.sealed_part import AmendmentPart, AnyPart, SealedPart, VoidPart
from outlet_app.domain.masking import family_initial, mask_phone
from outlet_app.domain.registrations import Corrections
from outlet_app.intake.mending_rules import Mend
from outlet_app.intake.rules import Candidate
from outlet_app.store.rows import NewRecord
from outlet_app.trust.record_maker import RecordPlace
from outlet_app.trust.tags import TagMaker

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


def new_record(
    tags: TagMaker, candidate: Candidate | Mend, place: RecordPlace, envelope: Envelope
) -> NewRecord:
    """The record for the queue: its bytes and its masked summary."""
    approver = candidate.approver
    common: dict[str, Any] = {
        "terminal": place.terminal,
        "outlet": place.outlet,
        "sequence": place.sequence,
        "record_id": candidate.record_id,
        "kind": candidate.kind,
        "channel": candidate.channel,
        "policy": candidate.policy.number,
        "confirmed_at": candidate.confirmed_at,
        "envelope": envelope.encode(),
        "envelope_sha256": envelope.sha256(),
        "clerk": candidate.clerk.number,
        "approver": None if approver is None else approver.number,
        "refers_to": candidate.refers_to,
    }
    if isinstance(candidate, Candidate):
        document, details = candidate.customer.document, candidate.details
        return NewRecord(
            **common,
            document_kind=document.kind,
            family_initial=family_initial(document.name),
            phone_mask=mask_phone(details.number),
            tags=tags.tags(number=details.number, iccid=details.iccid, document=document),
            exception=candidate.is_exception,
        )
    new = candidate.what if isinstance(candidate.what, Corrections) else Corrections()
    return NewRecord(
        **common,
        document_kind=None,
        family_initial=None,
        phone_mask=None if new.number is None else mask_phone(new.number),
        tags=tags.corrected(number=new.number, iccid=new.iccid),
    )
