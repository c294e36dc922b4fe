"""A barcode scanner is a keyboard that types fast and ends with Enter.

What it types while no field has the focus must not press buttons: it is
gathered here and told as one scan.
"""

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

SHORTEST = 12
"""Characters; people do not type so many within the pause."""

LONGEST_PAUSE_MS = 100
_ENDS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Scanner(QObject):
    """Watches the keys of the whole application; a field with the focus gets them as usual."""

    scanned = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._since = QElapsedTimer()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """True for a key that belongs to a scan."""
        if (
            event.type() is not QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
            or not watched.isWidgetType()
        ):
            return False
        if watched is not QApplication.focusWidget() or isinstance(watched, QLineEdit):
            return False
        if self._since.isValid() and self._since.elapsed() > LONGEST_PAUSE_MS:
            self._text = ""
        self._since.restart()
        typed = event.text()
        if typed.isalnum() and typed.isascii():
            self._text += typed
            return True
        text, self._text = self._text, ""
        if event.key() in _ENDS and len(text) >= SHORTEST:
            self.scanned.emit(text)
            return True
        return False
