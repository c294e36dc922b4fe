"""SIGTERM and Ctrl-C end the demo in order, and never between a process's start and its being known."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Interruption:
    """Raises KeyboardInterrupt in the main thread; while ``held``, only at the end of that."""

    def __init__(self) -> None:
        self._held = False
        self._pending = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Both signals are taken for as long as the block lasts."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, self._take) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What comes within the block is raised at its end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt

    def _take(self, _number: int, _frame: object) -> None:
        if self._held:
            self._pending = True
        else:
            raise KeyboardInterrupt


interruption = Interruption()
"""Of this process: signals are the process's, too."""
