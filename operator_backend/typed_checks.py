"""Is a document acceptable that was typed beside a scan and not read from a chip."""

from datetime import date

from operator_backend.record_refused import RecordRefused
from outlet_app.contract.api import Mender, RecordRefusal
from outlet_app.contract.party import ScanEvidence
from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.documents.jpeg import is_plain_jpeg
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.findings import FindingCode
from outlet_app.verification.steps import assess_typed
from outlet_app.verification.typed import reason_fits

_OF_THE_DOCUMENT = frozenset({FindingCode.DOCUMENT_EXPIRED, FindingCode.DOCUMENT_NOT_YET_VALID})
"""Findings that the customer mends, with another document; the others are mended by typing it right."""


def check_typed(policy: PolicyPack, part: SealedPart, evidence: ScanEvidence, day: date) -> None:
    """RecordRefused by the first rule that a document breaks that was typed on a day."""
    _check_kind(policy, part.customer.document.kind, evidence)
    if part.approver is None:
        raise RecordRefused(RecordRefusal.APPROVAL_MISSING, "approver")
    if not is_plain_jpeg(evidence.scan):
        raise RecordRefused(RecordRefusal.SCAN_MALFORMED, "scan")
    for finding in assess_typed(part.customer.document, today=day):
        if finding.blocks:
            who = Mender.CUSTOMER if finding.code in _OF_THE_DOCUMENT else Mender.CLERK
            raise RecordRefused(RecordRefusal.FINDING_BLOCKS, str(finding.code), who)


def _check_kind(policy: PolicyPack, kind: DocumentKind, evidence: ScanEvidence) -> None:
    if kind not in policy.exception_documents:
        raise RecordRefused(RecordRefusal.KIND_NOT_ALLOWED, "document.kind", Mender.CUSTOMER)
    if not reason_fits(kind, evidence.reason):
        raise RecordRefused(RecordRefusal.REASON_DIFFERS, "reason")
