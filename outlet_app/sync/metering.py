"""What the limits of a metered line allow one run, and what the run has used of them."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from outlet_app.domain import timestamps
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.traffic_store import TrafficStore
from outlet_app.sync.line_meter import LineMeter
from outlet_app.sync.link_limits import Held, Hold, LinkLimits

CONTACT_BYTES = 16_384
"""What a contact takes with nothing to send, TLS and an ordinary answer in it: less than that is nothing."""

_RECORDS_SHARE = 0.6
"""Of what is left of a day; the rest is for answers and what goes around the records."""

_ALIKE = timedelta(seconds=1)


class Metering:
    """Limits and counts of one terminal's line, by the time that it most likely is (ClockStore)."""

    def __init__(
        self, limits: LinkLimits, traffic: TrafficStore, clocks: ClockStore, system: Callable[[], datetime]
    ) -> None:
        self._limits = limits
        self._traffic = traffic
        self._clocks = clocks
        self._system = system
        self._meter: LineMeter | None = None
        self._noted = 0

    @contextmanager
    def line(self) -> Iterator[LineMeter | None]:
        """The meter for one client, None where nothing is limited; at its end its count is kept."""
        is_metered = self._limits.most_bytes_a_day or self._limits.most_bytes_a_s
        self._meter, self._noted = LineMeter(self._limits.most_bytes_a_s) if is_metered else None, 0
        try:
            yield self._meter
        finally:
            self.note()
            self._meter = None

    def hold(self) -> Hold | None:
        """What keeps anything from being sent by itself now; None when nothing does."""
        system = self._system()
        present = self._clocks.best_known(system)
        apart = system - present if abs(system - present) >= _ALIKE else timedelta(0)
        day_ends = timestamps.china_midnight(present) + timedelta(days=1)
        used_up = self._is_used_up(timestamps.china_day(present))
        # a day that is used up ends at midnight, and the hours may begin later
        goes_on = self._limits.hours.open_at(day_ends if used_up else present)
        if used_up:
            return Hold(Held.DAY_SIZE, goes_on + apart)
        return Hold(Held.HOURS, goes_on + apart) if goes_on > present else None

    def used_today(self) -> int | None:
        """Bytes counted today; None without a limit."""
        return self._traffic.of(self._today()).bytes if self._limits.most_bytes_a_day else None

    def room(self) -> int | None:
        """Bytes that the records of the next batch may have together; None without a limit."""
        if not self._limits.most_bytes_a_day:
            return None
        return max(0, int((self._left(self._today()) - CONTACT_BYTES) * _RECORDS_SHARE))

    def wait_for_room(self, record_bytes: int) -> None:
        """The next record is so long, and longer than the room that is left today."""
        wanted = math.ceil(record_bytes / _RECORDS_SHARE) + CONTACT_BYTES
        self._traffic.add(self._today(), 0, wanted=wanted)

    def note(self) -> None:
        """Keep what was exchanged since the last time."""
        if self._meter is None or not self._limits.most_bytes_a_day:
            return
        carried = self._meter.carried()
        if carried > self._noted:
            self._traffic.add(self._today(), carried - self._noted)
            self._noted = carried

    def _is_used_up(self, day: date) -> bool:
        if not self._limits.most_bytes_a_day:
            return False
        return self._left(day) < max(CONTACT_BYTES, self._traffic.of(day).wanted)

    def _left(self, day: date) -> int:
        return self._limits.most_bytes_a_day - self._traffic.of(day).bytes

    def _today(self) -> date:
        return timestamps.china_day(self._clocks.best_known(self._system()))
