"""A terminal moves to another outlet: what waits goes first, and what was made there stays of there."""

from collections.abc import Callable

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.enrolment_store import StoredEnrolment
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


def enrolment(outlet: OutletUnderTest) -> StoredEnrolment:
    with Stores(outlet.home) as stores:
        found = stores.enrolments.current()
        assert found is not None
        return found


def refusal(work: Callable[[], object]) -> FailureCode | None:
    try:
        work()
    except KnownFailure as failure:
        return failure.code
    return None


def events(outlet: OutletUnderTest) -> list[tuple[str, str]]:
    return [(entry.event, entry.detail) for entry in outlet.journal() if entry.event in {"moving", "moved"}]


def terminal_of(operator: OperatorUnderTest, outlet: OutletUnderTest) -> dict[str, object]:
    name = enrolment(outlet).terminal
    (found,) = [row for row in operator.report()["terminals"] if row["terminal"] == name]
    return dict(found)


def test_a_terminal_moves_when_nothing_waits_and_works_on_with_the_people_of_its_new_place(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    here, there = enrolment(outlet).outlet, operator.outlet()
    first = outlet.register()
    outlet.send()
    operator.run("move-terminal", "--terminal", enrolment(outlet).terminal, "--outlet", there)
    before = outlet.register()

    outlet.send()
    assert (enrolment(outlet).outlet, enrolment(outlet).moving_to) == (here, there)
    assert outlet.state(before.record_id) is RecordState.ACCEPTED
    assert refusal(outlet.register) is FailureCode.TERMINAL_MOVING
    outlet.send()

    after = enrolment(outlet)
    assert (after.outlet, after.outlet_name, after.moving_to) == (there, f"Test outlet {there}", None)
    third = outlet.register()
    outlet.send()
    assert third.local_number.startswith(f"{there}-")
    assert [outlet.state(slip.record_id) for slip in (first, before, third)] == [RecordState.ACCEPTED] * 3
    assert events(outlet) == [("moving", there), ("moved", there)]
    held = {row["id"]: row["outlet"] for row in operator.records()}
    assert [held[str(slip.record_id)] for slip in (first, before, third)] == [here, here, there]
    assert terminal_of(operator, outlet)["outlet"] == there


def test_what_waits_keeps_a_terminal_where_it_is_until_it_is_handed_over(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    here, there = enrolment(own_outlet).outlet, own_operator.outlet()
    name = enrolment(own_outlet).terminal
    lost = own_outlet.register()
    own_outlet.send()
    quarantined = own_outlet.register()
    with Stores(own_outlet.home) as stores:
        outbox = stores.outbox(name)
        (leased,) = outbox.lease_due(1, own_outlet.clock())
        outbox.quarantine(leased.record_id, "chain-broken", own_outlet.clock())
    own_operator.run("move-terminal", "--terminal", name, "--outlet", there)
    for _ in range(3):
        own_outlet.send()
    assert enrolment(own_outlet).outlet == here, "a number is missing there"
    assert terminal_of(own_operator, own_outlet)["moving_to"] == there

    own_operator.run("move-terminal", "--terminal", name, "--outlet", there, "--hand-over")
    own_outlet.send()
    assert enrolment(own_outlet).outlet == there
    with Stores(own_outlet.home) as stores:
        stores.outbox(name).retry(str(quarantined.record_id), own_outlet.clock())
    later = own_outlet.register()
    own_outlet.send()
    for slip, outlet in ((lost, here), (quarantined, here), (later, there)):
        assert own_outlet.state(slip.record_id) is RecordState.ACCEPTED
        assert slip.local_number.startswith(f"{outlet}-")


def test_a_move_can_be_called_off(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    here, there = enrolment(outlet).outlet, operator.outlet()
    name = enrolment(outlet).terminal
    outlet.register()
    operator.run("move-terminal", "--terminal", name, "--outlet", there)
    outlet.send()
    assert refusal(outlet.register) is FailureCode.TERMINAL_MOVING
    assert "stays" in operator.run("move-terminal", "--terminal", name, "--outlet", here)
    outlet.send()
    assert outlet.register().sequence == 2
    assert events(outlet) == [("moving", there), ("moving", "stays")]


def test_a_terminal_moves_on_and_back(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    here, there = enrolment(outlet).outlet, operator.outlet()
    for place in (there, here, there):
        operator.run("move-terminal", "--terminal", enrolment(outlet).terminal, "--outlet", place)
        outlet.send()
        outlet.send()
        assert enrolment(outlet).outlet == place
    slip = outlet.register()
    outlet.send()
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


@pytest.mark.parametrize("wrong", [("--terminal", "T0"), ("--outlet", "none-such")])
def test_only_terminals_and_outlets_that_there_are_take_part(
    operator: OperatorUnderTest, outlet: OutletUnderTest, wrong: tuple[str, str]
) -> None:
    named = {
        "--terminal": enrolment(outlet).terminal,
        "--outlet": enrolment(outlet).outlet,
        wrong[0]: wrong[1],
    }
    with pytest.raises(AssertionError, match=wrong[0]):
        operator.run("move-terminal", *[word for pair in named.items() for word in pair])
