"""``add-policy`` and ``list-policies``: the rules that terminals work under."""

import json
from pathlib import Path
from typing import Any

import click

from operator_backend import policy_making
from operator_backend.cli.options import data_option, json_option
from operator_backend.installation import open_operator
from outlet_app.command_output import write_json, write_line
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _

_LISTS = frozenset({"kinds", "documents", "exception_documents"})
_DAYS = frozenset({"first_day", "last_day"})


@click.command("add-policy", help=_("A new policy pack: the youngest one with what is changed."))
@data_option
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("JSON object with the fields to change, named as in docs/contract.md."),
)
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True, help=_("One field; names in a list by commas.")
)
@click.option("--first-day", metavar="DAY", help=_("First day, as 2026-01-31."))
@click.option("--last-day", metavar="DAY", help=_("Last day, as 2026-12-31."))
@json_option
def add_policy(
    data: Path,
    file: Path | None,
    settings: tuple[str, ...],
    first_day: str | None,
    last_day: str | None,
    as_json: bool,
) -> None:
    """Later options win over the file."""
    changes = {} if file is None else _from_file(file)
    changes |= dict(_from_setting(setting) for setting in settings)
    changes |= {name: day for name, day in (("first_day", first_day), ("last_day", last_day)) if day}
    with open_operator(data) as operator:
        pack = policy_making.add_policy(operator, changes)
    if as_json:
        write_json(pack.to_value())
        return
    write_line(
        _("Policy pack {number} is good from {first} to {last}.").format(
            number=pack.number, first=pack.first_day.isoformat(), last=pack.last_day.isoformat()
        )
    )


@click.command("list-policies", help=_("All policy packs, one a line."))
@data_option
@json_option
def list_policies(data: Path, as_json: bool) -> None:
    """Oldest first."""
    with open_operator(data) as operator:
        packs = policy_making.list_policies(operator)
    for pack in packs:
        if as_json:
            write_json(pack.to_value())
        else:
            write_line(f"{pack.number}  {pack.first_day.isoformat()}  {pack.last_day.isoformat()}")


def _from_file(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"--file: {type(exc).__name__}") from exc
    if not isinstance(value, dict):
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--file: not one object")
    return value


def _from_setting(setting: str) -> tuple[str, Any]:
    name, is_given, text = setting.partition("=")
    if not is_given:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"--set {name}: KEY=VALUE")
    if name in _LISTS:
        return name, sorted(part for part in text.split(",") if part)
    if name in _DAYS:
        return name, text
    try:
        return name, int(text)
    except ValueError as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, name) from exc
