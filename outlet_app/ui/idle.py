"""The idle lock: nobody touched the counter for a while, so nobody is signed in any more."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

LIMIT_S = 300
_TOUCHES = {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
_SIGNS_OF_LIFE = _TOUCHES | {QEvent.Type.MouseMove, QEvent.Type.Wheel}


class IdleLock(QObject):
    """Watches the whole application; ``expired`` once after each quiet time, ``touched`` at each touch."""

    expired = Signal()
    touched = Signal()

    def __init__(self, limit_s: int = LIMIT_S) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(limit_s * 1000)
        self._timer.timeout.connect(self.expired)
        self._timer.start()

    def touch(self) -> None:
        """Somebody is there: the quiet time begins anew."""
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name and signature
        """Looks on, keeps nothing."""
        if event.type() in _SIGNS_OF_LIFE:
            self.touch()
            if event.type() in _TOUCHES:
                self.touched.emit()
        return False
