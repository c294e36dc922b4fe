"""The command ``outlet``: finds the settings, runs one command, turns failures into words and exit codes."""

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from outlet_app import __version__
from outlet_app import command_output as output
from outlet_app.cli.rescue_note import RescueTeller, tell_rescue
from outlet_app.domain import exit_codes
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import N_, _, install_command_language
from outlet_app.logs import start_logging, stop_logging
from outlet_app.network_settings import use_network_settings
from outlet_app.settings import Settings, load_settings
from outlet_app.store.rescue_progress import listen

COMMANDS: dict[str, str] = {
    "kiosk": "outlet_app.cli.kiosk:kiosk",
    "demo": "outlet_app.cli.demo.command:demo",
    "reader": "outlet_app.cli.reader:reader",
    "enrol": "outlet_app.cli.enrol:enrol",
    "register": "outlet_app.cli.register:register",
    "queue": "outlet_app.cli.queue:queue",
    "sync": "outlet_app.cli.sync:sync",
    "day": "outlet_app.cli.day:day",
    "journal": "outlet_app.cli.journal:journal",
    "pin": "outlet_app.cli.pin:pin",
    "held": "outlet_app.cli.held:held",
    "config": "outlet_app.cli.config:config",
}
"""Command groups by name, imported when used: reading a card must not load Qt, HTTP or the database."""

_TELL_NO_RESCUE = frozenset({"kiosk", "demo", "reader", "config"})
"""All other commands open the database, and tell of a rescue; the counter tells it in its window."""

_SAYS: dict[str, str] = {
    "kiosk": N_("The counter: sign in, lay a card down, register."),
    "demo": N_("Everything on one machine: simulated reader, operator, kiosk. Leaves nothing behind."),
    "reader": N_("ID-card readers: what is there, read a card, watch, simulate."),
    "enrol": N_("Join an outlet with the code that the operator gave."),
    "register": N_("Register one customer without a window: card, number and SIM become a record."),
    "queue": N_("The records that wait here, and what became of the others."),
    "sync": N_("Sending records to the operator."),
    "day": N_("The end of the day: closed and signed over, compared with the operator."),
    "journal": N_("What happened on this terminal, and whether its journal is whole."),
    "pin": N_("PINs of the outlet's people, changed and reset without a network."),
    "held": N_("Whose data this device holds now, as counts and ages."),
    "config": N_("Settings and where each came from."),
}
"""What each is for, so that the overview loads none of them either."""

log = logging.getLogger(__name__)


class _InTableOrder(click.Group):
    """Commands in the order of COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)


class _Commands(_InTableOrder):
    """The groups of COMMANDS, each imported when it is asked for."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        found = getattr(importlib.import_module(module), name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        said = {name: click.Command(name, help=_(_SAYS.get(name, ""))) for name in COMMANDS}
        _InTableOrder(commands=said).format_commands(ctx, formatter)


def program() -> click.Command:
    """The whole program, in the language in force; its commands stand in COMMANDS."""

    @click.command(
        cls=_Commands, help=_("Real-name registration at the counter: card to operator, exactly once.")
    )
    @click.version_option(__version__, prog_name="outlet")
    @click.option(
        "--config", metavar="FILE", expose_value=False, help=_("Settings file; else OUTLET_CONFIG.")
    )
    def outlet() -> None:
        """Only its commands do anything."""

    return outlet


@dataclass(frozen=True, slots=True)
class _CommandLine:
    """What holds for every command, wherever it stands on the line: ``--config FILE`` and ``--json``."""

    rest: list[str]
    config: Path | None
    as_json: bool


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name); returns its exit code."""
    output.occupy_closed_streams()
    try:
        return _run(argv)
    finally:
        output.drop_unwritten()


def _run(argv: Sequence[str] | None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    install_command_language("auto")
    try:
        line = _take_common(arguments)
        settings = load_settings(line.config)
        use_network_settings(settings, os.environ)
    except KnownFailure as failure:
        output.write_failure(failure, as_json="--json" in arguments)
        return exit_codes.exit_code(failure.code)
    install_command_language(settings.language)
    log_file = start_logging(settings.home, "command", level=settings.log_level, traffic=settings.log_traffic)
    tell_no_more = listen(RescueTeller())
    try:
        code = _ended(line, settings, log_file)
        if line.rest and line.rest[0] in COMMANDS.keys() - _TELL_NO_RESCUE:
            tell_rescue(settings.home)
        return code
    finally:
        tell_no_more()
        stop_logging()


def _take_common(arguments: list[str]) -> _CommandLine:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    rest: list[str] = []
    config: Path | None = None
    words = iter(arguments[:end])
    for word in words:
        if word == "--config":
            named = next(words, "")
        elif word.startswith("--config="):
            named = word.removeprefix("--config=")
        else:
            rest.append(word)
            continue
        if not named:
            raise KnownFailure(FailureCode.ARGUMENT_WRONG, "--config FILE")
        config = Path(named)
    return _CommandLine(rest + arguments[end:], config, "--json" in rest)


def _ended(line: _CommandLine, settings: Settings, log_file: Path) -> int:
    try:
        code = program().main(line.rest, prog_name="outlet", standalone_mode=False, obj=settings)
    except (KnownFailure, click.exceptions.Abort, click.ClickException, KeyboardInterrupt) as failure:
        return _told(failure, as_json=line.as_json)
    except output.OutputClosed:
        return exit_codes.DONE
    except Exception:
        # a bug: its traceback is for the log, the person reads where that is
        log.exception("unexpected error")
        output.write_bug(str(log_file), as_json=line.as_json)
        return exit_codes.BUG
    return code if isinstance(code, int) else exit_codes.DONE


def _told(failure: BaseException, *, as_json: bool) -> int:
    """Exit code of a failure that a person can act on, once it is written."""
    match failure:
        case KnownFailure():
            known = failure
        case click.exceptions.NoArgsIsHelpError():
            output.write_note(failure.format_message())
            return exit_codes.WRONG_USE
        case click.ClickException():
            output.write_wrong_use(failure.format_message(), as_json=as_json)
            return exit_codes.WRONG_USE
        case _:
            known = KnownFailure(FailureCode.INTERRUPTED)
    log.info("ended: %s", known.code)
    output.write_failure(known, as_json=as_json)
    return exit_codes.exit_code(known.code)
