"""``init``: a new operator."""

from pathlib import Path

import click

from operator_backend.cli.options import SUITES, data_option
from operator_backend.installation import create_operator
from outlet_app.command_output import write_line
from outlet_app.i18n import _


@click.command("init", help=_("Keys, database and first policy, in a new or an existing empty folder."))
@data_option
@click.option(
    "--test", is_flag=True, help=_("A test operator: takes simulated modules and command-line records.")
)
@click.option("--database", metavar="URL", help=_("SQLAlchemy URL; a SQLite file in the folder otherwise."))
@click.option(
    "--suite", type=click.Choice(list(SUITES)), default="hybrid", help=_("Suite of the sealing key.")
)
def init(data: Path, test: bool, database: str | None, suite: str) -> None:
    """Make an operator's folder."""
    create_operator(data, test=test, database=database, suite=SUITES[suite])
    write_line(_("The operator is set up in {folder}.").format(folder=data))
