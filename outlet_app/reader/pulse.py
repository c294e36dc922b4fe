"""The reading loop's signs of life, so that a process whose loop is wedged falls silent."""

import threading
import time

OPENING_S = 30.0
"""Longest stretch without a sign while a reader is looked for; finding it has its own bound of 20 s."""

ASKING_S = 15.0
"""Longest stretch without a sign while a reader is asked; the slowest answer, a read at 9600, takes 8 s."""


class Pulse:
    """When the loop last gave a sign, and how long it may stay without the next one."""

    def __init__(self, bound_s: float = OPENING_S) -> None:
        self._lock = threading.Lock()
        self._bound_s = bound_s
        self._last = time.monotonic()

    def beat(self, bound_s: float) -> None:
        """A sign of life; the next one comes within ``bound_s``."""
        with self._lock:
            self._last = time.monotonic()
            self._bound_s = bound_s

    def begin_anew(self) -> None:
        """Time that the machine slept is nobody's silence: the bound counts from now."""
        with self._lock:
            self._last = time.monotonic()

    def age_s(self) -> float | None:
        """Seconds since the last sign, None when the bound is over: the loop is wedged."""
        with self._lock:
            age_s = time.monotonic() - self._last
            return age_s if age_s <= self._bound_s else None
