"""Whether this machine, or this process, was asleep: what was open before may be gone, changed or dead.

A suspended machine shows as a clock that ran on while the monotonic one stood
still (Linux: CLOCK_BOOTTIME against CLOCK_MONOTONIC, clock_gettime(2)), or
where the monotonic clock runs on in sleep (Windows) as a tick that was due
long ago; so does a process that was stopped.
"""

import threading
import time
from collections.abc import Callable

SLEPT_S = 3.0
"""A tick that is due each second and stays away so long, or clocks so far apart, mean sleep [own choice]."""


def clock_that_counts_sleep() -> float:
    """Seconds on a clock that runs on while the machine is suspended.

    Where there is no such clock it is the wall clock: set by hand it makes
    the reader be opened once more, and nothing else.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() if boottime is None else time.clock_gettime(boottime)


class Slumber:
    """Notices sleep. ``tick`` is called each second by one thread, the rest from any thread."""

    def __init__(
        self,
        awake: Callable[[], float] = time.monotonic,
        always: Callable[[], float] = clock_that_counts_sleep,
    ) -> None:
        self._lock = threading.Lock()
        self._awake = awake
        self._always = always
        self._slept = False
        self._ticked_at: float | None = None
        self._apart = always() - awake()

    def tick(self) -> bool:
        """A sign that this process runs; True when it comes too late, after sleep."""
        with self._lock:
            slept = self._notice()
            self._ticked_at = self._awake()
            return slept

    def begin(self) -> None:
        """From here on something is open that sleep puts in doubt."""
        with self._lock:
            self._notice()
            self._slept = False

    @property
    def slept(self) -> bool:
        """True when there was sleep since ``begin``."""
        with self._lock:
            self._notice()
            return self._slept

    def _notice(self) -> bool:
        """Compare the clocks; each sleep is noticed once."""
        now = self._awake()
        apart = self._always() - now
        late = self._ticked_at is not None and now - self._ticked_at > SLEPT_S
        noticed = late or abs(apart - self._apart) > SLEPT_S
        if noticed:
            self._slept = True
            self._apart = apart
            if self._ticked_at is not None:
                self._ticked_at = now
        return noticed
