"""The one text form of a point in time: UTC, milliseconds, ``2026-01-01T08:00:00.000Z``."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))
"""China Standard Time: one zone for the whole mainland, no daylight saving."""


@lru_cache(maxsize=32)  # one moment stands in several places of a record
def to_text(moment: datetime) -> str:
    """Text of an aware moment, in UTC, cut (not rounded) to milliseconds."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no text")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def as_stored(moment: datetime) -> datetime:
    """The aware moment as its text has it: in UTC, cut to milliseconds."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no text")
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


@lru_cache(maxsize=32)  # the same few stand between one record and the next
def from_text(text: str) -> datetime:
    """Aware UTC moment of exactly the form that to_text writes; ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or to_text(moment) != text:
        raise ValueError("not a timestamp of the form 2026-01-01T08:00:00.000Z")
    return moment.replace(tzinfo=UTC)


def china_day(moment: datetime) -> date:
    """The day in China on which an aware moment falls; both sides judge documents and rules by it."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    return moment.astimezone(CHINA).date()


def china_midnight(moment: datetime) -> datetime:
    """The moment at which the day in China began on which an aware moment falls."""
    return datetime.combine(china_day(moment), time.min, tzinfo=CHINA)
