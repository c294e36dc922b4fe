"""``outlet held``: whose data this device holds now, as counts and ages."""

import click

from outlet_app.cli.clock import now
from outlet_app.command_output import write_json, write_line
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.store.kept_files import kept_files
from outlet_app.sync.stores import Stores


@click.command(help=_("Whose data this device holds now, as counts and ages."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def held(settings: Settings, as_json: bool) -> None:
    """Sealed records cannot be read here; summaries can, masked."""
    with Stores(settings.home) as stores:
        found = stores.outbox("").held(now())
    files = kept_files(settings.home)
    if as_json:
        write_json({**found.to_json(), "kept_files": len(files)})
        return
    write_line(_("Sealed records: {count}").format(count=found.sealed_records))
    write_line(_("Readable summaries: {count}").format(count=found.summaries))
    if found.oldest_age_s is not None:
        write_line(_("Age of the oldest: {hours} h").format(hours=found.oldest_age_s // 3600))
    for file in files:
        write_line(_("Kept beside the database: {file}").format(file=file.relative_to(settings.home)))
