"""Is what a registration says acceptable: the operator's rules, most of them the outlet's own, run again.

A record that fails here is held all the same and its refusal has a receipt: it
belongs to the terminal's chain. The steps stand in their order in
``check_registration``.
"""

import hashlib
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from operator_backend.database_secret import DatabaseSecret, TagLabel
from operator_backend.installation import Operator
from operator_backend.record_refused import RecordRefused
from operator_backend.references import Reference
from operator_backend.tables import LIVE, records
from operator_backend.trust_checks import Opened
from operator_backend.typed_checks import check_typed
from outlet_app.contract.api import Mender, RecordRefusal
from outlet_app.contract.document_form import FIELDS
from outlet_app.contract.party import ChipEvidence
from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.documents.simulated import is_simulated
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain import timestamps
from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import ServiceDetails
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid
from outlet_app.verification.steps import assess_document, assess_service


def check_registration(
    connection: Connection,
    operator: Operator,
    record: Opened,
    part: SealedPart,
    *,
    replaces: Reference | None = None,
) -> None:
    """RecordRefused for the first rule that it breaks; what it takes the place of lets its number go."""
    _check_statements(part)
    # a terminal's clock may be ahead; nothing was confirmed after it came
    arrived_at = operator.now()
    day = timestamps.china_day(min(record.arrived.header.confirmed_at, arrived_at))
    if day > record.policy.last_day_of_grace or timestamps.china_day(arrived_at) < record.policy.first_day:
        raise RecordRefused(RecordRefusal.POLICY_ENDED)
    evidence = part.customer.evidence
    if isinstance(evidence, ChipEvidence):
        _check_chip(part, evidence, test=operator.folder.test)
        _check_document(record.policy, part.customer.document, day)
    else:
        check_typed(record.policy, part, evidence, day)
    check_service(part.service)
    besides = set() if replaces is None else {replaces.record_id}
    check_not_taken(connection, operator.secret, part.service, besides=besides)


def _check_statements(sealed: SealedPart) -> None:
    if not sealed.statements.holder_compared:
        raise RecordRefused(RecordRefusal.STATEMENT_MISSING, "statements.holder_compared")
    if not sealed.statements.consent:
        raise RecordRefused(RecordRefusal.STATEMENT_MISSING, "statements.consent")


def _check_chip(part: SealedPart, chip: ChipEvidence, *, test: bool) -> None:
    _check_fields(part, chip)
    _check_photo(chip)
    if not test:
        _check_module(chip)


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


def _check_document(policy: PolicyPack, document: Document, day: date) -> None:
    if document.kind not in policy.documents:
        raise RecordRefused(RecordRefusal.KIND_NOT_ALLOWED, "document.kind", Mender.CUSTOMER)
    for finding in assess_document(document, today=day):
        if finding.blocks:
            raise RecordRefused(RecordRefusal.FINDING_BLOCKS, str(finding.code))


def check_service(service: ServiceDetails) -> None:
    """RecordRefused FINDING_BLOCKS unless number and ICCID are good, and in their one written form."""
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


def check_not_taken(
    connection: Connection, secret: DatabaseSecret, service: ServiceDetails, *, besides: Collection[UUID] = ()
) -> None:
    """RecordRefused NUMBER_TAKEN or ICCID_TAKEN when another record than these holds number or SIM card."""
    others = records.c.id.not_in([str(record_id) for record_id in besides])
    for column, label, value, code, field in (
        (records.c.number_tag, TagLabel.NUMBER, service.number, RecordRefusal.NUMBER_TAKEN, "service.number"),
        (records.c.iccid_tag, TagLabel.ICCID, service.iccid, RecordRefusal.ICCID_TAKEN, "service.iccid"),
    ):
        wanted = select(records.c.id).where(column == secret.tag(label, value), others, LIVE)
        if connection.execute(wanted).first():
            raise RecordRefused(code, field)
