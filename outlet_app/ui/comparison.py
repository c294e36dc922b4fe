"""The comparison of the day with the operator, on a thread of its own: the network may take its time."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.reconciling import reconcile
from outlet_app.sync.stop import Stop

STOP_S = 1.0
log = logging.getLogger(__name__)


class Comparison(QObject):
    """Lives in the GUI thread. ``ended`` carries a KnownFailure, or None once the result is kept."""

    ended = Signal(object)
    _over = Signal(object)

    def __init__(self, home: Path, clock: Callable[[], datetime], link: LinkLimits = UNLIMITED) -> None:
        super().__init__()
        self._home = home
        self._clock = clock
        self._link = link
        self._stop = Stop()
        self._thread: threading.Thread | None = None
        self._over.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """True until the outcome was told."""
        return self._thread is not None

    def begin(self) -> None:
        """Compare, unless it is being done."""
        if self._thread is None and not self._stop.was_asked():
            self._thread = threading.Thread(target=self._compare, name="comparison", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End within STOP_S: the exchange in flight is cut."""
        self._stop.ask()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _compare(self) -> None:
        failure: KnownFailure | None = None
        try:
            reconcile(self._home, self._clock, stop=self._stop, link=self._link)
        except KnownFailure as known:
            failure = known
        except Exception:
            log.exception("unexpected error while comparing")
            failure = KnownFailure(FailureCode.SERVER_ERROR)
        self._over.emit(failure)

    @Slot(object)
    def _tell(self, failure: KnownFailure | None) -> None:
        self._thread = None
        self.ended.emit(failure)
