"""The idle lock: nobody touched the counter for a while, so nobody is signed in any more."""

from PySide6.QtCore import QEvent, QObject, Signal

from outlet_app.contract.policy import BUILT_IN
from outlet_app.ui.quiet_time import QuietTime

_AGAIN_S = 1
_TOUCHES = {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
_SIGNS_OF_LIFE = _TOUCHES | {QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.InputMethod}


class IdleLock(QObject):
    """Watches the whole application; ``expired`` once after each quiet time, ``touched`` at each touch."""

    expired = Signal()
    touched = Signal()

    def __init__(self, limit_s: int = BUILT_IN.idle_lock_s) -> None:
        super().__init__()
        self._limit_s = limit_s
        self.quiet = QuietTime()
        self.quiet.over.connect(self.expired)
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
        if not limit_s:
            self.quiet.stop()
        elif self.quiet.is_running:
            self.quiet.change(limit_s)
        else:
            self.quiet.start(limit_s)

    def touch(self) -> None:
        """Somebody is there: the quiet time begins anew."""
        if self._limit_s:
            self.quiet.start(self._limit_s)

    def look_again(self) -> None:
        """What was to be locked could not be just now: expire again in a second, unless somebody comes."""
        self.quiet.start(_AGAIN_S)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name and signature
        """Looks on, keeps nothing."""
        if event.type() in _SIGNS_OF_LIFE:
            self.touch()
            if event.type() in _TOUCHES:
                self.touched.emit()
        return False
