"""The clock that nobody sets: how long this machine has been up, sleep included, and which start it was.

Linux: CLOCK_BOOTTIME (clock_gettime(2)) and ``/proc/sys/kernel/random/boot_id`` (random(4)). Windows: the
monotonic clock, which runs on in sleep there, and as the start's name the moment that the wall clock gives
for it: a wall clock that is set by more than some minutes makes another start of it, which is then judged as
after a start. Of two starts taken for one, less is said to have passed than has: the later one's own time is
all that counts, and no less than that went by.
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
"""Two guesses so near each other are of one start: two clocks of one machine drift by seconds a day."""

_GUESSED = "at-"


@dataclass(frozen=True, slots=True)
class BootMoment:
    """A moment since a start of this machine: the start's name, and milliseconds since then."""

    boot: str
    ms: int

    def passed_since(self, earlier: "BootMoment | None") -> timedelta | None:
        """How long ago that was; None when it was before this start of the machine, or is not known."""
        if earlier is None or not _is_one_start(earlier.boot, self.boot) or earlier.ms > self.ms:
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
    return f"{_GUESSED}{round(time.time() - seconds)}"


def _is_one_start(one: str, other: str) -> bool:
    if one == other:
        return True
    guesses = [name.removeprefix(_GUESSED) for name in (one, other) if name.startswith(_GUESSED)]
    if len(guesses) < len((one, other)) or not all(guess.isdecimal() for guess in guesses):
        return False
    return abs(int(guesses[0]) - int(guesses[1])) <= _GUESS_S
