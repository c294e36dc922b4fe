"""``outlet register``: one registration without a window, by the rules of the counter."""

import threading
from contextlib import closing
from dataclasses import dataclass, replace

import click

from outlet_app.bootstrap import reader_catalogue
from outlet_app.cli.clock import now
from outlet_app.cli.register_input import RegisterInput, register_input
from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import Finding
from outlet_app.domain.registrations import (
    Channel,
    RecordKind,
    Slip,
    Statements,
)
from outlet_app.i18n import _
from outlet_app.intake.roles import Act, may
from outlet_app.intake.rules import normalised
from outlet_app.intake.service import Draft, Intake, SignedInClerk
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.steps import Step, StepName
from outlet_app.settings import Settings
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.sender import Sending, send
from outlet_app.texts.failures import failure_text
from outlet_app.texts.findings import finding_text

WAIT_FOR_CARD_S = 30.0
"""Time for a card to be laid down, counted from the reader being ready."""

ROSTER_LIMITS = TimeLimits(connect_s=3.0, silence_s=5.0, whole_s=8.0)
"""Bounds of asking for a newer roster while a clerk waits."""


@click.command(help=_("Register one customer without a window: card, number and SIM become a record."))
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in RecordKind]),
    required=True,
    help=_("Kind of registration."),
)
@click.option("--number", metavar="N", help=_("Mobile number."))
@click.option("--iccid", metavar="I", help=_("Number of the SIM card."))
@click.option(
    "--port",
    metavar="PORT",
    help=_(
        "serial:DEVICE[?baud=RATE], serial:usb=NUMBER[?baud=RATE], tcp:HOST:PORT, pcsc:NAME, "
        "sdt:LIBRARY[?port=NUMBER], sdt:auto or auto."
    ),
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, max=86_400),
    default=WAIT_FOR_CARD_S,
    metavar="S",
    help=_("Seconds to wait for a card once the reader is ready."),
)
@click.option("--clerk", metavar="NUMBER", required=True, help=_("Number of the clerk."))
@click.option("--pin-stdin", is_flag=True, help=_("Read the clerk's PIN from standard input."))
@click.option(
    "--details-stdin",
    is_flag=True,
    help=_('Read one JSON object {"number", "iccid", "pin"} from standard input instead.'),
)
@click.option("--holder-compared", is_flag=True, help=_("The clerk compared the person with the card."))
@click.option("--consent", is_flag=True, help=_("The customer was told what is kept, and agrees."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def register(  # noqa: PLR0913, PLR0917 - one parameter for each option
    settings: Settings,
    kind: str,
    number: str | None,
    iccid: str | None,
    port: str | None,
    timeout_s: float,
    clerk: str,
    pin_stdin: bool,
    details_stdin: bool,
    holder_compared: bool,
    consent: bool,
    as_json: bool,
) -> None:
    """Everything that can be refused is refused before the card is asked for."""
    forbid_core_dumps()
    given = register_input(number, iccid, pin_stdin=pin_stdin, details_stdin=details_stdin)
    wanted = parse_port(settings.reader_port if port is None else port)
    asked = _Asked(RecordKind(kind), given, clerk, Statements(holder_compared, consent))
    with closing(Intake.open(settings.home, now)) as intake:
        draft, signed_in = _draft(settings, intake, asked)
        session = open_reader(wanted, reader_catalogue(settings))
        try:
            card = wait_for_card(session, timeout_s=timeout_s, on_step=_tell_step, stop=threading.Event())
        finally:
            session.close()
        draft = replace(draft, card=card)
        intake.journal_read(draft)
        _tell_findings(intake.assess(card))
        slip = intake.confirm(draft, signed_in, Channel.COMMAND_LINE)
        _show(slip, as_json=as_json)
        intake.slip_shown(slip.record_id)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: RecordKind
    given: RegisterInput
    clerk: str
    statements: Statements


def _draft(settings: Settings, intake: Intake, asked: _Asked) -> tuple[Draft, SignedInClerk]:
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
    if asked.kind not in intake.policy().kinds:
        raise KnownFailure(FailureCode.KIND_NOT_ALLOWED, str(asked.kind))
    for notice in intake.notices():
        text = failure_text(notice.code)
        write_note(f"{text.what} {text.do} [{notice.code}]")
    _tell_findings(intake.check_details(details))
    return replace(intake.new_draft(asked.kind), details=details, statements=asked.statements), clerk


def _sign_in(settings: Settings, intake: Intake, asked: _Asked) -> SignedInClerk:
    """The clerk, offline; one who is not on the roster here may be on a newer one."""
    try:
        return intake.people.sign_in(asked.clerk, asked.given.pin)
    except KnownFailure as failure:
        if failure.code is not FailureCode.CLERK_UNKNOWN:
            raise
    try:
        send(settings.home, Sending(now, once=True, limits=ROSTER_LIMITS))
    except KnownFailure as unsent:
        if unsent.code is FailureCode.TERMINAL_REVOKED:
            raise
        raise KnownFailure(FailureCode.CLERK_UNKNOWN) from unsent
    return intake.people.sign_in(asked.clerk, asked.given.pin)


def _show(slip: Slip, *, as_json: bool) -> None:
    if as_json:
        write_json(
            {
                "id": str(slip.record_id),
                "sequence": slip.sequence,
                "state": str(slip.state),
                "local_number": slip.local_number,
            }
        )
        return
    write_line(_("Stored as {local_number}; waiting to be sent.").format(local_number=slip.local_number))


def _tell_findings(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        text = finding_text(finding.code)
        write_note(f"{text.what} {text.do} [{finding.code}]")


def _tell_step(step: Step) -> None:
    if step.name is StepName.WAITING:
        write_note(_("Lay the ID card on the reader."))
