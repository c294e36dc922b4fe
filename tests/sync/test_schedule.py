from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.sync import schedule

CHANCES = st.floats(0, 1, exclude_max=True)
ATTEMPTS = st.integers(0, 10**9)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=200)
@given(ATTEMPTS, CHANCES, st.floats(0.1, 100), st.floats(100, 10_000))
def test_a_wait_stays_between_half_its_bound_and_its_bound(
    attempts: int, chance: float, first_s: float, most_s: float
) -> None:
    wait = schedule.back_off_s(attempts, chance, first_s=first_s, most_s=most_s)

    assert min(first_s, most_s) / 2 <= wait <= most_s


@settings(max_examples=200)
@given(ATTEMPTS, CHANCES)
def test_the_next_bound_is_never_shorter(attempts: int, chance: float) -> None:
    assert schedule.link_back_off_s(attempts, chance) <= schedule.link_back_off_s(attempts + 1, chance)
    assert schedule.record_back_off_s(attempts, chance) <= schedule.record_back_off_s(attempts + 1, chance)


@settings(max_examples=200)
@given(ATTEMPTS, CHANCES, st.floats(0, schedule.MOST_SERVER_WAIT_S))
def test_nobody_comes_sooner_than_the_server_asked(attempts: int, chance: float, asked_s: float) -> None:
    assert schedule.paced_s(asked_s, chance) >= asked_s
    assert schedule.link_back_off_s(attempts, chance, asked_s=asked_s) >= asked_s


@settings(max_examples=200)
@given(st.floats(allow_nan=False), CHANCES)
def test_no_server_can_ask_for_more_than_a_day(asked_s: float, chance: float) -> None:
    assert 0 <= schedule.paced_s(asked_s, chance) <= schedule.MOST_SERVER_WAIT_S


def test_two_devices_that_failed_together_come_back_apart() -> None:
    waits = {schedule.link_back_off_s(5, chance / 10) for chance in range(10)}

    assert len(waits) == 10


@settings(max_examples=200)
@given(st.timedeltas(-timedelta(days=9999), timedelta(days=9999)), st.floats(0, 600))
def test_a_wait_is_bounded_whatever_the_clock_says(offset: timedelta, most_s: float) -> None:
    assert 0 <= schedule.wait_s(NOW, NOW + offset, most_s=most_s) <= most_s
    assert schedule.wait_s(NOW, None, most_s=most_s) == most_s
