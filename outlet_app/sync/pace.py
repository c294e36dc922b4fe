"""Bytes let over the line no faster than so many a second, both ways together."""

import threading
import time
from collections.abc import Callable

PIECE_S = 0.125
"""What is let through at once is worth this much time, or is one packet."""

_MOST_PIECE_BYTES = 8_192
_LEAST_PIECE_BYTES = 1_400
"""One packet: shorter ones would be heads for the most part."""

_LATE_S = 0.05
"""Waking up late costs no speed; a line that was idle for longer than this saved nothing up."""


class Pace:
    """One line's. ``now`` is a clock that nobody sets; ``wait`` waits so many seconds, or until ``end``."""

    def __init__(
        self,
        bytes_per_s: int,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._bytes_per_s = bytes_per_s
        self._now = now
        self._ended = threading.Event()
        self._wait = self._ended.wait if wait is None else wait
        self._free_at = now()
        self.held_s = 0.0
        """Seconds for which bytes were held back so far: no silence and no slowness of the other side."""

    @property
    def piece_bytes(self) -> int:
        """The most that is to be let through at once."""
        return min(max(int(self._bytes_per_s * PIECE_S), _LEAST_PIECE_BYTES), _MOST_PIECE_BYTES)

    def take(self, count: int) -> None:
        """Return when so many bytes have had their time, before they are sent or after they were received."""
        now = self._now()
        if now - self._free_at > _LATE_S:
            self._free_at = now
        self._free_at += count / self._bytes_per_s
        wait_s = self._free_at - now
        if wait_s > 0 and not self._ended.is_set():
            self._wait(wait_s)
            self.held_s += self._now() - now

    def end(self) -> None:
        """Nobody is held back any more; from any thread."""
        self._ended.set()
