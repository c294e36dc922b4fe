"""What must be so before a registration may become a record; each refusal has its code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding
from outlet_app.domain.registrations import (
    ROLES_THAT_REGISTER,
    Channel,
    RecordKind,
    ServiceDetails,
    Statements,
)
from outlet_app.intake.drafts import Draft, SignedInClerk
from outlet_app.intake.situation import Situation
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid
from outlet_app.verification.steps import assess_document, assess_service


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft that passed every rule, its number and ICCID in their one written form."""

    record_id: UUID
    kind: RecordKind
    card: CardRead
    details: ServiceDetails
    statements: Statements
    clerk: SignedInClerk
    channel: Channel
    policy: PolicyPack
    confirmed_at: datetime


def normalised(details: ServiceDetails) -> ServiceDetails:
    """Number and ICCID in their one written form; KnownFailure NUMBER_MALFORMED or ICCID_MALFORMED."""
    return ServiceDetails(normalise_number(details.number), normalise_iccid(details.iccid))


def assess_card(card: CardRead, now: datetime) -> tuple[Finding, ...]:
    """Findings about a card's document on the present day in China."""
    return assess_document(card.document, today=timestamps.china_day(now))


def check_registration(
    situation: Situation, draft: Draft, clerk: SignedInClerk, channel: Channel, now: datetime
) -> Candidate:
    """The draft as a candidate; the first rule that it breaks is raised.

    KnownFailure: TERMINAL_REVOKED, CLERK_UNKNOWN, ROLE_NOT_ALLOWED,
    POLICY_OUT_OF_DATE, KIND_NOT_ALLOWED, NUMBER_MALFORMED, ICCID_MALFORMED,
    FINDING_BLOCKS, STATEMENT_MISSING. ValueError: a draft without card,
    details or statements, which no page offers to confirm.
    """
    if draft.card is None or draft.details is None or draft.statements is None:
        raise ValueError("the draft is not complete")
    if situation.enrolment.revoked:
        raise KnownFailure(FailureCode.TERMINAL_REVOKED)
    clerk = _as_listed(situation, clerk)
    policy = situation.standing.policy_on(timestamps.china_day(now))
    _check_kinds(policy, draft.kind, draft.card, channel)
    details = normalised(draft.details)
    blocking = [
        str(finding.code)
        for finding in (*assess_card(draft.card, now), *assess_service(details))
        if finding.blocks
    ]
    if blocking:
        raise KnownFailure(FailureCode.FINDING_BLOCKS, ", ".join(blocking))
    if not (draft.statements.holder_compared and draft.statements.consent):
        raise KnownFailure(FailureCode.STATEMENT_MISSING)
    return Candidate(
        draft.record_id, draft.kind, draft.card, details, draft.statements, clerk, channel, policy, now
    )


def _as_listed(situation: Situation, clerk: SignedInClerk) -> SignedInClerk:
    entry = situation.standing.roster.find(clerk.number)
    if entry is None:
        raise KnownFailure(FailureCode.CLERK_UNKNOWN)
    # the roster's word counts, not what was true when the clerk signed in
    if entry.role not in ROLES_THAT_REGISTER:
        raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(entry.role))
    return SignedInClerk(entry.number, entry.role)


def _check_kinds(policy: PolicyPack, kind: RecordKind, card: CardRead, channel: Channel) -> None:
    if kind not in policy.kinds:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, str(kind))
    if card.document.kind not in policy.documents:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, str(card.document.kind))
    if channel is Channel.PRACTICE:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, "practice is never stored")
