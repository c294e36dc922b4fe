"""``outlet config``: the settings in force and where each came from."""

from typing import Any

import click

from outlet_app.bootstrap import (
    check_portrait_library,
    check_reader_python,
    check_scan_folder,
    reader_catalogue,
)
from outlet_app.command_output import write_json, write_line
from outlet_app.i18n import _
from outlet_app.known_settings import SETTINGS
from outlet_app.settings import DEFAULT, Settings


@click.group(help=_("Settings and where each came from."))
def config() -> None:
    """Group of the commands below."""


@config.command(help=_("Print every setting, its value and its origin."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Data folder first, then every key with value, origin and purpose."""
    rows: list[dict[str, Any]] = [
        {"key": "OUTLET_HOME", "value": str(settings.home), "origin": settings.home_origin}
    ]
    rows += [
        {"key": setting.key, "value": settings[setting.key], "origin": settings.origins[setting.key]}
        for setting in SETTINGS
    ]
    if as_json:
        write_json(rows)
        return
    for row in rows:
        origin = _("built in") if row["origin"] == DEFAULT else row["origin"]
        write_line(f"{row['key']} = {_toml(row['value'])}   # {origin}")


@config.command(help=_("Say whether the settings file is in order."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def check(settings: Settings, as_json: bool) -> None:
    """A malformed file has failed before this is reached, with exit code 2; the places it names follow."""
    reader_catalogue(settings)
    check_reader_python(settings)
    check_portrait_library(settings)
    check_scan_folder(settings)
    file = None if settings.file is None else str(settings.file)
    if as_json:
        write_json({"ok": True, "file": file})
    elif file is None:
        write_line(_("There is no settings file. The built-in settings are in force."))
    else:
        write_line(_("The settings file is in order: {file}").format(file=file))


def _toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'
