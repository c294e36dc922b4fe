"""``outlet queue void`` and ``amend``: a registration taken back, or number, SIM or consent given anew."""

from contextlib import closing

import click

from outlet_app.cli.clock import now
from outlet_app.cli.mend_input import Pins, amend_input, pins_from_lines
from outlet_app.cli.registration_steps import show_slip, tell_findings
from outlet_app.cli.second_person import approved, clerk_option, pins_option, supervisor_option
from outlet_app.domain.registrations import Channel, Corrections, VoidReason
from outlet_app.i18n import _
from outlet_app.intake.approvals import Approval
from outlet_app.intake.mending import AMEND, VOID
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.settings import Settings
from outlet_app.store.rows import RecordRow

_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


@click.command(help=_("Take a registration back, named by its id, local number or sequence."))
@click.argument("wanted", metavar="ID")
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in VoidReason]),
    required=True,
    help=_("Why it is taken back."),
)
@clerk_option
@supervisor_option
@pins_option
@_json
@click.pass_obj
def void(
    settings: Settings,
    wanted: str,
    reason: str,
    clerk: str,
    supervisor: str | None,
    pin_stdin: bool,
    as_json: bool,
) -> None:
    """A clerk alone within the policy's minutes, with a supervisor later."""
    assert pin_stdin, "there is no other way to give a PIN"
    pins = pins_from_lines(supervisor)
    with closing(Intake.open(settings.home, now)) as intake:
        signed_in = intake.people.sign_in(clerk, pins.clerk)
        row = intake.mending.subject(intake.mending.find(wanted).record_id, VOID)
        approval = mending_approval(intake, VOID, row, signed_in, supervisor, pins)
        slip = intake.mending.void(
            row.record_id, VoidReason(reason), signed_in, Channel.COMMAND_LINE, approval
        )
        show_slip(slip, as_json=as_json, refers_to=str(row.record_id))
        intake.slip_shown(slip.record_id)


@click.command(help=_("Give number, SIM or consent of a registration anew; nothing of the person is in it."))
@click.argument("wanted", metavar="ID")
@click.option("--number", metavar="N", help=_("Mobile number."))
@click.option("--iccid", metavar="I", help=_("Number of the SIM card."))
@click.option("--consent", is_flag=True, help=_("The customer was told what is kept, and agrees."))
@clerk_option
@supervisor_option
@click.option("--pin-stdin", is_flag=True, help=_("Read the PINs from standard input."))
@click.option(
    "--details-stdin",
    is_flag=True,
    help=_(
        'Read one JSON object {"number", "iccid", "consent", "pin", "supervisor_pin"}'
        " from standard input instead."
    ),
)
@_json
@click.pass_obj
def amend(  # noqa: PLR0913, PLR0917 - one parameter for each option
    settings: Settings,
    wanted: str,
    number: str | None,
    iccid: str | None,
    consent: bool,
    clerk: str,
    supervisor: str | None,
    pin_stdin: bool,
    details_stdin: bool,
    as_json: bool,
) -> None:
    """What is not given stays as it was."""
    named = Corrections(number, iccid, consent or None)
    corrections, pins = amend_input(named, supervisor, pin_stdin=pin_stdin, details_stdin=details_stdin)
    with closing(Intake.open(settings.home, now)) as intake:
        signed_in = intake.people.sign_in(clerk, pins.clerk)
        row = intake.mending.subject(intake.mending.find(wanted).record_id, AMEND)
        tell_findings(intake.mending.check_corrections(row.record_id, corrections))
        approval = mending_approval(intake, AMEND, row, signed_in, supervisor, pins)
        slip = intake.mending.amend(row.record_id, corrections, signed_in, Channel.COMMAND_LINE, approval)
        show_slip(slip, as_json=as_json, refers_to=str(row.record_id))
        intake.slip_shown(slip.record_id)


def mending_approval(
    intake: Intake, act: str, row: RecordRow, clerk: SignedInClerk, supervisor: str | None, pins: Pins
) -> Approval | None:
    """A supervisor's approval of an act on a registration, needed once the clerk's own minutes are over."""
    needed = intake.mending.needs_second_person(row)
    return approved(intake, act, str(row.record_id), clerk, supervisor, pins, needed=needed)
