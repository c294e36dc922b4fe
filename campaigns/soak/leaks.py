"""What a process holds, counted before and after."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

_SETTLE_S = 5.0
"""What is on its way out is given this long."""

_REST_S = 1.5
"""Longer than one wait for a card, which is a second."""


@dataclass(frozen=True, slots=True)
class Count:
    """Handles, threads and child processes of a process."""

    handles: int
    threads: int
    children: int

    @classmethod
    def of(cls, process: psutil.Process) -> "Count":
        """As they are now."""
        return cls(process.num_fds(), process.num_threads(), len(process.children(recursive=True)))

    def exceeds(self, other: "Count") -> bool:
        """True when any of them is more than there."""
        return self.handles > other.handles or self.threads > other.threads or self.children > other.children


def at_rest(count: Callable[[], Count]) -> Count:
    """The most that is held in a while: a reader that was ready this moment does not wait for a card yet."""
    deadline = time.monotonic() + _REST_S
    most = count()
    while time.monotonic() < deadline:
        threading.Event().wait(0.05)
        now = count()
        most = Count(
            max(most.handles, now.handles), max(most.threads, now.threads), max(most.children, now.children)
        )
    return most


def leaks(name: str, before: Count, count: Callable[[], Count]) -> list[str]:
    """Empty when no more is there than before; what is on its way out is given a moment."""
    deadline = time.monotonic() + _SETTLE_S
    while (now := count()).exceeds(before):
        if time.monotonic() > deadline:
            return [f"{name}: {before} became {now}"]
        threading.Event().wait(0.05)
    return []
