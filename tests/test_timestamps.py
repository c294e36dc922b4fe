"""One text form of a moment, and nothing else passes for it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlet_app.domain import timestamps


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_cut_to_milliseconds(moment: datetime) -> None:
    text = timestamps.to_text(moment)
    assert timestamps.from_text(text) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert len(text) == len("2026-01-01T08:00:00.000Z")


def test_every_zone_is_written_in_utc() -> None:
    east = datetime(2026, 1, 1, 8, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert timestamps.to_text(east) == "2026-01-01T00:00:00.999Z"
    assert timestamps.from_text("2026-01-01T00:00:00.999Z").tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01",
        "2026-01-01T08:00:00Z",
        "2026-01-01T08:00:00.000",
        "2026-01-01T08:00:00.000+00:00",
        "2026-01-01T08:00:00.000000Z",
        "2026-01-01 08:00:00.000Z",
        "20260101T080000.000Z",
        "2026-W01-4T08:00:00.000Z",
        "2026-01-01T08:00:00.000z",
        "2026-01-01T08:00:00,000Z",
        "2026-13-01T08:00:00.000Z",
        "2026-01-01T24:00:00.000Z",
        " 2026-01-01T08:00:00.000Z",
        "２026-01-01T08:00:00.000Z",
    ],
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        timestamps.from_text(text)


def test_a_moment_without_a_zone_has_no_text() -> None:
    with pytest.raises(ValueError, match="zone"):
        timestamps.to_text(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
