"""Options that several commands share, and secrets read from standard input."""

import sys
from pathlib import Path

import click

data_option = click.option(
    "--data",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The operator's data folder.",
)
outlet_option = click.option("--outlet", "outlet_id", required=True, metavar="ID", help="The outlet's id.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")

_LONGEST_LINE = 1024


def secret_from_stdin() -> str:
    """The first line of standard input without its end: secrets never stand on a command line."""
    return sys.stdin.readline(_LONGEST_LINE).rstrip("\r\n")
