"""When a clerk alone may take back or change a registration that stands; the same on both sides."""

from datetime import datetime, timedelta


def may_mend_alone(registered_at: datetime, mended_at: datetime, void_minutes: int) -> bool:
    """True within the policy's minutes after the registration, both by the terminal's clock; 0 is no limit.

    A moment before the registration is of a clock that was set back, and counts as late.
    """
    if void_minutes == 0:
        return True
    return timedelta() <= mended_at - registered_at <= timedelta(minutes=void_minutes)
