"""The journals looked through once, when the counter opens, on a thread of their own: they may be long."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from outlet_app.domain.failures import KnownFailure
from outlet_app.sync.journals import broken_journals, note_broken
from outlet_app.sync.stores import Stores
from outlet_app.ui.counter import Counter
from outlet_app.ui.desk import Desk

STOP_S = 1.0
log = logging.getLogger(__name__)


class JournalWatch(QObject):
    """Says on the home page that a journal is not whole; the journal itself says so too."""

    _found_broken = Signal()

    def __init__(self, counter: Counter, home: Path, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._counter = counter
        self._home = home
        self._clock = clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="journals", daemon=True)
        self._found_broken.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin looking; once."""
        self._thread.start()

    def stop(self) -> None:
        """End within STOP_S; harmless before start."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _look(self) -> None:
        try:
            with Stores(self._home) as stores:
                found = broken_journals(stores, self._ended.is_set)
                note_broken(stores, found, self._clock())
        except KnownFailure as failure:
            log.warning("the journals could not be looked through: %s", failure.code)
            return
        for broken in found:
            log.error("journal of %s: entry %s %s", broken.terminal, broken.number, broken.kind)
        if found and not self._ended.is_set():
            self._found_broken.emit()

    @Slot()
    def _tell(self) -> None:
        self._counter.bridge.ask(Desk.tell_journal_broken, lambda _: self._counter.refresh())
