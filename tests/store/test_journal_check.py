"""A journal that was cut, swapped or edited, by somebody who writes the database file, is found and named."""

import hashlib

import pytest

from outlet_app.contract import canonical
from outlet_app.domain import timestamps
from outlet_app.store.database import rows, write
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.journal_check import BreakKind, find_break
from tests.store.filled import Filled, after

LENGTH = 9


@pytest.fixture
def journal(filled: Filled) -> Journal:
    """Nine entries, and nothing that keeps them from being changed."""
    made = Journal(filled.db, filled.terminal)
    while made.head().length < LENGTH:
        made.record(JournalEvent.SIGNED_IN, after(made.head().length), subject="7001")
    for trigger in ("the_journal_never_changes", "the_journal_loses_nothing", "the_journal_has_no_gap"):
        filled.db.execute(f"DROP TRIGGER {trigger}")
    return made


def broken(filled: Filled, journal: Journal) -> tuple[int, BreakKind] | None:
    found = find_break(journal, filled.terminal, LENGTH)
    return None if found is None else (found.number, found.kind)


def swap(filled: Filled, one: int, other: int) -> None:
    with write(filled.db):
        for old, new in ((one, -1), (other, one), (-1, other)):
            filled.db.execute("PRAGMA ignore_check_constraints = ON")
            filled.db.execute("UPDATE journal SET number = ? WHERE number = ?", (new, old))


def rewrite_from(filled: Filled, number: int) -> None:
    """An edit by somebody who knows how the chain is made."""
    previous = rows(filled.db, "SELECT hash FROM journal WHERE number = ?", (number - 1,))[0]["hash"]
    for row in rows(filled.db, "SELECT * FROM journal WHERE number >= ? ORDER BY number", (number,)):
        value = {**row, "previous": previous}
        del value["hash"]
        previous = hashlib.sha256(canonical.encode(value)).hexdigest()
        filled.db.execute(
            "UPDATE journal SET previous = ?, hash = ? WHERE number = ?",
            (value["previous"], previous, row["number"]),
        )


def test_a_whole_journal(filled: Filled, journal: Journal) -> None:
    assert broken(filled, journal) is None


@pytest.mark.parametrize("number", [1, 4, LENGTH])
@pytest.mark.parametrize("column", ["event", "subject", "detail"])
def test_an_edited_entry(filled: Filled, journal: Journal, number: int, column: str) -> None:
    filled.db["journal"].update((filled.terminal, number), {column: "other"})
    assert broken(filled, journal) == (number, BreakKind.EDITED)


def test_an_entry_that_is_called_lost_although_no_rescue_lost_it(filled: Filled, journal: Journal) -> None:
    call_lost = "UPDATE journal SET event = 'entry-lost', subject = '', detail = '' WHERE number = ?"
    filled.db.execute(call_lost, (4,))
    assert broken(filled, journal) == (4, BreakKind.EDITED)
    told = "records 3, lost 0, entries lost 1"
    journal.record(JournalEvent.STORAGE_RESCUED, after(99), detail=told)
    assert broken(filled, journal) is None
    filled.db.execute(call_lost, (5,))
    assert broken(filled, journal) == (5, BreakKind.EDITED)


def test_an_edited_time(filled: Filled, journal: Journal) -> None:
    filled.db.execute("UPDATE journal SET at = ? WHERE number = 5", (timestamps.to_text(after(99)),))
    assert broken(filled, journal) == (5, BreakKind.EDITED)


@pytest.mark.parametrize("number", [1, 4, LENGTH - 1])
def test_an_entry_cut_out(filled: Filled, journal: Journal, number: int) -> None:
    filled.db.execute("DELETE FROM journal WHERE number = ?", (number,))
    assert broken(filled, journal) == (number, BreakKind.CUT)


def test_the_end_cut_off_is_known_by_what_the_operator_has_seen(filled: Filled, journal: Journal) -> None:
    filled.db.execute("DELETE FROM journal WHERE number > 6")
    assert find_break(journal, filled.terminal, 0) is None, "no chain shows it by itself"
    assert broken(filled, journal) == (7, BreakKind.CUT)


@pytest.mark.parametrize(("one", "other"), [(3, 4), (2, 7), (1, 2), (8, 9)])
def test_two_entries_swapped(filled: Filled, journal: Journal, one: int, other: int) -> None:
    swap(filled, one, other)
    assert broken(filled, journal) == (one, BreakKind.SWAPPED)


def test_an_entry_edited_and_hashed_anew(filled: Filled, journal: Journal) -> None:
    filled.db.execute("UPDATE journal SET detail = 'other' WHERE number = 4")
    fourth = rows(filled.db, "SELECT * FROM journal WHERE number = 4")[0]
    del fourth["hash"]
    new = hashlib.sha256(canonical.encode(fourth)).hexdigest()
    filled.db.execute("UPDATE journal SET hash = ? WHERE number = 4", (new,))
    assert broken(filled, journal) == (4, BreakKind.EDITED)


def test_a_journal_rewritten_to_its_end_shows_at_the_operator_only(filled: Filled, journal: Journal) -> None:
    seen = journal.hash_at(7)
    filled.db.execute("UPDATE journal SET detail = 'other' WHERE number = 4")
    rewrite_from(filled, 4)
    assert broken(filled, journal) is None
    assert journal.hash_at(7) != seen
