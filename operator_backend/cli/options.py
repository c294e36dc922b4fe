"""Options that several commands share, and secrets read from standard input."""

import getpass
import io
import sys
from pathlib import Path

import click

from outlet_app.contract.sealing import SuiteName
from outlet_app.i18n import _

data_option = click.option(
    "--data",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help=_("The operator's data folder."),
)
outlet_option = click.option("--outlet", "outlet_id", required=True, metavar="ID", help=_("The outlet's id."))
SUITES = {"hybrid": SuiteName.HYBRID, "x25519": SuiteName.X25519}
"""Suites of a sealing key by the words of the command line."""

json_option = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))

_LONGEST_LINE = 1024


def secret_from_stdin(prompt: str) -> str:
    """The first line of standard input without its end; at a terminal it is asked for and not shown."""
    given = sys.stdin or io.StringIO()  # Python has none where the shell closed it
    if given.isatty():
        return getpass.getpass(f"{prompt}: ")
    return given.readline(_LONGEST_LINE).rstrip("\r\n")
