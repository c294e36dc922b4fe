"""A clock that is set neither ends a record's wait nor keeps it waiting for years."""

from datetime import timedelta
from uuid import UUID

import pytest

from outlet_app.store.outbox import LEASE_S
from outlet_app.store.record_list import MOST_ERROR_WAIT_S, MOST_LATER_S
from outlet_app.store.wait_clock import WaitClock
from outlet_app.sync.schedule import MOST_SERVER_WAIT_S, RECORD_MOST_S
from tests.intake.counter import Clock
from tests.passing_time import take_over
from tests.store.filled import Filled, after

YEARS = timedelta(days=20 * 365)


def is_due(filled: Filled, seconds: float = 0) -> bool:
    """As both sides of the sender see it: is there something, and is it given out."""
    has_due = filled.outbox.has_due(after(seconds))
    rows = filled.outbox.lease_due(10, after(seconds))
    filled.outbox.release([row.record_id for row in rows])
    assert has_due is bool(rows)
    return has_due


def wait(filled: Filled, record_id: UUID, kind: str, seconds: float) -> None:
    if kind == "later":
        filled.outbox.apply_later(record_id, after(seconds), after(0))
    else:
        filled.outbox.apply_record_error(record_id, "server-answer-malformed", after(seconds))


@pytest.mark.parametrize(("kind", "most_s"), [("error", MOST_ERROR_WAIT_S), ("later", MOST_LATER_S)])
def test_a_wait_that_no_clock_gives_does_not_count(filled: Filled, kind: str, most_s: int) -> None:
    record_id = filled.add()
    wait(filled, record_id, kind, most_s)
    assert not is_due(filled), "the longest wait there is"
    assert is_due(filled, most_s)
    wait(filled, record_id, kind, most_s + 1)
    assert is_due(filled), "the clock was set back since"
    wait(filled, record_id, kind, YEARS.total_seconds())
    assert is_due(filled)


def test_the_longest_waits_are_those_of_the_schedule() -> None:
    assert (MOST_ERROR_WAIT_S, MOST_LATER_S) == (RECORD_MOST_S, MOST_SERVER_WAIT_S)


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_set_by_ten_years_ends_no_wait_of_a_record_and_makes_none_longer(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    passing = take_over(monkeypatch)
    clock = Clock()
    waits = WaitClock(filled.db, clock)
    first, second = filled.add(), filled.add()
    filled.outbox.apply_later(first, waits.now() + timedelta(seconds=80_000), clock.now)
    filled.outbox.apply_record_error(second, "server-answer-malformed", waits.now() + timedelta(seconds=80))
    clock.now += timedelta(days=years * 365)
    passing.s += 79
    assert not filled.outbox.has_due(waits.now())
    passing.s += 1
    assert [row.record_id for row in filled.outbox.lease_due(9, waits.now())] == [second]
    clock.now -= timedelta(days=years * 365)
    passing.s += LEASE_S - 1
    assert filled.outbox.lease_due(9, waits.now()) == [], "the lease runs by it, too"
    passing.s += 80_000
    assert len(filled.outbox.lease_due(9, waits.now())) == 2


def test_a_moment_to_come_is_said_by_the_clock_as_it_is_set(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_over(monkeypatch)
    clock = Clock()
    waits = WaitClock(filled.db, clock)
    assert waits.on_the_system_clock(after(60)) == after(60)
    clock.now += timedelta(milliseconds=400)
    assert waits.on_the_system_clock(after(60)) == after(60), "they go alike"
    clock.now += timedelta(hours=1)
    assert waits.on_the_system_clock(after(60)) == clock.now + timedelta(seconds=60)
