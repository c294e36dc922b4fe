"""Reference cycles are collected in the GUI thread only.

Python collects them in whatever thread happens to allocate; a widget that is
destroyed there takes the program down. So automatic collection is off while
the counter is open, and a timer of the GUI thread does it instead.
"""

import gc
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_MS = 1000
YOUNG_LIMIT = 2000
OLD_EVERY = 10
"""One look in so many takes the middle generation too; what start-up made is left out for good."""


class CycleCollector(QObject):
    """Within it, and as long as an event loop runs, cycles are collected here."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0
        self._was_on = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def __enter__(self) -> Self:
        self._was_on = gc.isenabled()
        gc.disable()
        # modules, tables and pages stay for as long as the program runs: not worth looking at again
        gc.collect()
        gc.freeze()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        if self._was_on:
            gc.enable()

    @Slot()
    def look(self) -> None:
        """Collect the young when there are many of them, now and then the older ones."""
        self._looks += 1
        if self._looks % OLD_EVERY == 0:
            gc.collect(1)
        elif gc.get_count()[0] > YOUNG_LIMIT:
            gc.collect(0)
