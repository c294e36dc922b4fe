"""What may be taken back, changed or replaced here, by whom, and what of it is still standing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outlet_app import boot_clock
from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding
from outlet_app.domain.masking import family_initial
from outlet_app.domain.registrations import (
    REGISTRATION_KINDS,
    Channel,
    Corrections,
    Person,
    RecordKind,
    RecordState,
    ServiceDetails,
    VoidReason,
)
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.roles import Act, as_listed
from outlet_app.intake.rules import check_not_blocked
from outlet_app.intake.situation import Situation
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import RecordRow
from outlet_app.trust.tags import TagMaker
from outlet_app.verification.mending import may_mend_alone
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid
from outlet_app.verification.steps import assess_service


@dataclass(frozen=True, slots=True)
class Mend:
    """A void (``what`` is a reason) or an amendment (``what`` is what it gives anew), ready to be stored."""

    record_id: UUID
    refers_to: UUID
    what: VoidReason | Corrections
    clerk: SignedInClerk
    channel: Channel
    policy: PolicyPack
    confirmed_at: datetime
    approver: Person | None = None

    @property
    def kind(self) -> RecordKind:
        """Kind of the record that it becomes."""
        return RecordKind.AMENDMENT if isinstance(self.what, Corrections) else RecordKind.VOID


def mending_admitted(
    situation: Situation, clerk: SignedInClerk, channel: Channel, now: datetime, *, clock_is_sure: bool
) -> tuple[SignedInClerk, PolicyPack]:
    """The clerk as the roster has them, and the pack in force.

    No limit and no hours: what was registered may be taken back at any time.
    KnownFailure TERMINAL_REVOKED, CLERK_UNKNOWN, ROLE_NOT_ALLOWED,
    POLICY_OUT_OF_DATE, KIND_NOT_ALLOWED for practice.
    """
    if situation.enrolment.revoked:
        raise KnownFailure(FailureCode.TERMINAL_REVOKED)
    if channel is Channel.PRACTICE:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, "practice is never stored")
    listed = as_listed(situation, clerk, Act.MEND)
    return listed, situation.policy_on(timestamps.china_day(now), clock_is_sure=clock_is_sure)


def written_so(corrections: Corrections) -> Corrections:
    """The corrections in their one written form.

    KnownFailure NUMBER_MALFORMED, ICCID_MALFORMED, FINDING_BLOCKS, and
    STATEMENT_MISSING for a consent that is withdrawn: that is a void.
    ValueError when nothing is given anew.
    """
    if corrections == Corrections():
        raise ValueError("nothing is given anew")
    if corrections.consent is False:
        raise KnownFailure(FailureCode.STATEMENT_MISSING)
    number = None if corrections.number is None else normalise_number(corrections.number)
    iccid = None if corrections.iccid is None else normalise_iccid(corrections.iccid)
    written = Corrections(number, iccid, corrections.consent)
    check_not_blocked(*findings_about(written))
    return written


def findings_about(corrections: Corrections) -> tuple[Finding, ...]:
    """What verification says of a SIM card that is given anew."""
    if corrections.iccid is None:
        return ()
    return assess_service(ServiceDetails(corrections.number or "", corrections.iccid))


def mended_root(outbox: Outbox, record_id: UUID) -> RecordRow:
    """The registration that a record is, or that it amends; KnownFailure RECORD_NOT_FOUND."""
    row = outbox.by_id(record_id)
    if row.kind is RecordKind.AMENDMENT and row.refers_to is not None:
        return outbox.by_id(row.refers_to)
    return row


def replaced_root(outbox: Outbox, record_id: UUID) -> RecordRow:
    """The registration whose place a new one takes; of a refused replacement, what that had replaced."""
    row = mended_root(outbox, record_id)
    while row.state is RecordState.REFUSED and not row.amended and row.refers_to is not None:
        row = outbox.by_id(row.refers_to)
    return row


def check_mendable(outbox: Outbox, situation: Situation, row: RecordRow) -> None:
    """That this registration stands or was refused, here; ask again within the transaction that mends it.

    KnownFailure RECORD_NOT_MENDABLE: no registration, of another outlet, or
    set aside; RECORD_SUPERSEDED with the local number of the void or replacement.
    """
    if row.kind not in REGISTRATION_KINDS or row.outlet != situation.enrolment.outlet:
        raise KnownFailure(FailureCode.RECORD_NOT_MENDABLE, str(row.kind))
    if row.state is RecordState.QUARANTINED:
        raise KnownFailure(FailureCode.RECORD_NOT_MENDABLE, str(row.state))
    if row.superseded_by is not None:
        raise KnownFailure(FailureCode.RECORD_SUPERSEDED, row.superseded_by)
    if row.state is RecordState.REFUSED and row.refers_to is not None:
        # a replacement that was refused can only come to stand if nothing else took back the first
        first = outbox.by_id(row.refers_to)
        if first.superseded_by not in {None, row.local_number}:
            raise KnownFailure(FailureCode.RECORD_SUPERSEDED, str(first.superseded_by))


def needs_second_person(
    row: RecordRow, policy: PolicyPack, now: datetime, *, clock_is_sure: bool = True
) -> bool:
    """True when a clerk may not mend this alone: it stands, and the policy's minutes are over.

    They are over by the moments of the two records, which the operator compares,
    or by the clock that nobody sets, whichever comes first: the present stands
    still while the system's clock is behind. What was confirmed before the
    machine was started anew is late then.
    """
    if row.state is RecordState.REFUSED and not row.amended:
        return False
    if not may_mend_alone(row.confirmed_at, now, policy.void_minutes):
        return True
    passed = boot_clock.boot_now().passed_since(row.confirmed_since)
    if passed is None:
        return not clock_is_sure and policy.void_minutes > 0
    return not may_mend_alone(now, now + passed, policy.void_minutes)


def check_approved(
    row: RecordRow,
    policy: PolicyPack,
    now: datetime,
    approver: Person | None,
    *,
    clock_is_sure: bool = True,
) -> None:
    """KnownFailure SECOND_PERSON_NEEDED when nobody approved what a clerk may not do alone."""
    if approver is None and needs_second_person(row, policy, now, clock_is_sure=clock_is_sure):
        raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED)


def check_same_person(outbox: Outbox, tags: TagMaker | None, row: RecordRow, document: Document) -> None:
    """KnownFailure PERSON_DIFFERS when the card is surely another person's; the operator knows for certain.

    ``tags`` are those of the record's terminal, None when its key is gone.
    """
    known = outbox.identity_of(row.record_id)
    if known is None or tags is None:
        return
    if known != (tags.identity(document), family_initial(document.name)):
        raise KnownFailure(FailureCode.PERSON_DIFFERS, row.local_number)


def let_go(row: RecordRow) -> set[UUID]:
    """Registrations whose waiting numbers are no obstacle while this one is mended."""
    exempt = {row.record_id}
    if row.refers_to is not None:
        exempt.add(row.refers_to)
    return exempt
