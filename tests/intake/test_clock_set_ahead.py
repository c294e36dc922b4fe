"""A clock that was far ahead and is right again: nothing grew old by it, no limit or lock holds for it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, VoidReason
from outlet_app.intake.service import Intake
from outlet_app.store.clock_store import KEEP_S, ClockStore
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.journal import Journal
from outlet_app.store.pacing_store import Pacing, PacingStore
from tests.intake.counter import CLERK, Clock, register
from tests.passing_time import DAY_S, HOUR_S, PassingTime
from tests.trust.acting_operator import NOW, PACK, PIN, ActingOperator

TERMINAL = "T001-1"
DAY = timedelta(days=1)
AHEAD = 100 * DAY
LIMITS = {
    "most_waiting_days": 5,
    "most_days_without_contact": 5,
    "last_day": PACK.last_day.replace(year=2036),
}


@pytest.fixture
def store(home: Path, operator: ActingOperator, intake: Intake) -> Callable[[], Database]:
    """Limits of five days are in force; gives further connections to the counter's database."""
    assert intake.enrolment() is not None

    def opened() -> Database:
        return open_database(home / FILE_NAME)

    with closing(opened().conn) as connection:
        pack = replace(PACK, number=2, **LIMITS)  # type: ignore[arg-type]  # fields of a pack
        assert EnrolmentStore(Database(connection)).put_policy(TERMINAL, 2, operator.policy(pack), NOW)
    return opened


def contact(store: Callable[[], Database], clock: Clock) -> None:
    """The operator's signed time, at a moment when the clock says what it says."""
    with closing(store().conn) as connection:
        db = Database(connection)
        PacingStore(db, TERMINAL).save(Pacing(last_contact_at=clock.now))
        ClockStore(db, TERMINAL).note_operator_time(NOW, tolerance_s=120)


def refusal(work: Callable[..., Any], *values: object) -> FailureCode | None:
    try:
        work(*values)
    except KnownFailure as failure:
        return failure.code
    return None


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("heard", [False, True])
def test_ages_are_those_of_the_clock_that_is_right_again(
    intake: Intake,
    clock: Clock,
    passing: PassingTime,
    store: Callable[[], Database],
    *,
    heard: bool,
    restarted: bool,
) -> None:
    if heard:
        contact(store, clock)
    register(intake, 1)
    clock.now += AHEAD
    register_ahead = refusal(register, intake, 2)
    # what passed since a contact is known; without one the clock is all there is
    assert register_ahead is (None if heard else FailureCode.QUEUE_TOO_OLD)
    with closing(store().conn) as connection:
        last = Journal(Database(connection), TERMINAL).last_at()
    assert last == NOW + AHEAD, "the order of what follows begins there"
    clock.now -= AHEAD
    if restarted:
        passing.start_anew()
    passing.wait(clock, HOUR_S)
    assert refusal(intake.limits.check) is None
    assert register(intake, 3).confirmed_at >= NOW
    age_s = intake.queue_status().oldest_queued_age_s
    assert age_s is not None
    assert age_s <= HOUR_S


def test_a_clock_set_back_makes_nothing_young_while_the_machine_is_on(
    intake: Intake, clock: Clock, passing: PassingTime, store: Callable[[], Database]
) -> None:
    contact(store, clock)
    for _ in range(5):
        assert refusal(intake.limits.check) is None
        passing.wait(clock, DAY_S)
        clock.now -= DAY
    assert refusal(intake.limits.check) is FailureCode.CONTACT_OVERDUE


def test_what_passed_is_kept_over_a_start_of_the_machine(
    intake: Intake, clock: Clock, passing: PassingTime, store: Callable[[], Database]
) -> None:
    contact(store, clock)
    for _ in range(6):
        passing.s += DAY_S
        with closing(store().conn) as connection:
            ClockStore(Database(connection), TERMINAL).keep_what_passed()
        passing.start_anew()
        with closing(store().conn) as connection:
            ClockStore(Database(connection), TERMINAL).keep_what_passed()
    assert refusal(intake.limits.check) is FailureCode.CONTACT_OVERDUE
    with closing(store().conn) as connection:
        assert ClockStore(Database(connection), TERMINAL).surely_past() == NOW + 6 * DAY


def test_what_has_surely_passed_is_written_down_now_and_then(
    clock: Clock, passing: PassingTime, store: Callable[[], Database]
) -> None:
    contact(store, clock)
    with closing(store().conn) as connection:
        known = ClockStore(Database(connection), TERMINAL)
        for wait_s, kept_s in ((KEEP_S, 0.0), (1, KEEP_S + 1)):
            passing.s += wait_s
            known.keep_what_passed()
            (at,) = connection.execute("SELECT at FROM clock_anchor WHERE name = 'operator'").fetchone()
            assert at == f"{(NOW + timedelta(seconds=kept_s)).isoformat(timespec='milliseconds')[:-6]}Z"


def test_the_minutes_to_take_back_alone_end_while_the_clock_stands_behind(
    intake: Intake, clock: Clock, passing: PassingTime
) -> None:
    clock.now -= timedelta(hours=30)
    slip = register(intake, 1)
    assert slip.confirmed_at == NOW, "the present stands still at the last entry"
    passing.wait(clock, PACK.void_minutes * 60)
    assert not intake.mending.needs_second_person(intake.record(slip.record_id))
    passing.wait(clock, 1)
    assert intake.mending.needs_second_person(intake.record(slip.record_id))
    late = refusal(intake.mending.void, slip.record_id, VoidReason.CUSTOMER_WITHDREW, CLERK, Channel.COUNTER)
    assert late is FailureCode.SECOND_PERSON_NEEDED
    fresh = register(intake, 2)
    assert fresh.confirmed_at == NOW
    assert intake.mending.void(fresh.record_id, VoidReason.CUSTOMER_WITHDREW, CLERK, Channel.COUNTER).sequence


def test_a_start_of_the_machine_gives_no_further_minutes_while_the_clock_is_behind(
    intake: Intake, clock: Clock, passing: PassingTime
) -> None:
    slip = register(intake, 1)
    clock.now -= timedelta(hours=30)
    assert not intake.mending.needs_second_person(intake.record(slip.record_id))
    passing.start_anew()
    assert intake.mending.needs_second_person(intake.record(slip.record_id))
    clock.now = NOW + timedelta(minutes=1)
    assert not intake.mending.needs_second_person(intake.record(slip.record_id)), "the clock is right"


def test_the_minutes_are_over_too_when_the_moments_say_so(
    intake: Intake, clock: Clock, passing: PassingTime
) -> None:
    """The operator has only the moments of the two records to go by, and would refuse it."""
    slip = register(intake, 1)
    clock.now += timedelta(minutes=PACK.void_minutes + 1)
    assert passing().passed_since(intake.record(slip.record_id).confirmed_since) == timedelta()
    assert intake.mending.needs_second_person(intake.record(slip.record_id))


def test_a_damaged_word_on_the_time_is_passed_over_and_written_anew(
    intake: Intake, clock: Clock, store: Callable[[], Database]
) -> None:
    contact(store, clock)
    with closing(store().conn) as connection:
        connection.execute("UPDATE clock_anchor SET at = '2026-13-01T00:00:00.000Z'")
        connection.execute("UPDATE clock SET operator_time = 'never'")
        known = ClockStore(Database(connection), TERMINAL)
        assert known.surely_past() is None
        assert register(intake).confirmed_at == NOW
        assert intake.people.sign_in("7001", PIN).number == "7001", "locks have a time again"
        contact(store, clock)
        assert known.surely_past() == NOW
