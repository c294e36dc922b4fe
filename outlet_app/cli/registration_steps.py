"""What the ways of registering without a window share: who may, under which terms, and what is said."""

from dataclasses import dataclass, replace

from outlet_app.cli.clock import now
from outlet_app.cli.register_input import RegisterInput
from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding
from outlet_app.domain.registrations import RecordKind, Slip, Statements
from outlet_app.i18n import _
from outlet_app.intake.approvals import Approval
from outlet_app.intake.limits import SAME_IDENTITY
from outlet_app.intake.roles import Act, may
from outlet_app.intake.rules import normalised
from outlet_app.intake.service import Draft, Intake, SignedInClerk
from outlet_app.settings import Settings
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.sender import Sending, send
from outlet_app.texts.failures import failure_text
from outlet_app.texts.findings import finding_text
from outlet_app.texts.sentences import sentences

ROSTER_LIMITS = TimeLimits(connect_s=3.0, silence_s=5.0, whole_s=8.0)
"""Bounds of asking for a newer roster while a clerk waits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A registration as it was asked for, without what the document says."""

    kind: RecordKind
    given: RegisterInput
    clerk: str
    statements: Statements
    replaces: str | None = None
    supervisor: str | None = None


def prepared(settings: Settings, intake: Intake, asked: Asked) -> tuple[Draft, SignedInClerk]:
    """The draft without its card, and the clerk; KnownFailure for all that the card cannot change."""
    details = normalised(asked.given.details)
    if not (asked.statements.holder_compared and asked.statements.consent):
        raise KnownFailure(FailureCode.STATEMENT_MISSING)
    enrolment = intake.enrolment()
    if enrolment is None:
        raise KnownFailure(FailureCode.NOT_ENROLLED)
    if enrolment.revoked:
        raise KnownFailure(FailureCode.TERMINAL_REVOKED)
    clerk = _sign_in(settings, intake, asked)
    if not may(clerk.role, Act.REGISTER):
        raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(clerk.role))
    intake.limits.check()
    if asked.kind not in intake.policy().kinds:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, str(asked.kind))
    for notice in intake.notices():
        text = failure_text(notice.code)
        write_note(f"{sentences(text.what, text.do)} [{notice.code}]")
    draft = intake.new_draft(asked.kind)
    if asked.replaces is not None:
        draft = intake.mending.new_replacement(intake.mending.find(asked.replaces).record_id)
    tell_findings(intake.check_details(details, draft.refers_to))
    return replace(draft, details=details, statements=asked.statements), clerk


def approved_identity(intake: Intake, draft: Draft, clerk: SignedInClerk, asked: Asked) -> Approval | None:
    """The supervisor's approval of one more number with this document; None when it needs none.

    KnownFailure IDENTITY_LIMIT when it needs one and nobody was named; those of People.approve.
    """
    if draft.card is None or not intake.limits.needs_supervisor(draft.card.document):
        return None
    if asked.supervisor is None:
        raise KnownFailure(FailureCode.IDENTITY_LIMIT, str(intake.policy().most_same_identity))
    pin = asked.given.supervisor_pin or ""
    return intake.people.approve(
        asked.supervisor, pin, SAME_IDENTITY, subject=str(draft.record_id), not_clerk=clerk.number
    )


def _sign_in(settings: Settings, intake: Intake, asked: Asked) -> SignedInClerk:
    """The clerk, offline; one who is not on the roster here may be on a newer one."""
    try:
        return intake.people.sign_in(asked.clerk, asked.given.pin)
    except KnownFailure as failure:
        if failure.code is not FailureCode.CLERK_UNKNOWN:
            raise
    try:
        send(settings.home, Sending(now, once=True, limits=ROSTER_LIMITS, link=settings.link_limits))
    except KnownFailure as unsent:
        if unsent.code is FailureCode.TERMINAL_REVOKED:
            raise
        raise KnownFailure(FailureCode.CLERK_UNKNOWN) from unsent
    return intake.people.sign_in(asked.clerk, asked.given.pin)


def show_slip(slip: Slip, *, as_json: bool, **more: bool | str) -> None:
    """The slip as a line, or as a JSON object with what else there is to say."""
    if as_json:
        write_json(
            {
                "id": str(slip.record_id),
                "sequence": slip.sequence,
                "state": str(slip.state),
                "local_number": slip.local_number,
                **more,
            }
        )
        return
    write_line(_("Stored as {local_number}; waiting to be sent.").format(local_number=slip.local_number))


def tell_findings(findings: tuple[Finding, ...]) -> None:
    """Each finding and what to do about it, to standard error."""
    for finding in findings:
        text = finding_text(finding.code)
        write_note(f"{sentences(text.what, text.do)} [{finding.code}]")
