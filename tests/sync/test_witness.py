"""What somebody who writes the database file did to it, the operator names at the next contact."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.domain.registrations import RecordState, Slip
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.rescue_notice import untold_notice
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest, wall_clock


def causes(operator: OperatorUnderTest, outlet: OutletUnderTest) -> set[str]:
    """What is reported of this outlet's terminals; the operator serves other tests too."""
    with Stores(outlet.home) as stores:
        names = stores.enrolments.terminals()
    return {fork["cause"] for fork in operator.report()["forks"] if fork["terminal"] in names}


def put_off(outlet: OutletUnderTest, slip: Slip) -> None:
    """As if the operator had asked to send this one later."""
    with Stores(outlet.home) as stores:
        stores.outbox("").apply_later(slip.record_id, wall_clock() + timedelta(hours=5), wall_clock())


def tampered(outlet: OutletUnderTest, change: Callable[[Database], None]) -> None:
    db = open_database(outlet.home / FILE_NAME)
    try:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        change(db)
    finally:
        db.close()
    # what keeps count beside the database goes too: whoever writes the one writes the other
    for beside in outlet.home.glob(f"{FILE_NAME}-*"):
        beside.unlink()


def cut_the_end_of_the_journal(db: Database) -> None:
    db.execute("DELETE FROM journal WHERE number > 2")


def cut_out_an_entry(db: Database) -> None:
    db.execute("DELETE FROM journal WHERE number = 2")
    db.execute("UPDATE journal SET number = number - 1 WHERE number > 2")


def rewrite_the_last_entry(db: Database) -> None:
    db.execute(
        "UPDATE journal SET hash = printf('%064d', 7) WHERE number = (SELECT operator_journal FROM enrolment)"
    )


def begin_the_journal_anew(db: Database) -> None:
    db.execute("DELETE FROM journal")
    db.execute("UPDATE enrolment SET operator_journal = 0")


@pytest.mark.parametrize(
    "change", [cut_the_end_of_the_journal, cut_out_an_entry, rewrite_the_last_entry, begin_the_journal_anew]
)
def test_a_journal_that_was_changed_is_named(
    operator: OperatorUnderTest, outlet: OutletUnderTest, change: Callable[[Database], None]
) -> None:
    outlet.register()
    outlet.send()
    outlet.register()
    outlet.send()
    assert causes(operator, outlet) == set()
    tampered(outlet, change)
    outlet.send()
    assert causes(operator, outlet) == {"journal"}


def test_a_database_of_last_week_is_named(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    outlet.register()
    outlet.send()
    shutil.copytree(outlet.home, tmp_path / "last week")
    outlet.register()
    outlet.send()
    shutil.rmtree(outlet.home)
    shutil.copytree(tmp_path / "last week", outlet.home)
    outlet.send()
    assert causes(operator, outlet) == {"journal", "terminal-fell-back"}
    # told what it lost, it gives no number a second time
    slip = outlet.register()
    outlet.send()
    assert (slip.sequence, outlet.state(slip.record_id)) == (3, RecordState.ACCEPTED)
    assert causes(operator, outlet) == {"journal", "terminal-fell-back"}


def test_a_database_of_last_week_that_goes_on_before_it_speaks_gives_its_numbers_twice(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    shutil.copytree(outlet.home, tmp_path / "last week")
    outlet.register()
    outlet.send()
    shutil.rmtree(outlet.home)
    shutil.copytree(tmp_path / "last week", outlet.home)
    outlet.register()
    outlet.send()
    assert "record" in causes(operator, outlet)


def test_a_folder_that_was_set_back_says_what_is_missing_and_goes_on_behind_it(
    outlet: OutletUnderTest, tmp_path: Path
) -> None:
    copy = outlet.copied_to(tmp_path / "copy")
    outlet.register()
    outlet.send()

    assert copy.send().fork is None
    assert {"event": "fell-back", "records": 1} in [event.to_json() for event in copy.events]
    second, first = copy.register(card="person-8"), outlet.register()
    assert (first.sequence, second.sequence) == (2, 2)
    assert outlet.send().accepted == 1
    assert copy.send().fork == 2, "two folders that go on are a fork"


def test_numbers_given_behind_a_gap_are_not_given_again(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    """The operator holds 2 and 4; 3 never came, and the copy of the folder knows of none of them."""
    outlet.register()
    outlet.send()
    copy = outlet.copied_to(tmp_path / "copy")
    outlet.register()
    late = outlet.register()
    put_off(outlet, late)
    outlet.register()
    assert (outlet.send().accepted, outlet.state(late.record_id)) == (2, RecordState.QUEUED)

    assert copy.send().fork is None
    assert {"event": "fell-back", "records": 3} in [event.to_json() for event in copy.events]
    notice = untold_notice(copy.home)
    assert notice is not None
    assert (notice.copies_lost, notice.lost_count) == (2, 1)
    assert [number.rsplit("-", 1)[1] for number in notice.lost] == ["000003"]
    slip = copy.register(card="person-8")
    report = copy.send()
    assert (slip.sequence, report.fork, copy.state(slip.record_id)) == (5, None, RecordState.ACCEPTED)
    assert causes(operator, outlet) == {"journal", "terminal-fell-back"}


def test_a_number_that_was_said_and_never_came_is_lost_and_not_given_again(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    copy = outlet.copied_to(tmp_path / "copy")
    late = outlet.register()
    put_off(outlet, late)
    assert outlet.send().sent == 0
    assert copy.send().fork is None
    notice = untold_notice(copy.home)
    assert notice is not None
    assert (notice.copies_lost, notice.lost_count) == (0, 1)
    slip = copy.register(card="person-8")
    assert copy.send().fork is None
    assert (slip.sequence, copy.state(slip.record_id)) == (2, RecordState.ACCEPTED)


def test_records_deleted_here_are_named(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    for _ in range(3):
        outlet.register()
    outlet.send()

    def forget_the_last(db: Database) -> None:
        for table in ("summary", "sealed"):
            db[table].delete_where("record_id IN (SELECT record_id FROM outbox WHERE sequence = 3)")
        db.execute("DELETE FROM outbox WHERE sequence = 3")

    tampered(outlet, forget_the_last)
    outlet.send()
    assert causes(operator, outlet) == {"terminal-fell-back"}


def test_a_quiet_terminal_proves_its_journal_at_every_contact(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    for _ in range(4):
        outlet.send()
        outlet.register()
    outlet.send()
    assert causes(operator, outlet) == set()
