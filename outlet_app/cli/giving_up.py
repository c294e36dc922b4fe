"""``outlet queue give-up``: a record that the operator cannot take is closed by a supervisor."""

from contextlib import closing

import click

from outlet_app.cli.clock import now
from outlet_app.cli.mend_input import pins_from_lines
from outlet_app.command_output import write_json, write_line
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import GiveUpReason
from outlet_app.i18n import _
from outlet_app.intake.quarantine import GIVE_UP
from outlet_app.intake.service import Intake
from outlet_app.settings import Settings


@click.command(
    name="give-up", help=_("Give up a record that is set aside; the operator is told at the next contact.")
)
@click.argument("wanted", metavar="ID")
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in GiveUpReason]),
    required=True,
    help=_("Why nothing of it will come."),
)
@click.option("--clerk", metavar="NUMBER", required=True, help=_("Number of the clerk."))
@click.option(
    "--supervisor",
    metavar="NUMBER",
    help=_("Number of the supervisor who approves; the PIN is a second line."),
)
@click.option("--pin-stdin", is_flag=True, required=True, help=_("Read the PINs from standard input."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def give_up(
    settings: Settings,
    wanted: str,
    reason: str,
    clerk: str,
    supervisor: str | None,
    pin_stdin: bool,
    as_json: bool,
) -> None:
    """A supervisor alone, or a clerk with a supervisor."""
    assert pin_stdin, "there is no other way to give a PIN"
    pins = pins_from_lines(supervisor)
    with closing(Intake.open(settings.home, now)) as intake:
        signed_in = intake.people.sign_in(clerk, pins.clerk)
        record_id = intake.mending.find(wanted).record_id
        approval = None
        if supervisor is not None and pins.supervisor is not None:
            approval = intake.people.approve(
                supervisor, pins.supervisor, GIVE_UP, subject=str(record_id), not_clerk=signed_in.number
            )
        elif intake.quarantine.needs_second_person(signed_in):
            raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, GIVE_UP)
        row = intake.quarantine.give_up(record_id, GiveUpReason(reason), signed_in, approval)
    if as_json:
        write_json(row.to_json())
    else:
        write_line(_("Given up: {local_number}").format(local_number=row.local_number))
