"""What the policy's days are over for goes, whether or not the operator can be reached."""

from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.store.rows import HeldData
from outlet_app.sync import letting_go
from outlet_app.sync.letting_go import LettingGo
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest, wall_clock
from tests.passing_time import DAY_S, PassingTime, take_over

START_S = PassingTime().s
# the first pack: summaries stay 7 days after acceptance, sealed records 30


def held(outlet: OutletUnderTest) -> HeldData:
    with Stores(outlet.home) as stores:
        return stores.outbox("").held(wall_clock())


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> PassingTime:
    return take_over(monkeypatch)


def days_later(outlet: OutletUnderTest, passing: PassingTime, days: int) -> LettingGo:
    """The machine was on all the time."""
    passing.s = START_S + days * DAY_S
    return LettingGo(outlet.home, lambda: wall_clock() + timedelta(days=days))


def test_without_a_network_it_goes_all_the_same(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, passing: PassingTime
) -> None:
    own_outlet.register()
    own_outlet.send()
    own_outlet.register()
    own_operator.stop()
    assert days_later(own_outlet, passing, 6).look() == (0, 0)
    assert days_later(own_outlet, passing, 8).look() == (1, 0)
    assert days_later(own_outlet, passing, 31).look() == (0, 1)
    left = held(own_outlet)
    assert (left.sealed_records, left.summaries) == (1, 1), "what no receipt answers for stays"


def test_a_start_with_a_clock_years_ahead_lets_no_sealed_bytes_go(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, passing: PassingTime
) -> None:
    own_outlet.register()
    own_outlet.send()
    passing.start_anew()
    years_ahead = LettingGo(own_outlet.home, lambda: wall_clock() + timedelta(days=3653))
    assert years_ahead.look() == (1, 0), "of what can be read rather too much goes than too little"
    assert held(own_outlet).sealed_records == 1
    # the next contact brings the operator's time, and nothing has to go by that
    own_outlet.clock = lambda: wall_clock() + timedelta(days=3653)
    own_outlet.send()
    assert held(own_outlet).sealed_records == 1


def test_it_is_looked_at_once_an_hour(
    own_outlet: OutletUnderTest, monkeypatch: pytest.MonkeyPatch, passing: PassingTime
) -> None:
    own_outlet.register()
    own_outlet.send()
    ticked = [0.0]
    monkeypatch.setattr(letting_go, "monotonic", lambda: ticked[0])
    late = days_later(own_outlet, passing, 8)
    assert late.look() == (1, 0)
    own_outlet.register()
    own_outlet.send()
    assert late.look() == (0, 0)
    ticked[0] = letting_go.EVERY_S
    assert late.look() == (1, 0)


def test_before_the_first_enrolment_there_is_nothing_to_let_go(tmp_path: Path, passing: PassingTime) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    assert days_later(outlet, passing, 99).look() == (0, 0)
