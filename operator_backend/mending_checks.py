"""Is a void, an amendment or a replacement acceptable: who did it, when, to which record, and what is left.

Whoever takes back or changes what stands later than the policy's minutes needs
a supervisor; what was refused stands nowhere and is mended by a clerk alone.
"""

from dataclasses import replace

from sqlalchemy import Connection

from operator_backend.amendments import accepted_amendments, in_force, place_of
from operator_backend.content_checks import check_not_taken, check_registration, check_service
from operator_backend.installation import Operator
from operator_backend.people_checks import check_people
from operator_backend.policies import find_policy
from operator_backend.record_refused import RecordRefused
from operator_backend.references import Reference, check_reference, find_reference
from operator_backend.trust_checks import Opened, arrived, open_held
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.sealed_part import AmendmentPart, SealedPart, VoidPart
from outlet_app.verification.mending import may_mend_alone


def first_refusal(
    connection: Connection, operator: Operator, record: Opened, reference: Reference | None
) -> RecordRefused | None:
    """The first rule that the record breaks, None when it is acceptable."""
    try:
        check_people(connection, operator, record)
        if reference is not None:
            check_reference(connection, record.arrived.header, reference)
            _check_approved(record, reference)
        _check_contents(connection, operator, record, reference)
    except RecordRefused as refused:
        return refused
    return None


def _check_contents(
    connection: Connection, operator: Operator, record: Opened, reference: Reference | None
) -> None:
    match record.sealed:
        case SealedPart() as part:
            if reference is not None:
                _check_same_person(operator, part, reference)
            check_registration(connection, operator, record, part, replaces=reference)
        case AmendmentPart() as part:
            assert reference is not None, "the header's form says so"
            _check_amended(connection, operator, record, part, reference)
        case VoidPart():
            pass


def _check_approved(record: Opened, reference: Reference) -> None:
    if reference.refused or record.sealed.approver is not None:
        return
    done_at = record.arrived.header.confirmed_at
    if not may_mend_alone(reference.confirmed_at, done_at, record.policy.void_minutes):
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver")


def _check_same_person(operator: Operator, part: SealedPart, reference: Reference) -> None:
    before = open_held(operator, reference.envelope)
    assert isinstance(before, SealedPart), "only a registration is replaced"
    if before.customer.document.number != part.customer.document.number:
        raise RecordRefused(RecordRefusal.PERSON_DIFFERS, "parties")


def amended(connection: Connection, operator: Operator, record: Opened, reference: Reference) -> SealedPart:
    """The registration that an amendment names, with this and every accepted amendment, in their order."""
    header, part = record.arrived.header, record.sealed
    assert isinstance(part, AmendmentPart), "asked of amendments only"
    found = accepted_amendments(connection, operator, reference.record_id)
    found.append((place_of(connection, header.terminal, header.sequence), part.corrections))
    before = open_held(operator, reference.envelope)
    assert isinstance(before, SealedPart), "only a registration is amended"
    return in_force(before, (corrections for _place, corrections in sorted(found, key=lambda one: one[0])))


def _check_amended(
    connection: Connection, operator: Operator, record: Opened, part: AmendmentPart, reference: Reference
) -> None:
    if part.corrections.consent is False:
        raise RecordRefused(RecordRefusal.STATEMENT_MISSING, "amendment.consent")
    whole = amended(connection, operator, record, reference)
    if not reference.refused:
        check_service(whole.service)
        check_not_taken(connection, operator.secret, whole.service, besides={reference.record_id})
        return
    # refused before: amended it must pass whatever a registration must, or it stays refused for what is left
    policy = find_policy(connection, reference.policy)
    assert policy is not None, "it was held under this pack"
    again = replace(record, arrived=arrived(reference.envelope), sealed=whole, policy=policy)
    check_people(connection, operator, again)
    replaces = None if reference.refers_to is None else find_reference(connection, reference.refers_to)
    if replaces is not None:
        check_reference(connection, again.arrived.header, replaces)
        _check_approved(again, replaces)
        _check_same_person(operator, whole, replaces)
    check_registration(connection, operator, again, whole, replaces=replaces)
