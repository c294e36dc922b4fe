"""Hours of the day at which a metered line may be used, as settings say them: ``22:00-06:00, 12:00-13:30``.

They are hours in China, as all days of this program are, whatever zone the machine is set to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from outlet_app.domain import timestamps

_DAY_MIN = 24 * 60
_WINDOW = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_MOST_WINDOWS = 24


@dataclass(frozen=True, slots=True)
class SendingHours:
    """Windows as minutes of the day, from the first up to the last, which is not within; none: at any time.

    They are in order, do not touch, and end by midnight: one over midnight is two.
    """

    windows: tuple[tuple[int, int], ...] = ()

    def open_at(self, moment: datetime) -> datetime:
        """The earliest moment from ``moment`` on at which it is open: itself when it is open then."""
        if not self.windows:
            return moment
        midnight = timestamps.china_midnight(moment)
        passed = moment - midnight
        for first, last in self.windows:
            if passed < timedelta(minutes=last):
                return max(moment, midnight + timedelta(minutes=first))
        return midnight + timedelta(minutes=_DAY_MIN + self.windows[0][0])


ALWAYS = SendingHours()


def parse_sending_hours(text: str) -> SendingHours:
    """Windows ``HH:MM-HH:MM`` with commas between, ``24:00`` for the day's end; ValueError for all else.

    A window whose end is before its beginning goes over midnight. Nothing at all is no limit.
    """
    if not text.strip():
        return ALWAYS
    parts = text.split(",")
    if len(parts) > _MOST_WINDOWS:
        raise ValueError("too many windows")
    joined: list[tuple[int, int]] = []
    for first, last in sorted(window for part in parts for window in _windows(part.strip())):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return SendingHours(tuple(joined))


def _windows(text: str) -> Iterator[tuple[int, int]]:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise ValueError("not a window of the form HH:MM-HH:MM")
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
    first, last = hour * 60 + minute, last_hour * 60 + last_minute
    if max(minute, last_minute) > 59 or first >= _DAY_MIN or last > _DAY_MIN or first == last:
        raise ValueError("not a time of the day, or a window without length")
    if first < last:
        yield first, last
        return
    yield first, _DAY_MIN
    if last:
        yield 0, last
