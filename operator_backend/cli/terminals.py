"""``enrol-code`` and ``revoke``: terminals come and go."""

from pathlib import Path

import click

from operator_backend.cli.options import data_option, outlet_option
from operator_backend.enrolment import CODE_LIFE, make_code
from operator_backend.installation import open_operator
from operator_backend.terminals import revoke_terminal
from outlet_app.command_output import write_line
from outlet_app.i18n import _


@click.command("enrol-code", help=_("A code with which one terminal joins an outlet."))
@data_option
@outlet_option
def enrol_code(data: Path, outlet_id: str) -> None:
    """Make a code; it stands alone on the last line."""
    with open_operator(data) as operator:
        code = make_code(operator, outlet_id)
    hours = int(CODE_LIFE.total_seconds() // 3600)
    write_line(_("Good once, for {hours} hours, at {outlet}:").format(hours=hours, outlet=outlet_id))
    write_line(code.to_text())


@click.command("revoke", help=_("Take nothing more from a terminal."))
@data_option
@click.option("--terminal", required=True, metavar="ID", help=_("The terminal's id."))
def revoke(data: Path, terminal: str) -> None:
    """Revoke a terminal."""
    with open_operator(data) as operator:
        revoke_terminal(operator, terminal)
    write_line(_("Terminal {terminal} is revoked.").format(terminal=terminal))
