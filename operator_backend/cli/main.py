"""The command ``operator-backend``: runs one command, turns failures into words and exit codes."""

import importlib
import logging
import sys
from collections.abc import Sequence

import click

from operator_backend.faults import log_places
from outlet_app import __version__
from outlet_app import command_output as output
from outlet_app.domain import exit_codes
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _, install_command_language

COMMANDS: dict[str, str] = {
    "init": "operator_backend.cli.setup:init",
    "add-outlet": "operator_backend.cli.people:add_outlet",
    "add-clerk": "operator_backend.cli.people:add_clerk",
    "remove-clerk": "operator_backend.cli.people:remove_clerk",
    "enrol-code": "operator_backend.cli.terminals:enrol_code",
    "move-terminal": "operator_backend.cli.terminals:move_terminal",
    "close-terminal": "operator_backend.cli.terminals:close_terminal",
    "revoke": "operator_backend.cli.terminals:revoke",
    "add-policy": "operator_backend.cli.policies:add_policy",
    "list-policies": "operator_backend.cli.policies:list_policies",
    "rotate-key": "operator_backend.cli.keys:rotate_key",
    "backup-keys": "operator_backend.cli.keys:backup_keys",
    "restore-keys": "operator_backend.cli.keys:restore_keys",
    "serve": "operator_backend.cli.serve:serve",
    "import": "operator_backend.cli.bundles:import_",
    "decide": "operator_backend.cli.deciding:decide",
    "list": "operator_backend.cli.records:list_records",
    "list-days": "operator_backend.cli.days:list_days",
    "report": "operator_backend.cli.records:report",
}
"""Commands by name, imported when used."""

_EXTRA = frozenset({"alembic", "fastapi", "sqlalchemy", "starlette", "uvicorn"})
"""Packages that the extra ``operator`` brings."""


class _Commands(click.Group):
    """The commands of COMMANDS, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        try:
            found = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as exc:
            if exc.name is not None and exc.name.partition(".")[0] in _EXTRA:
                raise KnownFailure(FailureCode.OPERATOR_EXTRA_MISSING, exc.name) from exc
            raise
        assert isinstance(found, click.Command)
        return found


def program() -> click.Command:
    """The whole program, in the language in force; its commands stand in COMMANDS."""

    @click.command(cls=_Commands, help=_("The operator's side: sealed records in, signed receipts out."))
    @click.version_option(__version__, prog_name="operator-backend")
    def operator_backend() -> None:
        """Only its commands do anything."""

    return operator_backend


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name); returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    install_command_language("auto")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        code = program().main(arguments, prog_name="operator-backend", standalone_mode=False)
    except output.OutputClosed:
        return exit_codes.DONE
    except Exception as exc:  # noqa: BLE001 - the edge of the program: what is no known failure is a bug
        return _ended(exc, as_json="--json" in arguments)
    finally:
        output.drop_unwritten()
    return code if isinstance(code, int) else exit_codes.DONE


def _ended(exc: Exception, *, as_json: bool) -> int:
    if isinstance(exc, click.exceptions.NoArgsIsHelpError):
        output.write_note(exc.format_message())
        return exit_codes.WRONG_USE
    if isinstance(exc, click.ClickException):
        output.write_wrong_use(exc.format_message(), as_json=as_json)
        return exit_codes.WRONG_USE
    if isinstance(exc, click.exceptions.Abort):
        exc = KnownFailure(FailureCode.INTERRUPTED)
    if isinstance(exc, KnownFailure):
        output.write_failure(exc, as_json=as_json)
        return exit_codes.exit_code(exc.code)
    log_places(exc)
    output.write_bug(as_json=as_json)
    return exit_codes.BUG
