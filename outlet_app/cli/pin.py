"""``outlet pin``: one's own PIN changed, a forgotten one reset by a supervisor; no network, no window."""

from contextlib import closing

import click

from outlet_app.cli.clock import now
from outlet_app.cli.secret_lines import secret_lines
from outlet_app.command_output import write_json, write_line
from outlet_app.i18n import _
from outlet_app.intake.service import Intake
from outlet_app.settings import Settings

_clerk = click.option("--clerk", metavar="NUMBER", required=True, help=_("Number of the clerk."))
_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


@click.group(help=_("PINs of the outlet's people, changed and reset without a network."))
def pin() -> None:
    """Group of the commands below."""


@pin.command(help=_("Change one's own PIN: the old one and the new one, a line each, on standard input."))
@_clerk
@click.option(
    "--pin-stdin", is_flag=True, required=True, help=_("Read the old and the new PIN from standard input.")
)
@_json
@click.pass_obj
def change(settings: Settings, clerk: str, pin_stdin: bool, as_json: bool) -> None:
    """The old PIN is asked as a sign-in asks it."""
    assert pin_stdin, "there is no other way to give a PIN"
    old, new = secret_lines(_("Old PIN"), _("New PIN"))
    with closing(Intake.open(settings.home, now)) as intake:
        intake.people.change_pin(clerk, old, new)
    if as_json:
        write_json({"clerk": clerk})
    else:
        write_line(_("The PIN of {clerk} is changed.").format(clerk=clerk))


@pin.command(help=_("Give a clerk who forgot the PIN a temporary one, which must be changed first of all."))
@_clerk
@click.option("--supervisor", metavar="NUMBER", required=True, help=_("Number of the supervisor."))
@click.option(
    "--pin-stdin", is_flag=True, required=True, help=_("Read the supervisor's PIN from standard input.")
)
@_json
@click.pass_obj
def reset(settings: Settings, clerk: str, supervisor: str, pin_stdin: bool, as_json: bool) -> None:
    """The temporary PIN is made here and told once."""
    assert pin_stdin, "there is no other way to give a PIN"
    (supervisor_pin,) = secret_lines(_("Supervisor's PIN"))
    with closing(Intake.open(settings.home, now)) as intake:
        temporary = intake.people.reset_pin(clerk, supervisor=supervisor, supervisor_pin=supervisor_pin)
    if as_json:
        write_json({"clerk": clerk, "temporary_pin": temporary})
    else:
        write_line(_("Temporary PIN of {clerk}: {pin}").format(clerk=clerk, pin=temporary))
