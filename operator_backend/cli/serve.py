"""``serve``: the server."""

from pathlib import Path

import click

from operator_backend import serving
from operator_backend.cli.options import data_option
from operator_backend.installation import open_operator
from outlet_app.command_output import write_line
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.i18n import _


@click.command("serve", help=_("Serve terminals until a signal ends it; on loopback unless told otherwise."))
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option("--port", required=True, type=click.IntRange(0, 65535), help=_("Port; 0 picks a free one."))
def serve(data: Path, host: str, port: int) -> None:
    """Serve an operator; one line says where once it listens."""
    forbid_core_dumps()
    with open_operator(data) as operator:
        # the port is taken only once keys and database are known to be good
        listener = serving.bind(host, port)
        address = serving.address_of(listener)
        serving.serve(operator, listener, lambda: write_line(f"listening on {address}"))
