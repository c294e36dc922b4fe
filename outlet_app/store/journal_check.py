"""Is a terminal's journal whole: every entry follows from the one before, and none is gone from its end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.store.journal import Journal, JournalEntry, JournalEvent, entry_hash


class BreakKind(StrEnum):
    """What was done to an entry."""

    CUT = "cut"
    SWAPPED = "swapped"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class JournalBreak:
    """The first entry that is not as it was written."""

    terminal: str
    number: int
    kind: BreakKind


def find_break(
    journal: Journal, terminal: str, known_length: int, is_unwanted: Callable[[], bool] = lambda: False
) -> JournalBreak | None:
    """The first break of a journal, None for a whole one; reads every entry, 10 000 in about a second.

    ``known_length`` is as long as the operator has seen it: a shorter one was
    cut at its end, which no chain shows by itself. None too once nobody wants
    to know any more.
    """
    previous, number = NO_PREVIOUS, 0
    holes: list[int] = []
    for number, entry in enumerate(_entries(journal), start=1):
        if is_unwanted():
            return None
        if entry.number != number:
            return JournalBreak(terminal, number, BreakKind.CUT)
        # a hole stands where a rescue could not read an entry; it carries the lost one's hash
        is_own = entry.event == JournalEvent.ENTRY_LOST or entry.hash == entry_hash(entry)
        if not is_own:
            kind = BreakKind.SWAPPED if _stood_elsewhere(journal, entry) else BreakKind.EDITED
            return JournalBreak(terminal, number, kind)
        if entry.previous != previous:
            # this one is as it was signed off: the one before was written anew
            return JournalBreak(terminal, max(number - 1, 1), BreakKind.EDITED)
        previous = entry.hash
        if entry.event == JournalEvent.ENTRY_LOST:
            holes.append(number)
        # a rescue says how many it left; any other is an entry that somebody made one
        del holes[: _lost_by_rescue(entry)]
    if holes:
        return JournalBreak(terminal, holes[0], BreakKind.EDITED)
    return JournalBreak(terminal, number + 1, BreakKind.CUT) if number < known_length else None


def _lost_by_rescue(entry: JournalEntry) -> int:
    """How many entries a rescue says it could not read, 0 for an entry that tells of none."""
    if entry.event not in {JournalEvent.STORAGE_RESCUED, JournalEvent.RECORDS_MISSING}:
        return 0
    _, _, count = entry.detail.rpartition("entries lost ")
    return int(count) if count.isdecimal() else 0


def _stood_elsewhere(journal: Journal, entry: JournalEntry) -> bool:
    """True when the entry is whole but for its number: it follows another one than it stands behind."""
    before = 0 if entry.previous == NO_PREVIOUS else journal.number_of(entry.previous)
    numbers = [] if before is None else [before + 1]
    # its predecessor may have been moved with it
    numbers += [entry.number - 1, entry.number + 1]
    return any(entry_hash(entry, number) == entry.hash for number in numbers)


def _entries(journal: Journal) -> Iterator[JournalEntry]:
    after = 0
    while page := journal.entries(after):
        yield from page
        after = page[-1].number
