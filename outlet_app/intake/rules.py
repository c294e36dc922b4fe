"""What must be so before a registration may become a record; each refusal has its code."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from outlet_app.contract.party import ChipEvidence, Party, ScanEvidence
from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding, FindingCode, Severity
from outlet_app.domain.registrations import (
    Channel,
    Person,
    RecordKind,
    ServiceDetails,
    Statements,
)
from outlet_app.intake.drafts import Draft, SignedInClerk
from outlet_app.intake.limit_rules import check_document, check_hours, check_stays
from outlet_app.intake.made_ahead import MadeAhead
from outlet_app.intake.roles import Act, as_listed
from outlet_app.intake.situation import Situation
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid
from outlet_app.verification.steps import assess_document, assess_service


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft that passed every rule, its number and ICCID in their one written form."""

    record_id: UUID
    kind: RecordKind
    customer: Party
    details: ServiceDetails
    statements: Statements
    clerk: SignedInClerk
    channel: Channel
    policy: PolicyPack
    confirmed_at: datetime
    approver: Person | None = None
    refers_to: UUID | None = None
    made: MadeAhead | None = None
    """Made of exactly what stands here, the moment apart."""

    def at(self, moment: datetime) -> "Candidate":
        """The same, confirmed at this moment."""
        return replace(self, confirmed_at=moment)

    def approved_by(self, person: Person | None) -> "Candidate":
        """The same with a second person's word, which is sealed with it."""
        return self if person is None else replace(self, approver=person, made=None)

    @property
    def is_exception(self) -> bool:
        """True when the customer's document was typed and not read."""
        return isinstance(self.customer.evidence, ScanEvidence)


def normalised(details: ServiceDetails) -> ServiceDetails:
    """Number and ICCID in their one written form; KnownFailure NUMBER_MALFORMED or ICCID_MALFORMED."""
    return ServiceDetails(normalise_number(details.number), normalise_iccid(details.iccid))


_OF_THE_DAY = frozenset({FindingCode.DOCUMENT_EXPIRED, FindingCode.DOCUMENT_NOT_YET_VALID})
"""Findings that are worth no more than the clock that they were made by."""


def assess_card(card: CardRead, now: datetime, *, clock_is_sure: bool = True) -> tuple[Finding, ...]:
    """Findings about a card's document on the present day in China; hints where the clock is in doubt."""
    found = assess_document(card.document, today=timestamps.china_day(now))
    return weighed(found, clock_is_sure=clock_is_sure)


def weighed(findings: tuple[Finding, ...], *, clock_is_sure: bool) -> tuple[Finding, ...]:
    """The findings; where the clock is in doubt, those of the day are hints only."""
    return findings if clock_is_sure else tuple(_hint(finding) for finding in findings)


def _hint(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.WARN) if finding.code in _OF_THE_DAY else finding


def check_registration(
    situation: Situation,
    draft: Draft,
    clerk: SignedInClerk,
    channel: Channel,
    now: datetime,
    *,
    clock_is_sure: bool = True,
) -> Candidate:
    """The draft as a candidate; the first rule that it breaks is raised.

    KnownFailure: those of ``admitted``, DOCUMENT_NOT_ALLOWED, NUMBER_MALFORMED,
    ICCID_MALFORMED, FINDING_BLOCKS, STATEMENT_MISSING. ValueError: a draft without card,
    details or statements, which no page offers to confirm.
    """
    if draft.card is None or draft.details is None or draft.statements is None:
        raise ValueError("the draft is not complete")
    clerk, policy = admitted(situation, draft.kind, clerk, channel, now, clock_is_sure=clock_is_sure)
    check_document(policy, draft.card.document.kind)
    details = normalised(draft.details)
    assessed = assess_card(draft.card, now, clock_is_sure=clock_is_sure)
    check_not_blocked(*assessed, *assess_service(details))
    check_stated(draft.statements)
    customer = chip_customer(draft.card)
    return Candidate(
        record_id=draft.record_id,
        kind=draft.kind,
        customer=customer,
        details=details,
        statements=draft.statements,
        clerk=clerk,
        channel=channel,
        policy=policy,
        confirmed_at=now,
        refers_to=draft.refers_to,
    )


def admitted(
    situation: Situation,
    kind: RecordKind,
    clerk: SignedInClerk,
    channel: Channel,
    now: datetime,
    *,
    clock_is_sure: bool = True,
) -> tuple[SignedInClerk, PolicyPack]:
    """The clerk as the roster has them, and the pack in force, when this kind may be registered here now.

    KnownFailure: TERMINAL_REVOKED, TERMINAL_MOVING, CLERK_UNKNOWN, ROLE_NOT_ALLOWED,
    POLICY_OUT_OF_DATE, OUTSIDE_HOURS, KIND_NOT_ALLOWED.
    """
    if situation.enrolment.revoked:
        raise KnownFailure(FailureCode.TERMINAL_REVOKED)
    check_stays(situation)
    clerk = as_listed(situation, clerk, Act.REGISTER)
    policy = situation.policy_on(timestamps.china_day(now), clock_is_sure=clock_is_sure)
    check_hours(policy, now, clock_is_sure=clock_is_sure)
    if kind not in policy.kinds:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, str(kind))
    if channel is Channel.PRACTICE:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, "practice is never stored")
    return clerk, policy


def check_not_blocked(*findings: Finding) -> None:
    """KnownFailure FINDING_BLOCKS with the codes of the findings that block."""
    blocking = [str(finding.code) for finding in findings if finding.blocks]
    if blocking:
        raise KnownFailure(FailureCode.FINDING_BLOCKS, ", ".join(blocking))


def check_stated(statements: Statements) -> None:
    """KnownFailure STATEMENT_MISSING unless the clerk stated both."""
    if not (statements.holder_compared and statements.consent):
        raise KnownFailure(FailureCode.STATEMENT_MISSING)


def chip_customer(card: CardRead) -> Party:
    """The customer as their card was read."""
    evidence = ChipEvidence(card.text_block, card.photo, card.provenance, card.read_in_place)
    return Party("customer", card.document, evidence)
