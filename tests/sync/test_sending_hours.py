"""Hours for sending, as the settings say them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.domain.timestamps import CHINA
from outlet_app.sync.sending_hours import ALWAYS, SendingHours, parse_sending_hours

DAY_MIN = 24 * 60
MIDNIGHT = datetime(2026, 3, 2, tzinfo=CHINA)

minutes = st.integers(0, DAY_MIN - 1)
windows = st.lists(
    st.tuples(minutes, st.integers(0, DAY_MIN)).filter(lambda one: one[0] != one[1]), min_size=1, max_size=4
)


def text_of(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def written(chosen: list[tuple[int, int]]) -> str:
    return ", ".join(f"{text_of(first)}-{text_of(last)}" for first, last in chosen)


def is_within(chosen: list[tuple[int, int]], minute: int) -> bool:
    """By the plain meaning of each window, one after another."""
    return any(
        first <= minute < last if first < last else minute >= first or minute < last for first, last in chosen
    )


def at(minute: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


@settings(max_examples=200, deadline=None)
@given(windows, minutes, st.integers(0, 59_999))
def test_it_is_open_at_exactly_the_minutes_that_are_written(
    chosen: list[tuple[int, int]], minute: int, more_ms: int
) -> None:
    hours = parse_sending_hours(written(chosen))
    moment = at(minute) + timedelta(milliseconds=more_ms)
    assert (hours.open_at(moment) == moment) is is_within(chosen, minute)


@settings(max_examples=100, deadline=None)
@given(windows, minutes)
def test_it_goes_on_at_the_first_minute_that_is_within_again(
    chosen: list[tuple[int, int]], minute: int
) -> None:
    expected = next(one for one in range(minute, minute + DAY_MIN) if is_within(chosen, one % DAY_MIN))
    assert parse_sending_hours(written(chosen)).open_at(at(minute)) == at(expected)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=20), st.from_regex(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}", fullmatch=True)))
def test_any_text_is_windows_or_is_refused(text: str) -> None:
    try:
        hours = parse_sending_hours(text)
    except ValueError:
        return
    assert hours == ALWAYS or re.fullmatch(r"[0-9:,\s-]+", text)
    assert all(0 <= first < last <= DAY_MIN for first, last in hours.windows)


@pytest.mark.parametrize(
    "text",
    [
        "22:00", "22:00-", "22-06", "9:00-10:00", "22:00-25:00", "24:00-06:00", "22:60-23:00", "22:00-23:60",
        "23:59-24:01", "10:00-10:00", "10:00-11:00,", ",", "10:00-11:00;12:00-13:00", "１０:００-11:00",
        "-01:00-02:00", ",".join(["10:00-11:00"] * 25),
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"window|time of the day"):
        parse_sending_hours(text)


def test_nothing_and_the_whole_day_are_any_time() -> None:
    for text in ("", "  ", "00:00-24:00", "00:00-12:00,12:00-00:00", "06:00-05:00, 04:00-07:00"):
        hours = parse_sending_hours(text)
        assert all(hours.open_at(at(minute)) == at(minute) for minute in range(0, DAY_MIN, 7)), text


def test_windows_that_meet_or_overlap_are_one() -> None:
    assert parse_sending_hours("10:00-12:00,11:00-13:00,13:00-14:00") == SendingHours(((600, 840),))
    assert parse_sending_hours("22:00-06:00") == SendingHours(((0, 360), (1320, 1440)))


def test_they_are_hours_in_china_whatever_the_zone_of_the_moment() -> None:
    hours = parse_sending_hours("22:00-06:00")
    noon_in_china = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    assert hours.open_at(noon_in_china) == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert hours.open_at(datetime(2026, 3, 2, 21, 59, tzinfo=UTC)) == datetime(2026, 3, 2, 21, 59, tzinfo=UTC)
    assert hours.open_at(datetime(2026, 3, 2, 22, 0, tzinfo=UTC)) == datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
