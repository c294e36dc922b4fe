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
@given(CHANCES, st.floats(0, schedule.MOST_SERVER_WAIT_S))
def test_nobody_comes_sooner_than_the_server_asked(chance: float, asked_s: float) -> None:
    assert schedule.paced_s(asked_s, chance) >= asked_s


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


BYTES = st.integers(1, 10**10)
SECONDS = st.floats(0, 10**6)


@settings(max_examples=300)
@given(st.integers(schedule.LEAST_BATCH_BYTES, schedule.MOST_BATCH_BYTES), BYTES, SECONDS)
def test_the_next_batch_is_within_its_bounds_and_grows_step_by_step(
    known: int, sent: int, took_s: float
) -> None:
    found = schedule.batch_bytes(known, sent, took_s)

    assert schedule.LEAST_BATCH_BYTES <= found <= schedule.MOST_BATCH_BYTES
    assert found <= known * 8


@settings(max_examples=300)
@given(st.integers(1_000, 10**6), st.floats(0, 2))
def test_a_line_is_soon_given_what_it_carries_in_a_batch_time(bytes_per_s: int, way_s: float) -> None:
    known = 128 * 1024
    for _ in range(20):
        known = schedule.batch_bytes(known, known, known / bytes_per_s + way_s)

    carried = min(max(bytes_per_s * schedule.BATCH_S, schedule.LEAST_BATCH_BYTES), schedule.MOST_BATCH_BYTES)
    assert 0.7 * carried <= known <= carried + 1


def test_a_short_batch_says_nothing_against_a_long_one() -> None:
    assert schedule.batch_bytes(100_000, 5_000, 3.0) == 100_000
    assert schedule.batch_bytes(100_000, 60_000, 30.0) == 30_000


def test_silence_makes_batches_shorter_down_to_a_bound() -> None:
    assert schedule.batch_bytes_after_silence(128 * 1024) == 32 * 1024
    assert schedule.batch_bytes_after_silence(9_000) == schedule.LEAST_BATCH_BYTES
