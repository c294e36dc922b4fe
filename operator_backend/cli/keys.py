"""``rotate-key``, ``backup-keys`` and ``restore-keys``: the operator's own keys."""

from pathlib import Path

import click

from operator_backend import key_backup
from operator_backend.cli.options import SUITES, data_option, secret_from_stdin
from operator_backend.installation import open_operator
from operator_backend.rotation import rotate_sealing_key
from outlet_app.command_output import write_line
from outlet_app.i18n import _


@click.command("rotate-key", help=_("A new sealing key; what is sealed to the old ones still opens."))
@data_option
@click.option("--suite", type=click.Choice(list(SUITES)), default="hybrid", help=_("Suite of the new key."))
def rotate_key(data: Path, suite: str) -> None:
    """Make a new sealing key and state it."""
    with open_operator(data) as operator:
        key, number = rotate_sealing_key(operator, SUITES[suite])
    write_line(
        _("Sealing key {key} is in force by statement {number}. Make a new backup of the keys.").format(
            key=key.key_id, number=number
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
