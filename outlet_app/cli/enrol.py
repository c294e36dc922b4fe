"""``outlet enrol``: this terminal joins an outlet."""

from dataclasses import asdict

import click

from outlet_app.cli.clock import now
from outlet_app.command_output import write_json, write_line
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.sync.enrolling import enrol as join


@click.command(help=_("Join an outlet with the code that the operator gave."))
@click.option("--server", "url", metavar="URL", required=True, help=_("The operator's server."))
@click.option("--code", metavar="CODE", required=True, help=_("The code; it is good once, for one day."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def enrol(settings: Settings, url: str, code: str, as_json: bool) -> None:
    """Everything is verified before anything on this device changes."""
    enrolled = join(settings.home, url, code, now)
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
