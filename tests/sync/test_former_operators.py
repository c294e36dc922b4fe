"""A device that joined another operator still hears what the former one decides of its records."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.domain.registrations import RecordState, Slip
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest


@pytest.fixture
def former(tmp_path: Path) -> Iterator[OperatorUnderTest]:
    """An operator that only receives, until somebody decides."""
    found = new_operator(tmp_path / "former")
    place = found.outlet("T001")
    named = ("--outlet", place, "--name", "Test outlet", "--province", "99")
    found.run("add-outlet", *named, "--review", "all", "--change")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def undecided(former: OperatorUnderTest, operator: OperatorUnderTest, outlet: OutletUnderTest) -> Slip:
    """A record that the former operator received, on a device that is another operator's now."""
    outlet.enrol(former.url, former.code("T001"))
    slip = outlet.register()
    outlet.send()
    outlet.enrol(operator.url, operator.code(operator.outlet()))
    outlet.send()
    assert outlet.state(slip.record_id) is RecordState.RECEIVED
    return slip


def test_its_late_decision_is_heard_once(
    former: OperatorUnderTest, undecided: Slip, outlet: OutletUnderTest
) -> None:
    former.run("decide", "--record", str(undecided.record_id), "--accept")

    report = outlet.send()

    assert (report.decided, report.sent) == (1, 0)
    assert outlet.state(undecided.record_id) is RecordState.ACCEPTED
    (decided,) = [event.details for event in outlet.events if event.name == "decided"]
    assert (decided["sequence"], decided["state"]) == (1, "accepted")
    assert outlet.event_names().count("proven") == 2, "both operators were spoken to"
    outlet.send()
    assert outlet.event_names().count("proven") == 1, "nothing is left to hear of the former one"


def test_it_is_asked_in_its_own_time_alone(undecided: Slip, outlet: OutletUnderTest) -> None:
    outlet.send(once=False)
    assert outlet.events == []


def test_one_that_is_gone_keeps_nothing_from_the_new_one_and_is_named(
    former: OperatorUnderTest, undecided: Slip, outlet: OutletUnderTest
) -> None:
    former.stop()
    slip = outlet.register()
    assert outlet.send().accepted == 1
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert outlet.state(undecided.record_id) is RecordState.RECEIVED
    (failed,) = [event.details for event in outlet.events if event.name == "failed"]
    first = outlet.record(undecided.record_id).terminal
    assert failed == {"terminal": first, "code": "server-refused-connection"}


def test_its_rules_let_nothing_go_that_the_operator_in_force_wants_kept(
    former: OperatorUnderTest, undecided: Slip, outlet: OutletUnderTest
) -> None:
    former.run("add-policy", "--set", "summary_days=0", "--set", "sealed_days=0")
    slip = outlet.register()
    for _ in range(2):
        outlet.send()  # the first one fetches the former operator's new rules
    assert outlet.event_names().count("proven") == 2
    kept = outlet.record(slip.record_id)
    assert (kept.state, kept.sealed_here) == (RecordState.ACCEPTED, True)
    assert kept.phone_mask is not None
    assert "forgotten" not in outlet.event_names()
