"""A clock that is set in the middle of a wait makes it neither longer nor shorter; nor does a start."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode
from outlet_app.store.pacing_store import Pacing
from outlet_app.sync import schedule
from outlet_app.sync.sender import next_contact_at
from outlet_app.sync.stores import Stores
from tests.intake.counter import Clock
from tests.passing_time import PassingTime, take_over
from tests.store.filled import after, install
from tests.trust.acting_operator import NOW, ActingOperator

HALF_A_DAY = timedelta(hours=12)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """Of a terminal that has nothing to send."""
    install(tmp_path, ActingOperator().enrol())
    with Stores(tmp_path) as found:
        yield found


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> PassingTime:
    return take_over(monkeypatch)


def due(stores: Stores, pacing: Pacing, now: datetime) -> datetime | None:
    """Of a machine that was started anew when its clock said ``now``; the row is of before that."""
    (terminal,) = stores.enrolments.terminals()
    stores.pacing(terminal).save(pacing)
    stores._db.execute("DELETE FROM clock_anchor")
    return next_contact_at(stores, terminal, stores.waits(lambda: now))


@pytest.mark.parametrize("failure", [FailureCode.NETWORK_UNREACHABLE, FailureCode.SERVER_TIMEOUT])
def test_the_back_off_of_the_link(stores: Stores, failure: FailureCode) -> None:
    until = after(schedule.LINK_MOST_S)
    pacing = Pacing(failures=9, last_failure=failure, backoff_until=until)
    assert due(stores, pacing, NOW) == until
    assert due(stores, pacing, NOW - HALF_A_DAY) is None


def test_patience_that_the_server_asked_for_is_kept(stores: Stores) -> None:
    until = after(schedule.MOST_SERVER_WAIT_S)
    pacing = Pacing(
        failures=1,
        last_failure=FailureCode.SERVER_BUSY,
        backoff_until=after(1),
        next_contact_at=until,
        stopped=True,
        counted_at=NOW,
    )
    assert due(stores, pacing, NOW) == until
    assert due(stores, pacing, NOW - HALF_A_DAY) is None


@pytest.mark.parametrize("stopped", [False, True])
def test_the_interval_of_the_server(stores: Stores, *, stopped: bool) -> None:
    pacing = Pacing(next_contact_at=after(3600), stopped=stopped, counted_at=NOW)
    assert due(stores, pacing, NOW) == after(3600)
    assert due(stores, pacing, NOW - HALF_A_DAY) is None


def test_a_failing_link_is_waited_for_on_the_clock_that_was_set_back(stores: Stores) -> None:
    good = Pacing(next_contact_at=after(60), counted_at=NOW)
    early = NOW - HALF_A_DAY
    until = early + timedelta(seconds=schedule.LINK_MOST_S)
    failing = replace(
        good, failures=3, last_failure=FailureCode.SERVER_TIMEOUT, backoff_until=until, counted_at=early
    )
    assert due(stores, failing, early) == until, "no storm of contacts"


WAITS = {
    "back-off": (Pacing(failures=9, last_failure=FailureCode.SERVER_TIMEOUT, backoff_until=after(240)), 240),
    "patience asked for": (
        Pacing(failures=1, last_failure=FailureCode.SERVER_BUSY, backoff_until=after(80_000)),
        80_000,
    ),
    "interval": (Pacing(next_contact_at=after(3600), stopped=True, last_contact_at=NOW), 3600),
}


@pytest.mark.parametrize("years", [-10, 10])
@pytest.mark.parametrize("name", WAITS)
def test_a_clock_set_by_ten_years_neither_ends_a_wait_nor_makes_it_longer(
    stores: Stores, passing: PassingTime, name: str, years: int
) -> None:
    pacing, wait_s = WAITS[name]
    clock = Clock()
    waits = stores.waits(clock)
    assert waits.now() == NOW
    (terminal,) = stores.enrolments.terminals()
    stores.pacing(terminal).save(replace(pacing, counted_at=NOW))
    clock.now += timedelta(days=years * 365)
    passing.s += wait_s - 1
    for seen in (waits, stores.waits(clock)):  # in this program, and in one that is opened now
        assert next_contact_at(stores, terminal, seen) == clock.now + timedelta(seconds=1)
    passing.s += 1
    due_at = next_contact_at(stores, terminal, waits)
    assert due_at is None or due_at <= clock.now


def test_a_machine_started_anew_with_a_clock_far_off_waits_no_longer_than_before(
    stores: Stores, passing: PassingTime
) -> None:
    clock = Clock()
    (terminal,) = stores.enrolments.terminals()
    pacing = Pacing(
        failures=9, last_failure=FailureCode.SERVER_TIMEOUT, backoff_until=after(240), counted_at=NOW
    )
    assert stores.waits(clock).now() == NOW
    stores.pacing(terminal).save(pacing)
    for years in (-10, 10):
        passing.start_anew()
        clock.now = NOW + timedelta(days=years * 365)
        due_at = next_contact_at(stores, terminal, stores.waits(clock))
        assert due_at is None or due_at <= clock.now


def test_all_programs_on_a_machine_go_by_the_same_time(stores: Stores, passing: PassingTime) -> None:
    clock = Clock()
    assert stores.waits(clock).now() == NOW
    clock.now += HALF_A_DAY
    passing.s += 60
    with Stores(stores.home) as others:
        assert others.waits(clock).now() == after(60)
