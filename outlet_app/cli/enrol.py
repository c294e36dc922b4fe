"""``outlet enrol``: this terminal joins an outlet."""

import contextlib
from dataclasses import asdict

import click

from outlet_app.cli.clock import now
from outlet_app.cli.secret_lines import secret_lines, standard_input
from outlet_app.command_output import write_json, write_line
from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.intake.joining import PersonAtHand, join
from outlet_app.settings import Settings
from outlet_app.sync.enrolling import Former
from outlet_app.sync.sender import Sending, send


@click.command(help=_("Join an outlet with the code that the operator gave."))
@click.option("--server", "url", metavar="URL", required=True, help=_("The operator's server."))
@click.option(
    "--code-stdin",
    is_flag=True,
    help=_("Read the code from standard input; without it, it is asked for at a terminal."),
)
@click.option(
    "--code", metavar="CODE", help=_("The code, where everybody on this machine may see it; it is good once.")
)
@click.option("--clerk", metavar="NUMBER", help=_("Who leaves the present operator for another one."))
@click.option(
    "--pin-stdin", is_flag=True, help=_("Read that person's PIN from standard input, behind the code.")
)
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def enrol(
    settings: Settings,
    url: str,
    code_stdin: bool,
    code: str | None,
    clerk: str | None,
    pin_stdin: bool,
    as_json: bool,
) -> None:
    """Everything is verified before anything on this device changes."""
    if (clerk is not None) != pin_stdin:
        raise click.UsageError(_("Give --clerk and --pin-stdin together."))
    given, person = _secrets(code, clerk, code_stdin=code_stdin)
    enrolled = join(settings.home, url, given, now, person=person)
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


def _secrets(code: str | None, clerk: str | None, *, code_stdin: bool) -> tuple[str, PersonAtHand | None]:
    """The code, and who leaves the present operator; click.UsageError unless the code comes one way."""
    can_be_asked = code_stdin or standard_input().isatty()
    if code_stdin if code is not None else not can_be_asked:
        raise click.UsageError(_("Give the code once: with --code-stdin, or with --code."))
    asked = [] if code is not None else [_("Enrolment code")]
    if clerk is not None:
        asked.append(_("PIN"))
    lines = secret_lines(*asked) if asked else []
    given = lines.pop(0).strip() if code is None else code
    return given, None if clerk is None else PersonAtHand(clerk, *lines)


def _close_former(settings: Settings) -> None:
    """The first contact of the new terminal closes the former one; it comes later where it fails now."""
    with contextlib.suppress(KnownFailure):
        send(settings.home, Sending(now, once=True, link=settings.link_limits))


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
