"""The idle lock: nobody touched the counter for a while, so nobody is signed in any more."""

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from outlet_app.contract.policy import BUILT_IN

_AGAIN_MS = 1000
_TOUCHES = {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
_SIGNS_OF_LIFE = _TOUCHES | {QEvent.Type.MouseMove, QEvent.Type.Wheel}


class IdleLock(QObject):
    """Watches the whole application; ``expired`` once after each quiet time, ``touched`` at each touch."""

    expired = Signal()
    touched = Signal()

    def __init__(self, limit_s: int = BUILT_IN.idle_lock_s) -> None:
        super().__init__()
        self._limit_s = limit_s
        self._touched_at_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.expired)
        self.touch()

    @property
    def limit_s(self) -> int:
        """The quiet time, 0 for a counter that is never locked."""
        return self._limit_s

    def set_limit(self, limit_s: int) -> None:
        """Another quiet time, from the last sign of life on."""
        if limit_s == self._limit_s:
            return
        self._limit_s = limit_s
        self._start()

    def touch(self) -> None:
        """Somebody is there: the quiet time begins anew."""
        self._touched_at_s = time.monotonic()
        self._start()

    def look_again(self) -> None:
        """What was to be locked could not be just now: expire again in a second, unless somebody comes."""
        self._timer.start(_AGAIN_MS)

    def _start(self) -> None:
        if not self._limit_s:
            self._timer.stop()
            return
        left_s = self._touched_at_s + self._limit_s - time.monotonic()
        self._timer.start(max(0, round(left_s * 1000)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name and signature
        """Looks on, keeps nothing."""
        if event.type() in _SIGNS_OF_LIFE:
            self.touch()
            if event.type() in _TOUCHES:
                self.touched.emit()
        return False
