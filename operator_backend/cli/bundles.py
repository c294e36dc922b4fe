"""``import``: bundles of records that were brought by hand in, files of receipts out."""

from pathlib import Path
from typing import Any

import click

from operator_backend.bundles import import_bundle
from operator_backend.cli.options import data_option, json_option
from operator_backend.installation import open_operator
from outlet_app.command_files import take_each
from outlet_app.contract.contact import ItemAnswer
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.i18n import _
from outlet_app.texts.left_over import left_over_text


@click.command(
    "import", help=_("Take bundles of records that were brought by hand, and write their receipts.")
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@click.option(
    "--receipts",
    required=True,
    metavar="FILE|DIR",
    type=click.Path(path_type=Path),
    help=_("Where the receipts go; a folder where there is more than one bundle."),
)
@json_option
def import_(files: tuple[Path, ...], data: Path, receipts: Path, as_json: bool) -> None:
    """Nothing is taken of a wrong bundle, which is named and keeps no other out."""
    if len(files) > 1 and not receipts.is_dir():
        raise click.BadParameter(_("Name a folder for the receipts of several bundles."))
    forbid_core_dumps()
    with open_operator(data) as operator:

        def take(file: Path) -> dict[str, Any]:
            taken = import_bundle(operator, file, receipts)
            answers = {str(answer): taken.answers[str(answer)] for answer in ItemAnswer}
            where = {"terminal": taken.terminal, "receipts": str(taken.receipts)}
            return {**where, "records": taken.records, **answers, "removed": taken.removed}

        take_each(files, take, _words, as_json=as_json)


def _words(found: dict[str, Any]) -> str:
    text = _(
        "{records} records of terminal {terminal}: {accepted} accepted, {duplicate} known,"
        " {refused} refused, {later} wanted again later; receipts in {receipts}"
    )
    return " ".join([text.format(**found), *([left_over_text(found["removed"])] if found["removed"] else [])])
