"""How far a rescue has come: a large database takes minutes, and whoever waits wants to see them pass.

The database is opened in many places and rescued in one, so that whoever
shows the progress says so here, once for its process.
"""

from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

Listener = Callable[[int], None]
"""Called with a percentage that never falls, on the thread that opens the database."""

TELL_EVERY_S = 0.5
LOOK_EVERY = 256
"""Steps between two looks at the clock."""

READ, BUILT, WHOLE = 40, 95, 100
"""Percent when all is read, when all is put into the new file, and at the end (about, as measured)."""

_listeners: list[Listener] = []
_at_work: list["RescueProgress"] = []


def listen(listener: Listener) -> Callable[[], None]:
    """From now on the listener is told of each rescue of this process; returns what ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def is_at_work() -> bool:
    """True while a thread of this process rescues a database."""
    return bool(_at_work)


class RescueProgress:
    """The progress of one rescue, within a ``with``; of a million steps two a second are told at most."""

    def __init__(self) -> None:
        self._from = self._to = 0
        self._steps, self._step = 1, 0
        self._told_at = monotonic()

    def __enter__(self) -> Self:
        _at_work.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _at_work.remove(self)

    def begin(self, to: int, steps: int) -> None:
        """The next part: so many steps, at the end of which it will be ``to`` percent."""
        self._from, self._to = self._to, to
        self._steps, self._step = max(1, steps), 0

    def step(self) -> None:
        """One more of them is done."""
        self._step += 1
        if self._step % LOOK_EVERY == 0:
            self._look()

    def end(self) -> None:
        """All is done."""
        for listener in tuple(_listeners):
            listener(WHOLE)

    def _look(self) -> None:
        if monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = monotonic()
        done = min(1.0, self._step / self._steps)
        for listener in tuple(_listeners):
            listener(int(self._from + (self._to - self._from) * done))
