"""Documents without a readable chip: scan first, then typed fields, then a second person. Never the easy way.

A draft is a value in memory, its scan with it; what becomes a record goes the
one way into the queue. Nothing here writes to the disk but that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.document_form import document_to_form
from outlet_app.contract.party import MAX_SCAN_BYTES, Party, ScanEvidence
from outlet_app.documents.jpeg import ScanBroken, plain_jpeg
from outlet_app.documents.typed_document import typed_document
from outlet_app.domain import timestamps
from outlet_app.domain.documents import Document, DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding, FindingCode
from outlet_app.domain.masking import family_initial
from outlet_app.domain.registrations import (
    Channel,
    ExceptionReason,
    Person,
    RecordKind,
    ServiceDetails,
    Slip,
    Statements,
)
from outlet_app.intake.approvals import Approval
from outlet_app.intake.confirming import confirmed
from outlet_app.intake.drafts import SignedInClerk, new_record_id, slip_of
from outlet_app.intake.exception_rules import check_allowance, check_may_be_typed, typed_today
from outlet_app.intake.limit_rules import check_measures
from outlet_app.intake.people import People
from outlet_app.intake.rules import (
    Candidate,
    admitted,
    check_not_blocked,
    check_stated,
    normalised,
    weighed,
)
from outlet_app.intake.scan_files import ScanFile, erase_scan_file
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.disk_space import check_room
from outlet_app.verification.steps import assess_service, assess_typed

ACT = "exception"
"""What a supervisor approves; the journal has it with the record's id."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Documents that may be typed here, how many were today, and how many may be (0: no limit)."""

    documents: frozenset[DocumentKind]
    used: int
    most: int

    @property
    def is_used_up(self) -> bool:
        """True when no more may be typed today."""
        return bool(self.most) and self.used >= self.most


@dataclass(frozen=True, slots=True)
class ExceptionDraft:
    """One typed registration in the making, changed by ``Exceptions`` alone; the id stays for good."""

    record_id: UUID
    kind: RecordKind
    document_kind: DocumentKind
    reason: ExceptionReason
    scan: bytes | None = field(default=None, repr=False)
    document: Document | None = field(default=None, repr=False)
    approval: Approval | None = None
    details: ServiceDetails | None = field(default=None, repr=False)
    statements: Statements | None = None


@dataclass(frozen=True, slots=True)
class TypedVerdict:
    """What is wrong with the texts typed so far, by field; findings once all can be read."""

    missing: tuple[str, ...]
    malformed: tuple[str, ...]
    document: Document | None = field(default=None, repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def is_good(self) -> bool:
        """True when the document may go on to the second person."""
        return self.document is not None and not any(finding.blocks for finding in self.findings)


class Exceptions:
    """The exception lane of this terminal, step by step."""

    def __init__(self, workplace: Workplace, people: People) -> None:
        self._workplace = workplace
        self._people = people
        self._approved: tuple[Approval, str] | None = None

    def allowance(self) -> Allowance:
        """What the policy in force lets be typed, and what is left of it; nothing without one."""
        try:
            policy = self._workplace.policy()
        except KnownFailure as failure:
            if failure.code is not FailureCode.POLICY_OUT_OF_DATE:
                raise
            return Allowance(frozenset(), 0, 0)
        if self._workplace.situation() is None:
            return Allowance(frozenset(), 0, 0)
        used = typed_today(self._workplace.outbox(), self._workplace.now())
        return Allowance(policy.exception_documents, used, policy.most_exceptions_a_day)

    def begin(
        self,
        kind: RecordKind,
        document_kind: DocumentKind,
        reason: ExceptionReason,
        clerk: SignedInClerk,
        channel: Channel,
    ) -> ExceptionDraft:
        """An empty draft, when such a document may be typed by this clerk today.

        KnownFailure: DISK_NEARLY_FULL, NOT_ENROLLED, those of rules.admitted,
        EXCEPTIONS_NOT_ALLOWED, those of the limits, EXCEPTIONS_USED_UP: nobody
        types a page that could not be stored.
        """
        check_room(self._workplace.home)
        situation, now = self._workplace.enrolled(), self._workplace.now()
        sure = not self._workplace.clock_behind_s
        _, policy = admitted(situation, kind, clerk, channel, now, clock_is_sure=sure)
        check_may_be_typed(policy, document_kind, reason)
        check_measures(self._workplace.db, situation, policy, now)
        check_allowance(self._workplace.outbox(), policy, now)
        return ExceptionDraft(new_record_id(), kind, document_kind, reason)

    def scanned(self, draft: ExceptionDraft, data: bytes) -> ExceptionDraft:
        """The draft with its scan, of which the bare picture is kept; what was approved is so no more.

        KnownFailure SCAN_MALFORMED (the detail says why), SCAN_TOO_LARGE.
        """
        try:
            picture = plain_jpeg(data)
        except ScanBroken as exc:
            raise KnownFailure(FailureCode.SCAN_MALFORMED, str(exc)) from exc
        if len(picture) > MAX_SCAN_BYTES:
            raise KnownFailure(FailureCode.SCAN_TOO_LARGE)
        return replace(draft, scan=picture, approval=None)

    def look(self, draft: ExceptionDraft, texts: Mapping[str, str]) -> TypedVerdict:
        """What is to be said of texts typed so far, by field names of Document."""
        made = typed_document(draft.document_kind, texts)
        if made.document is None:
            return TypedVerdict(made.missing, made.malformed)
        return TypedVerdict((), (), made.document, self.assess(made.document))

    def typed(self, draft: ExceptionDraft, texts: Mapping[str, str]) -> ExceptionDraft:
        """The draft with its document in the written form; what was approved is so no more.

        KnownFailure: SCAN_MISSING before the scan, FINDING_BLOCKS with the
        names of the fields or the codes of the findings.
        """
        if draft.scan is None:
            raise KnownFailure(FailureCode.SCAN_MISSING)
        verdict = self.look(draft, texts)
        wrong = [f"{FindingCode.FIELD_MISSING}: {name}" for name in verdict.missing]
        wrong += [f"{FindingCode.FIELD_MALFORMED}: {name}" for name in sorted(verdict.malformed)]
        if wrong:
            raise KnownFailure(FailureCode.FINDING_BLOCKS, ", ".join(wrong))
        check_not_blocked(*verdict.findings)
        return replace(draft, document=verdict.document, approval=None)

    def assess(self, document: Document) -> tuple[Finding, ...]:
        """What verification says of a typed document on the present day in China."""
        findings = assess_typed(document, today=self._workplace.today())
        return weighed(findings, clock_is_sure=not self._workplace.clock_behind_s)

    def same_identity_count(self, document: Document) -> int:
        """How many records of this terminal seem to be of the same document; a hint, not a proof."""
        tag = self._workplace.enrolled().tags.identity(document)
        return self._workplace.outbox().same_identity_count(tag, family_initial(document.name))

    def approve(self, draft: ExceptionDraft, clerk: SignedInClerk, number: str, pin: str) -> ExceptionDraft:
        """The draft with a supervisor's approval of exactly this scan and these fields.

        KnownFailure: SCAN_MISSING, and those of People.approve.
        """
        contents = _contents(draft)
        approval = self._people.approve(
            number, pin, ACT, subject=str(draft.record_id), not_clerk=clerk.number
        )
        self._approved = (approval, contents)
        return replace(draft, approval=approval)

    def erase_scan(self, record_id: UUID, scan: ScanFile) -> None:
        """Erase the scanner's file of a record that is stored, because somebody asked for it.

        KnownFailure: RECORD_NOT_FOUND before it is stored, SCAN_FILE_UNREADABLE.
        """
        self._workplace.outbox().by_id(record_id)
        erase_scan_file(scan)

    def confirm(self, draft: ExceptionDraft, clerk: SignedInClerk, channel: Channel) -> Slip:
        """Make the draft a record, durably; the same draft again gives the same slip.

        KnownFailure: NOT_ENROLLED, SECOND_PERSON_NEEDED without an approval of
        these contents, and those of ``begin``, ``typed`` and Intake.confirm.
        Nothing is stored then. ValueError: a draft without details or statements.
        """
        now = self._workplace.now()
        outbox = self._workplace.outbox()
        if outbox.is_stored(draft.record_id):
            return slip_of(outbox.by_id(draft.record_id))
        if draft.approval is not None and self._approved != (draft.approval, _contents(draft)):
            raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, ACT)
        with self._people.approved(
            draft.approval, ACT, subject=str(draft.record_id), not_clerk=clerk.number
        ) as approver:

            def check(situation: Situation) -> Candidate:
                sure = not self._workplace.clock_behind_s
                return _check(situation, _Asked(draft, clerk, channel, now, approver, sure))

            slip = confirmed(self._workplace, draft.record_id, check)
        self._approved = None
        return slip


def _contents(draft: ExceptionDraft) -> str:
    """Hash of all that the second person looked at; KnownFailure SCAN_MISSING while there is nothing."""
    if draft.scan is None or draft.document is None:
        raise KnownFailure(FailureCode.SCAN_MISSING)
    scan_sha256 = hashlib.sha256(draft.scan).hexdigest()
    seen = {"document": document_to_form(draft.document), "reason": str(draft.reason), "scan": scan_sha256}
    return hashlib.sha256(canonical.encode(seen)).hexdigest()


@dataclass(frozen=True, slots=True)
class _Asked:
    draft: ExceptionDraft
    clerk: SignedInClerk
    channel: Channel
    now: datetime
    approver: Person
    clock_is_sure: bool


def _check(situation: Situation, asked: _Asked) -> Candidate:
    draft, now, sure = asked.draft, asked.now, asked.clock_is_sure
    if draft.scan is None or draft.document is None:
        raise KnownFailure(FailureCode.SCAN_MISSING)
    if draft.details is None or draft.statements is None:
        raise ValueError("the draft is not complete")
    clerk, policy = admitted(situation, draft.kind, asked.clerk, asked.channel, now, clock_is_sure=sure)
    check_may_be_typed(policy, draft.document.kind, draft.reason)
    details = normalised(draft.details)
    findings = assess_typed(draft.document, today=timestamps.china_day(now))
    check_not_blocked(*weighed(findings, clock_is_sure=sure), *assess_service(details))
    check_stated(draft.statements)
    customer = Party("customer", draft.document, ScanEvidence(draft.scan, draft.reason))
    return Candidate(
        draft.record_id,
        draft.kind,
        customer,
        details,
        draft.statements,
        clerk,
        asked.channel,
        policy,
        now,
        asked.approver,
    )
