"""``outlet enrol``: this terminal joins an outlet."""

import contextlib
from dataclasses import asdict

import click

from outlet_app.cli.clock import now
from outlet_app.cli.secret_lines import secret_lines
from outlet_app.command_output import write_json, write_line
from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.intake.joining import PersonAtHand, join
from outlet_app.settings import Settings
from outlet_app.sync.enrolling import Former
from outlet_app.sync.sender import Sending, send


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
    if enrolled.former is not None:
        _close_former(settings)
    if as_json:
        write_json(asdict(enrolled))
        return
    write_line(
        _("This terminal is now {terminal} of outlet {outlet} ({name}).").format(
            terminal=enrolled.terminal, outlet=enrolled.outlet, name=enrolled.outlet_name
        )
    )
    if enrolled.former is not None:
        write_line(_former_line(enrolled.former))
    if enrolled.test:
        write_line(_("The operator is one of tests: nothing registered here counts."))


def _close_former(settings: Settings) -> None:
    """The first contact of the new terminal closes the former one; it comes later where it fails now."""
    with contextlib.suppress(KnownFailure):
        send(settings.home, Sending(now, once=True))


def _former_line(former: Former) -> str:
    if former.received is None:
        text = _(
            "Before, it was terminal {terminal}, last number {highest}; {waiting} records of that wait here."
        )
    else:
        text = _(
            "The former terminal {terminal} is closed: last number here {highest}, last received {received},"
            " without a gap up to {unbroken}; {waiting} records waited here and are still sent."
        )
    return text.format(**asdict(former))
