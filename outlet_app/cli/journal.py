"""``outlet journal``: what happened on this terminal, and whether the journal of it is whole."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from outlet_app.command_output import write_json, write_line
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.settings import Settings
from outlet_app.store.journal import Journal, JournalEntry
from outlet_app.sync.journals import broken_journals
from outlet_app.sync.stores import Stores

_json = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


@click.group(help=_("What happened on this terminal, and whether its journal is whole."))
def journal() -> None:
    """Group of the commands below."""


@journal.command(help=_("Check that no entry was cut out, swapped or edited."))
@_json
@click.pass_obj
def verify(settings: Settings, as_json: bool) -> None:
    """Every terminal that this device is or was; JOURNAL_BROKEN names the first break."""
    with Stores(settings.home) as stores:
        lengths = {name: stores.journal(name).head().length for name in stores.enrolments.terminals()}
        found = broken_journals(stores)
    if found:
        raise KnownFailure(
            FailureCode.JOURNAL_BROKEN,
            "; ".join(f"{one.terminal} {one.number} {one.kind}" for one in found),
        )
    for terminal, length in lengths.items():
        if as_json:
            write_json({"terminal": terminal, "entries": length, "whole": True})
        else:
            write_line(_("{terminal}: {count} entries, whole").format(terminal=terminal, count=length))


@journal.command(name="list", help=_("Every entry of this terminal, oldest first."))
@_json
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """One object a line with --json."""
    with Stores(settings.home) as stores:
        for terminal in stores.enrolments.terminals():
            for entry in _all(stores.journal(terminal)):
                if as_json:
                    write_json(_form(entry))
                else:
                    words = (
                        str(entry.number),
                        timestamps.to_text(entry.at),
                        entry.event,
                        entry.subject,
                        entry.detail,
                    )
                    write_line("  ".join(word for word in words if word))


def _all(found: Journal) -> Iterator[JournalEntry]:
    after = 0
    while page := found.entries(after):
        yield from page
        after = page[-1].number


def _form(entry: JournalEntry) -> dict[str, Any]:
    return asdict(entry) | {"at": timestamps.to_text(entry.at)}
