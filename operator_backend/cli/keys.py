"""``rotate-key``, ``backup-keys`` and ``restore-keys``: the operator's own keys."""

from pathlib import Path

import click

from operator_backend import key_backup, rotation
from operator_backend.cli.options import SUITES, data_option, secret_from_stdin
from operator_backend.installation import open_operator
from outlet_app.command_output import write_line
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.i18n import _


@click.command("rotate-key", help=_("A new key; what was made under the old ones stays good."))
@data_option
@click.option(
    "--use", type=click.Choice([str(use) for use in KeyUse]), default=str(KeyUse.SEAL), help=_("What for.")
)
@click.option("--suite", type=click.Choice(list(SUITES)), default="hybrid", help=_("Suite of a sealing key."))
def rotate_key(data: Path, use: str, suite: str) -> None:
    """Make a new key and state it."""
    wanted = KeyUse(use)
    with open_operator(data) as operator:
        key, number = rotation.rotate_key(operator, wanted, SUITES[suite] if wanted is KeyUse.SEAL else None)
    write_line(
        _("Key {key} ({use}) is in force by statement {number}. Make a new backup of the keys.").format(
            key=key.key_id, use=use, number=number
        )
    )


@click.command("backup-keys", help=_("All keys in one file, under a passphrase read from standard input."))
@data_option
@click.option("--to", "file", required=True, type=click.Path(path_type=Path), help=_("The new file."))
def backup_keys(data: Path, file: Path) -> None:
    """Copy the keys."""
    passphrase = secret_from_stdin(_("Passphrase"))
    with open_operator(data) as operator:
        count = key_backup.backup_keys(operator, file, passphrase)
    write_line(
        _("{count} key files are in {file}. The database is not: back it up beside them.").format(
            count=count, file=file
        )
    )


@click.command("restore-keys", help=_("Keys of a backup, into a new or an existing empty folder."))
@data_option
@click.option("--from", "file", required=True, type=click.Path(path_type=Path), help=_("The backup."))
def restore_keys(data: Path, file: Path) -> None:
    """Bring keys back."""
    key_backup.restore_keys(data, file, secret_from_stdin(_("Passphrase")))
    write_line(_("The keys are in {folder}. Bring the database there before you serve.").format(folder=data))
