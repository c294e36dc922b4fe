"""The one border between the window and the threads that work for it.

Other threads hand values over by emitting a signal of this object; it lives in
the GUI thread, so Qt delivers them there. Nothing else crosses, and no other
object of the window is touched from outside.
"""

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.events import ReaderEvent
from outlet_app.sync.link_status import LinkStatus
from outlet_app.ui.desk import Desk

T = TypeVar("T")
_OPENED_AGAIN_AFTER = frozenset({FailureCode.STORAGE_CORRUPT, FailureCode.STORAGE_FAILED})
"""Opening the database looks at it, and rescues what can be read."""

log = logging.getLogger(__name__)


class Station(Protocol):
    """What keeps a reader process alive."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End within seconds."""


class Sender(Protocol):
    """What sends records."""

    def start(self) -> None:
        """Begin."""

    def wake(self) -> None:
        """Something new waits."""

    def send_now(self) -> None:
        """Somebody asks, whatever the limits of a metered line say."""

    def stop(self) -> bool:
        """End within a second."""


@dataclass(frozen=True, slots=True)
class _Answer:
    ticket: int
    value: Any = None
    failure: BaseException | None = None


class Bridge(QObject):
    """Asks the intake on its own thread and hands every answer to the GUI thread.

    ``failed`` carries a KnownFailure, or None for an error of the program's
    own, when a question had nobody to tell its failure to.
    """

    reader_event_arrived = Signal(object)
    link_status_arrived = Signal(object)
    failed = Signal(object)
    _answered = Signal(object)

    def __init__(self, open_desk: Callable[[], Desk]) -> None:
        super().__init__()
        self._open_desk = open_desk
        self._desk: Desk | None = None  # the intake thread's alone
        self._tickets = itertools.count()
        self._waiting: dict[int, tuple[Callable[[Any], None], Callable[[KnownFailure], None] | None]] = {}
        self._intake = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        work: Callable[[Desk], T],
        then: Callable[[T], None],
        otherwise: Callable[[KnownFailure], None] | None = None,
    ) -> None:
        """Run ``work`` on the intake thread; ``then`` or ``otherwise`` is called on this one.

        Questions are answered in their order. Call it on the GUI thread.
        """
        ticket = next(self._tickets)
        self._waiting[ticket] = (then, otherwise)
        self._intake.submit(self._work, ticket, work)

    @property
    def is_idle(self) -> bool:
        """True when no question is open."""
        return not self._waiting

    def take_reader_event(self, event: ReaderEvent) -> None:
        """For the station's thread."""
        self.reader_event_arrived.emit(event)

    def take_link_status(self, status: LinkStatus) -> None:
        """For the sync thread."""
        self.link_status_arrived.emit(status)

    def close(self) -> None:
        """Answer what was asked, close the desk, end the thread. Nobody is told any more."""
        self._waiting.clear()
        self._intake.submit(self._close_desk)
        self._intake.shutdown(wait=True)

    def _work(self, ticket: int, work: Callable[[Desk], Any]) -> None:
        """On the intake thread."""
        try:
            if self._desk is None:
                self._desk = self._open_desk()
            answer = _Answer(ticket, value=work(self._desk))
        except BaseException as failure:  # noqa: BLE001 - told on the GUI thread, nothing may be lost here
            answer = _Answer(ticket, failure=failure)
            if isinstance(failure, KnownFailure) and failure.code in _OPENED_AGAIN_AFTER:
                self._close_desk()
        self._answered.emit(answer)

    def _close_desk(self) -> None:
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    @Slot(object)
    def _deliver(self, answer: _Answer) -> None:
        then, otherwise = self._waiting.pop(answer.ticket, (None, None))
        if then is None:
            return
        if answer.failure is None:
            then(answer.value)
        elif isinstance(answer.failure, KnownFailure):
            log.info("refused: %s", answer.failure.code)
            (otherwise or self.failed.emit)(answer.failure)
        else:
            log.error("unexpected error on the intake thread", exc_info=answer.failure)
            self.failed.emit(None)
