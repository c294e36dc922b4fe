"""The wall clock, handed down from here so that everything below can be tested at any time of day."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
