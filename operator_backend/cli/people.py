"""``add-outlet``, ``add-clerk``, ``remove-clerk``: where people register, and who may sign in there."""

from pathlib import Path

import click

from operator_backend import clerks, outlets
from operator_backend.cli.options import data_option, outlet_option, secret_from_stdin
from operator_backend.installation import open_operator
from outlet_app.command_output import write_line
from outlet_app.domain.registrations import Role
from outlet_app.i18n import _


@click.command("add-outlet", help=_("Add an outlet."))
@data_option
@outlet_option
@click.option("--name", required=True, help=_("What people call it."))
@click.option("--province", required=True, metavar="CODE", help=_("Code of its province."))
@click.option("--allow-command-line", is_flag=True, help=_("Take records of the command line from it."))
@click.option(
    "--review",
    type=click.Choice([str(review) for review in outlets.Review]),
    default=str(outlets.Review.NONE),
    help=_("Registrations that somebody looks at before they are accepted."),
)
@click.option("--change", is_flag=True, help=_("Change the outlet of this id instead of adding one."))
def add_outlet(
    data: Path,
    outlet_id: str,
    name: str,
    province: str,
    allow_command_line: bool,
    review: str,
    change: bool,
) -> None:
    """Add or change an outlet."""
    outlet = outlets.Outlet(outlet_id, name, province, allow_command_line, review=outlets.Review(review))
    with open_operator(data) as operator:
        outlets.add_outlet(operator, outlet, change=change)
    write_line(_("Outlet {outlet} is known.").format(outlet=outlet_id))


@click.command("add-clerk", help=_("Add a person to an outlet; the PIN is read from standard input."))
@data_option
@outlet_option
@click.option("--clerk", "number", required=True, metavar="NUMBER", help=_("The person's number."))
@click.option(
    "--role", type=click.Choice([str(role) for role in Role]), default=str(Role.CLERK), help=_("What for.")
)
@click.option("--pin-stdin", is_flag=True, required=True, help=_("Read the PIN from standard input."))
@click.option("--change", is_flag=True, help=_("Change role and PIN of this number instead of adding one."))
def add_clerk(data: Path, outlet_id: str, number: str, role: str, pin_stdin: bool, change: bool) -> None:
    """Add or change a person."""
    assert pin_stdin, "there is no other way to give a PIN"
    pin = secret_from_stdin(_("PIN"))
    with open_operator(data) as operator:
        clerks.add_clerk(operator, outlet_id, number, Role(role), pin, change=change)
    write_line(_("Clerk {number} may sign in at {outlet}.").format(number=number, outlet=outlet_id))


@click.command(
    "remove-clerk", help=_("Take a person off an outlet: nobody signs in with that number any more.")
)
@data_option
@outlet_option
@click.option("--clerk", "number", required=True, metavar="NUMBER", help=_("The person's number."))
def remove_clerk(data: Path, outlet_id: str, number: str) -> None:
    """Remove a person; the outlet's terminals learn of it at their next contact."""
    with open_operator(data) as operator:
        clerks.remove_clerk(operator, outlet_id, number)
    write_line(_("Clerk {number} may sign in at {outlet} no more.").format(number=number, outlet=outlet_id))
