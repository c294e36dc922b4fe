"""``outlet sync probe``: at which layer the way to the operator ends."""

import click

from outlet_app.cli.clock import now
from outlet_app.command_output import write_json, write_line
from outlet_app.domain.exit_codes import exit_code
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.sync.addresses import ServerAddress, parse_address
from outlet_app.sync.enrolled_terminal import EnrolledTerminal, load_terminal
from outlet_app.sync.link_limits import UNLIMITED
from outlet_app.sync.link_probe import LayerResult, probe_layers
from outlet_app.sync.sender import metering_of
from outlet_app.sync.stores import Stores
from outlet_app.texts.details import with_detail
from outlet_app.texts.failures import failure_text
from outlet_app.texts.line_limits import held_text, local_moment
from outlet_app.texts.link_layers import layer_name, link_layer_text


@click.command(help=_("Try the way to the operator layer by layer; nothing is sent."))
@click.option(
    "--server", metavar="URL", help=_("Another server, or before enrolment; the login is not tried.")
)
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_context
def probe(ctx: click.Context, server: str | None, as_json: bool) -> None:
    """One line a layer as it is tried; exit code of the failure at the first that fails."""
    address, terminal = _whom(ctx.obj, server)
    if terminal is not None:
        _tell_limits(ctx.obj, terminal, as_json=as_json)
    failure: KnownFailure | None = None
    for result in probe_layers(address, terminal, now):
        failure = result.failure
        if as_json:
            write_json(_form(result))
        else:
            write_line(_words(result))
    if failure is not None:
        if not as_json:
            write_line(failure_text(failure.code).do)
        ctx.exit(exit_code(failure.code))


def _whom(settings: Settings, server: str | None) -> tuple[ServerAddress, EnrolledTerminal | None]:
    if server is not None:
        return parse_address(server), None
    with Stores(settings.home) as stores:
        enrolment = stores.enrolment()
    if enrolment is None:
        raise KnownFailure(FailureCode.NOT_ENROLLED)
    return parse_address(enrolment.server), load_terminal(settings.home, enrolment)


def _tell_limits(settings: Settings, terminal: EnrolledTerminal, *, as_json: bool) -> None:
    """Whether this device's own limits keep records here; the way is tried all the same."""
    if settings.link_limits == UNLIMITED:
        return
    with Stores(settings.home) as stores:
        hold = metering_of(stores, terminal.name, settings.link_limits, now).hold()
    if as_json:
        told = {"layer": "limits", "good": hold is None, "code": None, "detail": None, "ms": None}
        write_json({**told, "held": None if hold is None else hold.to_json()})
    elif hold is None:
        write_line(_("{layer}: good").format(layer=layer_name("limits")))
    else:
        why = held_text(hold.why, local_moment(hold.until))
        write_line(
            _("{layer}: nothing is sent by itself now, {why}").format(layer=layer_name("limits"), why=why)
        )


def _form(result: LayerResult) -> dict[str, object]:
    failure = result.failure
    return {
        "layer": result.layer,
        "good": failure is None,
        "code": None if failure is None else failure.code,
        "detail": None if failure is None else failure.detail,
        "ms": None if result.seconds is None else round(result.seconds * 1000),
    }


def _words(result: LayerResult) -> str:
    name = layer_name(result.layer)
    if result.failure is not None:
        why = link_layer_text(result.failure.code)
        return with_detail(_("{layer}: fails, {why}").format(layer=name, why=why), result.failure.detail)
    if result.seconds is None:
        return _("{layer}: good").format(layer=name)
    return _("{layer}: good, {ms} ms").format(layer=name, ms=round(result.seconds * 1000))
