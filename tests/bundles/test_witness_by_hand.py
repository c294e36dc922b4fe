"""A chain or journal that splits is named from bundles too, and an honest one never is."""

from pathlib import Path

import pytest

from outlet_app.domain.registrations import RecordState
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.stores import Stores
from tests.bundles.stick import Stick, held
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.test_witness import begin_the_journal_anew, causes, rewrite_the_last_entry, tampered


def test_the_operator_notes_the_journal_from_bundles_and_names_one_that_was_rewritten(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    stick.there_and_back(outlet)
    outlet.register()
    stick.there_and_back(outlet)
    assert causes(operator, outlet) == set()
    tampered(outlet, rewrite_the_last_entry)
    outlet.register()

    stick.there_and_back(outlet)

    assert causes(operator, outlet) == {"journal"}


def test_a_journal_that_began_anew_is_named_at_the_next_contact(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    stick.there_and_back(outlet)
    tampered(outlet, begin_the_journal_anew)

    outlet.send()

    assert causes(operator, outlet) == {"journal"}


def test_two_copies_of_one_terminal_are_a_fork_that_both_sides_name(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, tmp_path: Path
) -> None:
    copy = outlet.copied_to(tmp_path / "copy")
    outlet.register()
    other = copy.register()
    (mine,) = stick.export(outlet)
    (theirs,) = stick.export(copy)
    stick.bring(mine)

    brought = stick.bring(theirs)

    assert brought.answers == {"refused": 1}
    assert held(operator, outlet) == [1]
    assert causes(operator, outlet) >= {"record"}
    assert stick.take(copy, brought.receipts).states == {"quarantined": 1}
    assert copy.record(other.record_id).last_error == "sequence-fork"
    assert "chain-forked" in [entry.event for entry in copy.journal()]


@pytest.mark.parametrize("records", [1, 3])
def test_a_gap_is_named_and_filled(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, records: int
) -> None:
    for _ in range(records + 1):
        outlet.register()
    (last,) = stick.export(outlet, Selection(frozenset(RecordState), first=records + 1))
    stick.bring(last)
    with Stores(outlet.home) as stores:
        (name,) = stores.enrolments.terminals()

    def reported() -> tuple[int, int, int]:
        (found,) = [one for one in operator.report()["terminals"] if one["terminal"] == name]
        return found["unbroken"], found["highest"], found["missing"]

    assert reported() == (0, records + 1, records)
    stick.there_and_back(outlet)
    assert reported() == (records + 1, records + 1, 0)
