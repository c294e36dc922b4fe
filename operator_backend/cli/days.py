"""``list-days``: the days that terminals closed."""

from pathlib import Path
from typing import Any

import click

from operator_backend import days
from operator_backend.cli.options import data_option, json_option
from operator_backend.installation import open_operator
from outlet_app.command_output import write_json, write_line
from outlet_app.i18n import N_, _

_RECORDS = {
    "whole": N_("all its records are here, as they were signed over"),
    "missing": N_("records of it are missing"),
    "differs": N_("other records are here than were signed over"),
}


@click.command("list-days", help=_("The days that terminals closed, and whether their records are here."))
@data_option
@json_option
def list_days(data: Path, as_json: bool) -> None:
    """One closed day a line."""
    with open_operator(data) as operator:
        found = days.list_days(operator)
    for day in found:
        if as_json:
            write_json(day)
        else:
            write_line(_line(day))


def _line(day: dict[str, Any]) -> str:
    records = _RECORDS[day["records"]]
    parts = [
        _("{day}  terminal {terminal}, numbers {first} to {last}, closed by {closed_by}").format(**day),
        _(records),
        _("open when closed: {open}").format(**day) if day["open"] else "",
        _("differences at the terminal: {differences}").format(**day) if day["differences"] else "",
    ]
    return "; ".join(part for part in parts if part)
