"""A device joins its operator anew: the former terminal is closed at its last number, and nothing is lost."""

from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, RecordState, VoidReason
from outlet_app.intake.service import Intake
from outlet_app.sync.stores import Stores
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest


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
