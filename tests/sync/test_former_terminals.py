"""A device joins its operator anew: the former terminal is closed at its last number, and nothing is lost."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, RecordState, VoidReason
from outlet_app.intake.service import Intake
from outlet_app.sync.stores import Stores
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest, wall_clock


def name_of(outlet: OutletUnderTest) -> str:
    with Stores(outlet.home) as stores:
        found = stores.enrolments.current()
        assert found is not None
        return found.terminal


def reported(operator: OperatorUnderTest, terminal: str) -> dict[str, object]:
    (found,) = [row for row in operator.report()["terminals"] if row["terminal"] == terminal]
    return dict(found)


def test_the_last_numbers_are_told_and_what_waits_still_arrives(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    former, place = name_of(outlet), operator.outlet()
    outlet.register()
    outlet.send()
    waiting = outlet.register()

    joined = outlet.enrol(operator.url, operator.code(place))

    assert joined.former is not None
    told = (joined.former.terminal, joined.former.highest, joined.former.received, joined.former.unbroken)
    assert told == (former, 2, 1, 1)
    assert joined.former.waiting == 1
    assert reported(operator, former)["closed"] is False, "nothing is closed before the device has changed"
    outlet.send()
    assert outlet.state(waiting.record_id) is RecordState.ACCEPTED
    found = reported(operator, former)
    assert (found["closed"], found["closed_after"], found["successor"]) == (True, 2, joined.terminal)
    assert found["missing"] == 0


def test_the_first_contact_may_bring_what_takes_back_a_record_of_the_former_terminal(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    outlet.send()
    outlet.enrol(operator.url, operator.code(outlet.record(slip.record_id).outlet))
    with closing(Intake.open(outlet.home, outlet.clock)) as intake:
        clerk = intake.people.sign_in(CLERK, PIN)
        voided = intake.mending.void(slip.record_id, VoidReason.OTHER, clerk, Channel.COMMAND_LINE)
    outlet.send()
    assert outlet.state(voided.record_id) is RecordState.ACCEPTED
    assert outlet.state(slip.record_id) is RecordState.REPLACED


def test_an_answer_that_was_lost_closes_nothing(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    aside = outlet.copied_to(tmp_path / "aside")
    aside.enrol(operator.url, operator.code(operator.outlet()))
    slip = outlet.register()
    outlet.send()
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert reported(operator, name_of(outlet))["closed"] is False


def test_a_closed_terminal_that_makes_new_records_is_told_refused_and_reported(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    outlet.register()
    copy = outlet.copied_to(tmp_path / "copy")
    former = name_of(outlet)
    outlet.enrol(operator.url, operator.code(operator.outlet()))
    outlet.send()
    new = copy.register(card="person-8")

    report = copy.send()

    row = copy.record(new.record_id)
    assert (row.state, row.last_error) == (RecordState.QUARANTINED, "terminal-closed")
    assert report.quarantined == 1
    with pytest.raises(KnownFailure) as caught:
        copy.register()
    assert caught.value.code is FailureCode.TERMINAL_REVOKED
    causes = [fork["cause"] for fork in operator.report()["forks"] if fork["terminal"] == former]
    assert "terminal-closed" in causes


def test_without_its_key_the_operator_closes_a_terminal(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    outlet.register()
    outlet.send()
    former = name_of(outlet)
    (key,) = (outlet.home / "keys").glob("*.key")
    key.unlink()
    joined = outlet.enrol(operator.url, operator.code(operator.outlet()))
    assert joined.former is not None
    assert (joined.former.highest, joined.former.received) == (1, None)
    outlet.send()
    assert reported(operator, former)["closed"] is False
    assert "closed after number 1" in operator.run("close-terminal", "--terminal", former)
    assert reported(operator, former)["closed_after"] == 1


def test_another_operator_is_told_nothing_of_the_first(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, tmp_path: Path
) -> None:
    other = new_operator(tmp_path / "other")
    other.start()
    try:
        joined = own_outlet.enrol(other.url, other.code(other.outlet()))
    finally:
        other.stop()
    assert joined.former is None


def test_who_joined_anew_twice_before_a_contact_was_two_terminals_and_both_are_closed(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    first = name_of(outlet)
    waiting = outlet.register()
    second = outlet.enrol(operator.url, operator.code(operator.outlet())).terminal
    third = outlet.enrol(operator.url, operator.code(operator.outlet())).terminal
    outlet.send()
    assert outlet.state(waiting.record_id) is RecordState.ACCEPTED
    for former, successor, last in ((first, second, 1), (second, third, 0)):
        found = reported(operator, former)
        assert (found["closed"], found["closed_after"], found["successor"]) == (True, last, successor)
    assert reported(operator, third)["closed"] is False


def test_a_clock_that_was_set_back_between_changes_nothing_of_what_came_first(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    first = name_of(outlet)
    second = outlet.enrol(operator.url, operator.code(operator.outlet())).terminal
    outlet.clock = lambda: wall_clock() - timedelta(days=2)
    third = outlet.enrol(operator.url, operator.code(operator.outlet())).terminal
    with Stores(outlet.home) as stores:
        assert [one.terminal for one in stores.enrolments.former_chains(third)] == [second, first]
    outlet.send()
    assert [reported(operator, former)["closed"] for former in (first, second)] == [True, True]


def test_what_it_was_before_it_served_another_operator_is_closed_too(
    operator: OperatorUnderTest, own_operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    first = name_of(outlet)
    outlet.register()
    elsewhere = outlet.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    joined = outlet.enrol(operator.url, operator.code(operator.outlet()))
    assert elsewhere.former is None
    assert joined.former is not None
    assert (joined.former.terminal, joined.former.highest, joined.former.received) == (first, 1, 0)
    outlet.send()
    found = reported(operator, first)
    assert (found["closed_after"], found["successor"]) == (1, joined.terminal)


def test_nobody_elses_terminal_is_closed_by_naming_it(
    operator: OperatorUnderTest, outlet: OutletUnderTest, tmp_path: Path
) -> None:
    other = OutletUnderTest(tmp_path / "other")
    theirs = other.enrol(operator.url, operator.code(operator.outlet())).terminal
    first = name_of(outlet)
    outlet.enrol(operator.url, operator.code(operator.outlet()))
    with closing(sqlite3.connect(outlet.home / "outlet.db")) as db:
        db.execute("UPDATE enrolment SET former = ? WHERE terminal = ?", (theirs, first))
        db.commit()
    outlet.send()
    assert [reported(operator, name)["closed"] for name in (first, theirs)] == [True, False]
