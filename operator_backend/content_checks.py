"""Is what the record says acceptable: the operator's rules, most of them the outlet's own, run again.

A record that fails here is held all the same and its refusal has a receipt: it
belongs to the terminal's chain. The steps stand in their order in
``first_refusal``.
"""

import hashlib
from datetime import date, datetime

from sqlalchemy import Connection, select

from operator_backend.clerks import clerk_role
from operator_backend.database_secret import DatabaseSecret, TagLabel
from operator_backend.record_refused import RecordRefused
from operator_backend.tables import LIVE, records
from operator_backend.trust_checks import Opened
from operator_backend.typed_checks import check_typed
from outlet_app.contract.api import Mender, RecordRefusal
from outlet_app.contract.document_form import FIELDS
from outlet_app.contract.party import ChipEvidence
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.documents.simulated import is_simulated
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import ROLES_THAT_REGISTER
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid
from outlet_app.verification.steps import assess_document, assess_service


def first_refusal(
    connection: Connection, secret: DatabaseSecret, record: Opened, *, test: bool, now: datetime
) -> RecordRefused | None:
    """The first rule that the record breaks, None when it is acceptable."""
    try:
        _check_clerk(connection, record)
        _check_statements(record.sealed)
        _check_customer(connection, record, test=test, now=now)
        _check_service(record.sealed)
        _check_not_taken(connection, secret, record.sealed)
    except RecordRefused as refused:
        return refused
    return None


def _check_clerk(connection: Connection, record: Opened) -> None:
    if clerk_role(connection, record.arrived.header.outlet, record.sealed.clerk) is None:
        raise RecordRefused(RecordRefusal.CLERK_UNKNOWN, "clerk.number")
    # the role is the one that the terminal knew; it may have changed since, and the books say when
    if record.sealed.clerk_role not in ROLES_THAT_REGISTER:
        raise RecordRefused(RecordRefusal.CLERK_UNKNOWN, "clerk.role")


def _check_statements(sealed: SealedPart) -> None:
    if not sealed.statements.holder_compared:
        raise RecordRefused(RecordRefusal.STATEMENT_MISSING, "statements.holder_compared")
    if not sealed.statements.consent:
        raise RecordRefused(RecordRefusal.STATEMENT_MISSING, "statements.consent")


def _check_customer(connection: Connection, record: Opened, *, test: bool, now: datetime) -> None:
    # a terminal's clock may be ahead; nothing was confirmed after it came
    day = timestamps.china_day(min(record.arrived.header.confirmed_at, now))
    evidence = record.sealed.customer.evidence
    if not isinstance(evidence, ChipEvidence):
        check_typed(connection, record, evidence, day)
        return
    _check_fields(record.sealed, evidence)
    _check_photo(evidence)
    if not test:
        _check_module(evidence)
    _check_document(record, day)


def _check_fields(sealed: SealedPart, chip: ChipEvidence) -> None:
    try:
        read_again = parse_text_block(chip.text_block)
    except KnownFailure as exc:
        field = exc.detail if exc.code is FailureCode.CARD_CONTENT_MALFORMED else "kind"
        raise RecordRefused(RecordRefusal.FIELDS_DIFFER, field) from exc
    for name in FIELDS:
        if getattr(read_again, name) != getattr(sealed.customer.document, name):
            raise RecordRefused(RecordRefusal.FIELDS_DIFFER, name)


def _check_photo(chip: ChipEvidence) -> None:
    if hashlib.sha256(chip.photo).hexdigest() != chip.provenance.photo_sha256:
        raise RecordRefused(RecordRefusal.PHOTO_DIFFERS)


def _check_module(chip: ChipEvidence) -> None:
    if is_simulated(chip.provenance.sam_number, chip.photo):
        raise RecordRefused(RecordRefusal.SIMULATED_MODULE)


def _check_document(record: Opened, day: date) -> None:
    document = record.sealed.customer.document
    if document.kind not in record.policy.documents:
        raise RecordRefused(RecordRefusal.KIND_NOT_ALLOWED, "document.kind", Mender.CUSTOMER)
    for finding in assess_document(document, today=day):
        if finding.blocks:
            raise RecordRefused(RecordRefusal.FINDING_BLOCKS, str(finding.code))


def _check_service(sealed: SealedPart) -> None:
    service = sealed.service
    for name, value, normalise in (
        ("service.number", service.number, normalise_number),
        ("service.iccid", service.iccid, normalise_iccid),
    ):
        try:
            written_so = normalise(value) == value
        except KnownFailure:
            written_so = False
        if not written_so:
            raise RecordRefused(RecordRefusal.FINDING_BLOCKS, name, Mender.CLERK)
    for finding in assess_service(service):
        if finding.blocks:
            raise RecordRefused(RecordRefusal.FINDING_BLOCKS, str(finding.code), Mender.CLERK)


def _check_not_taken(connection: Connection, secret: DatabaseSecret, sealed: SealedPart) -> None:
    number = secret.tag(TagLabel.NUMBER, sealed.service.number)
    if connection.execute(select(records.c.id).where(records.c.number_tag == number, LIVE)).first():
        raise RecordRefused(RecordRefusal.NUMBER_TAKEN, "service.number")
    iccid = secret.tag(TagLabel.ICCID, sealed.service.iccid)
    if connection.execute(select(records.c.id).where(records.c.iccid_tag == iccid, LIVE)).first():
        raise RecordRefused(RecordRefusal.ICCID_TAKEN, "service.iccid")
