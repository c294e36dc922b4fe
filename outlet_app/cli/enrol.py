"""``outlet enrol``: this terminal joins an outlet."""

from dataclasses import asdict

import click

from outlet_app.cli.clock import now
from outlet_app.cli.secret_lines import secret_lines
from outlet_app.command_output import write_json, write_line
from outlet_app.i18n import _
from outlet_app.intake.joining import PersonAtHand, join
from outlet_app.settings import Settings


@click.command(help=_("Join an outlet with the code that the operator gave."))
@click.option("--server", "url", metavar="URL", required=True, help=_("The operator's server."))
@click.option("--code", metavar="CODE", required=True, help=_("The code; it is good once, for one day."))
@click.option("--clerk", metavar="NUMBER", help=_("Who leaves the present operator for another one."))
@click.option("--pin-stdin", is_flag=True, help=_("Read that person's PIN from standard input."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def enrol(settings: Settings, url: str, code: str, clerk: str | None, pin_stdin: bool, as_json: bool) -> None:
    """Everything is verified before anything on this device changes."""
    if (clerk is not None) != pin_stdin:
        raise click.UsageError(_("Give --clerk and --pin-stdin together."))
    person = None if clerk is None else PersonAtHand(clerk, *secret_lines(_("PIN")))
    enrolled = join(settings.home, url, code, now, person=person)
    if as_json:
        write_json(asdict(enrolled))
        return
    write_line(
        _("This terminal is now {terminal} of outlet {outlet} ({name}).").format(
            terminal=enrolled.terminal, outlet=enrolled.outlet, name=enrolled.outlet_name
        )
    )
    if enrolled.test:
        write_line(_("The operator is one of tests: nothing registered here counts."))
