"""A thread on which one thing at a time is done beside the counter: at a stick, or through a long day."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from outlet_app.domain.failures import KnownFailure

STOP_S = 1.0
log = logging.getLogger(__name__)

Job = Callable[["SideThread"], Any]


class SideThread(QObject):
    """Lives in the GUI thread. ``failed`` carries a KnownFailure, or None for an error of our own."""

    progressed = Signal(int, int)
    done = Signal(object)
    failed = Signal(object)
    _ended = Signal(object, object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._unwanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._next: Job | None = None
        self._percent = -1
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """True until what was begun has been told of."""
        return self._thread is not None

    def begin(self, job: Job, *, waits: bool = False) -> None:
        """Do it; while something else is being done, afterwards if it ``waits``, else not at all."""
        if self._thread is not None:
            self._next = job if waits else self._next
        else:
            self._unwanted.clear()
            self._percent = -1
            self._thread = threading.Thread(target=self._work, args=(job,), name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """What is being done is not wanted any more; it ends when it is asked next."""
        self._unwanted.set()

    def end(self) -> None:
        """The window goes: wait STOP_S at most, what hangs keeps nobody."""
        self._next = None
        self.stop()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def is_unwanted(self) -> bool:
        """For the job."""
        return self._unwanted.is_set()

    def report(self, done: int, of: int) -> None:
        """For the job: how far it is; told when it shows."""
        percent = 100 * done // of if of else 0
        if percent != self._percent:
            self._percent = percent
            self.progressed.emit(percent, 100)

    def _work(self, job: Job) -> None:
        """On the thread."""
        try:
            self._ended.emit(job(self), None)
        except BaseException as failure:  # noqa: BLE001 - told on the GUI thread, nothing may be lost here
            self._ended.emit(None, failure)

    @Slot(object, object)
    def _tell(self, found: Any, failure: BaseException | None) -> None:
        self._thread = None
        following, self._next = self._next, None
        if following is not None:
            self.begin(following)  # before anybody is told: whoever hears of it may begin something
        if failure is None:
            self.done.emit(found)
        elif isinstance(failure, KnownFailure):
            log.info("refused: %s", failure.code)
            self.failed.emit(failure)
        else:
            log.error("unexpected error on the thread %s", self._name, exc_info=failure)
            self.failed.emit(None)
