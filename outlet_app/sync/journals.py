"""The journals of this device looked through; one that is broken says so itself, once."""

from collections.abc import Callable
from datetime import datetime

from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.journal_check import JournalBreak, find_break
from outlet_app.sync.stores import Stores


def broken_journals(stores: Stores, is_unwanted: Callable[[], bool] = lambda: False) -> list[JournalBreak]:
    """The first break of each terminal's journal, the one in force first; empty when all are whole.

    Ends early, with what was found by then, once ``is_unwanted`` says so.
    """
    found = []
    for terminal in stores.enrolments.terminals():
        enrolment = stores.enrolments.find(terminal)
        assert enrolment is not None, "an enrolment is never deleted"
        broken = find_break(stores.journal(terminal), terminal, enrolment.operator_journal, is_unwanted)
        if broken is not None:
            found.append(broken)
    return found


def note_broken(stores: Stores, found: list[JournalBreak], now: datetime) -> None:
    """Journal each break in the journal itself, unless that was done before."""
    for broken in found:
        journal = stores.journal(broken.terminal)
        detail = f"{broken.number} {broken.kind}"
        if not _says(journal, detail):
            journal.record(JournalEvent.JOURNAL_BROKEN, now, detail=detail)


def _says(journal: Journal, detail: str) -> bool:
    return journal.has(JournalEvent.JOURNAL_BROKEN, detail)
