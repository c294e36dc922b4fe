"""``decide``: the last word on a record that is under review."""

from pathlib import Path
from uuid import UUID

import click

from operator_backend import deciding
from operator_backend.cli.options import data_option
from operator_backend.installation import open_operator
from outlet_app.command_output import write_line
from outlet_app.contract.api import RecordRefusal
from outlet_app.i18n import _


@click.command("decide", help=_("Accept or refuse a record that is under review."))
@data_option
@click.option(
    "--record", "record_id", required=True, metavar="ID", type=click.UUID, help=_("The record's id.")
)
@click.option("--accept", is_flag=True, help=_("Take it."))
@click.option(
    "--refuse",
    metavar="CODE",
    type=click.Choice([str(code) for code in RecordRefusal]),
    help=_("Refuse it for this reason."),
)
@click.option("--ask-again", is_flag=True, help=_("Refuse it and ask for the registration once more."))
@click.option("--field", metavar="NAME", help=_("The part that is to be mended."))
def decide(
    data: Path, record_id: UUID, accept: bool, refuse: str | None, ask_again: bool, field: str | None
) -> None:
    """Exactly one of the three; a field beside a refusal only."""
    if [accept, refuse is not None, ask_again].count(True) != 1:
        raise click.UsageError(_("One of --accept, --refuse and --ask-again."))
    if accept and field is not None:
        raise click.UsageError(_("--field is for refusals."))
    code = RecordRefusal.ASKED_AGAIN if ask_again else None if refuse is None else RecordRefusal(refuse)
    with open_operator(data) as operator:
        deciding.decide(operator, record_id, deciding.Verdict(code, field))
    write_line(_("Record {record} is decided; its terminal hears of it next.").format(record=record_id))
