"""``outlet reader simulate``: a reader without hardware."""

import click

from outlet_app.i18n import _


@click.command(help=_("A reader without hardware."))
def simulate() -> None:
    """Placeholder until the simulator's front stands."""
