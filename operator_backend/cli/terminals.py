"""``enrol-code``, ``move-terminal``, ``close-terminal`` and ``revoke``: terminals come and go."""

from pathlib import Path

import click

from operator_backend.cli.options import data_option, outlet_option
from operator_backend.closing import close_terminal as close
from operator_backend.enrolment import CODE_LIFE, make_code
from operator_backend.installation import open_operator
from operator_backend.moving import move_terminal as move
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


@click.command("move-terminal", help=_("Move a terminal to another outlet, once nothing waits on it."))
@data_option
@click.option("--terminal", required=True, metavar="ID", help=_("The terminal's id."))
@outlet_option
@click.option("--hand-over", is_flag=True, help=_("Do not wait for records that have not come yet."))
def move_terminal(data: Path, terminal: str, outlet_id: str, hand_over: bool) -> None:
    """The outlet where it is ends a move."""
    with open_operator(data) as operator:
        moves = move(operator, terminal, outlet_id, hand_over=hand_over)
    moving, staying = _("Terminal {terminal} moves to {outlet}."), _("Terminal {terminal} stays at {outlet}.")
    write_line((moving if moves else staying).format(terminal=terminal, outlet=outlet_id))


@click.command("close-terminal", help=_("Take what a terminal has given out until now, and nothing new."))
@data_option
@click.option("--terminal", required=True, metavar="ID", help=_("The terminal's id."))
def close_terminal(data: Path, terminal: str) -> None:
    """For a device whose key is lost; one that joins anew closes its former terminal itself."""
    with open_operator(data) as operator:
        last = close(operator, terminal)
    write_line(_("Terminal {terminal} is closed after number {last}.").format(terminal=terminal, last=last))
