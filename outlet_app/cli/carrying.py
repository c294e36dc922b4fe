"""``outlet queue export`` and ``import-receipts``: records and receipts on a stick, without a network."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from outlet_app.cli.clock import now
from outlet_app.cli.terminal_bar import terminal_bar
from outlet_app.command_files import take_each
from outlet_app.command_output import write_json, write_line, write_note
from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.store.sealed_records import UNANSWERED, Selection
from outlet_app.sync.bundles import Bundle, Exporting
from outlet_app.sync.bundles import export as export_bundles
from outlet_app.sync.receipt_files import LATER, UNCHANGED, UNKNOWN, import_receipts
from outlet_app.texts.left_over import left_over_text
from outlet_app.texts.records import state_text

_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
_SHOWN = (
    *(RecordState.ACCEPTED, RecordState.REFUSED, RecordState.RECEIVED, RecordState.QUARANTINED),
    *(LATER, UNCHANGED, UNKNOWN),
)


@click.command(help=_("Write sealed records to a file, or into a folder or stick; what waits, unless told."))
@click.argument("target", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help=_("Every record of which the sealed bytes are here."))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in RecordState if state is not RecordState.REPLACED]),
    help=_("Records of this state; may be given again."),
)
@click.option(
    "--from", "first", type=click.IntRange(1), default=1, metavar="N", help=_("From this sequence.")
)
@click.option("--to", "last", type=click.IntRange(1), metavar="N", help=_("Up to this sequence."))
@click.option("--id", "ids", multiple=True, type=click.UUID, help=_("This record; may be given again."))
@_json
@click.pass_obj
def export(
    settings: Settings,
    target: Path,
    every: bool,
    states: tuple[str, ...],
    first: int,
    last: int | None,
    ids: tuple[UUID, ...],
    as_json: bool,
) -> None:
    """Nothing changes here: what was written waits until its receipt comes back."""
    by_name = every or bool(ids)
    chosen = Selection(
        _states(states, every=by_name), first, last, ids or None, closed=by_name or bool(states)
    )
    removed: list[int] = []
    with terminal_bar(wanted=not as_json) as bar:
        how = Exporting(now, on_swept=removed.append)
        how = how if bar is None else replace(how, on_records=bar.show)
        written = export_bundles(settings.home, target, chosen, how)
    if as_json:
        write_json(
            {
                "records": sum(bundle.records for bundle in written),
                "files": [_value(bundle) for bundle in written],
                "removed": sum(removed),
            }
        )
        return
    if sum(removed):
        write_note(left_over_text(sum(removed)))
    if not written:
        write_line(_("There is nothing to write."))
    for bundle in written:
        text = _("{file}: {records} records, {first} to {last}")
        write_line(text.format(**_value(bundle)))


@click.command("import-receipts", help=_("Take the operator's receipts from files that were brought back."))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@_json
@click.pass_obj
def take_receipts(settings: Settings, files: tuple[Path, ...], as_json: bool) -> None:
    """Nothing is taken of a wrong file, which is named and keeps no other out."""

    def take(file: Path) -> dict[str, Any]:
        with terminal_bar(wanted=not as_json, counts=False) as bar:
            tell = {} if bar is None else {"on_bytes": bar.show}
            taken = import_receipts(settings.home, file, now, **tell)
        counts = {str(name): taken.states[str(name)] for name in _SHOWN}
        return {"terminal": taken.terminal, **counts, "queued_again": taken.queued_again}

    take_each(files, take, _words, as_json=as_json)


def _states(names: tuple[str, ...], *, every: bool) -> frozenset[RecordState]:
    if names:
        return frozenset(RecordState(name) for name in names)
    return frozenset(RecordState) if every else UNANSWERED


def _value(bundle: Bundle) -> dict[str, Any]:
    return {
        "file": str(bundle.file),
        "terminal": bundle.terminal,
        "records": bundle.records,
        "first": bundle.first,
        "last": bundle.last,
    }


def _words(found: dict[str, Any]) -> str:
    named = {
        LATER: _("wanted again later"),
        UNCHANGED: _("no news"),
        UNKNOWN: _("not of a record here"),
    }
    parts = [
        f"{named[name] if name in named else state_text(str(name))}: {found[str(name)]}"
        for name in _SHOWN
        if found[str(name)]
    ]
    if found["queued_again"]:
        parts.append(_("lost by the operator, waiting again: {count}").format(count=found["queued_again"]))
    return ", ".join(parts)
