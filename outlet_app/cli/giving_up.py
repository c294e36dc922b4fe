"""``outlet queue give-up``: a record that the operator cannot take is closed by a supervisor."""

from contextlib import closing

import click

from outlet_app.cli.clock import now
from outlet_app.cli.mend_input import pins_from_lines
from outlet_app.cli.second_person import approved, clerk_option, pins_option, supervisor_option
from outlet_app.command_output import write_json, write_line
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
@clerk_option
@supervisor_option
@pins_option
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
        needed = intake.quarantine.needs_second_person(signed_in)
        approval = approved(intake, GIVE_UP, str(record_id), signed_in, supervisor, pins, needed=needed)
        row = intake.quarantine.give_up(record_id, GiveUpReason(reason), signed_in, approval)
    if as_json:
        write_json(row.to_json())
    else:
        write_line(_("Given up: {local_number}").format(local_number=row.local_number))
