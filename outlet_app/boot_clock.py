"""The clock that nobody sets: how long this machine has been up, sleep included, and which start it was.

Linux: CLOCK_BOOTTIME (clock_gettime(2)) and ``/proc/sys/kernel/random/boot_id`` (random(4)). Windows: the
monotonic clock, which runs on in sleep there, and as the start's name the moment that the wall clock gives
for it: a wall clock that is set makes another start of it, which is then judged as after a start.
"""

import functools
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NAME_CHARS = 12
"""Enough of a random name to tell two starts of one machine apart."""

_GUESS_S = 600
"""A start's moment is guessed to ten minutes: two clocks of one machine drift by seconds a day."""


@dataclass(frozen=True, slots=True)
class BootMoment:
    """A moment since a start of this machine: the start's name, and milliseconds since then."""

    boot: str
    ms: int

    def passed_since(self, earlier: "BootMoment | None") -> timedelta | None:
        """How long ago that was; None when it was before this start of the machine, or is not known."""
        if earlier is None or earlier.boot != self.boot or earlier.ms > self.ms:
            return None
        return timedelta(milliseconds=self.ms - earlier.ms)


def boot_now() -> BootMoment:
    """This moment."""
    seconds = seconds_awake_and_asleep()
    return BootMoment(_boot_name() or _guessed_name(seconds), int(seconds * 1000))


def seconds_awake_and_asleep() -> float:
    """Seconds on a clock that nobody sets and that runs on while the machine is suspended."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


@functools.cache
def _boot_name() -> str | None:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip().replace("-", "")[:_NAME_CHARS] or None
    except (OSError, UnicodeDecodeError):
        return None


def _guessed_name(seconds: float) -> str:
    return f"at-{round((time.time() - seconds) / _GUESS_S)}"
