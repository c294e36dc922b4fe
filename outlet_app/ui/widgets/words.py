"""Labels by their role in the type scale."""

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel

from outlet_app.ui.theme import set_look

_HIGHEST = 10_000


class WrappedLabel(QLabel):
    """A label of several lines that keeps the height its words need: nothing is cut at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Other words may need another height."""
        super().setText(text)
        self._keep_height()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width may need another height."""
        super().resizeEvent(event)
        self._keep_height()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another face or size may need another height."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._keep_height()

    def _keep_height(self) -> None:
        # QLabel's own heightForWidth never falls below a minimum that was set before
        box = QRect(0, 0, max(1, self.contentsRect().width()), _HIGHEST)
        flags = Qt.TextFlag.TextWordWrap.value | self.alignment().value
        needed = self.fontMetrics().boundingRect(box, flags, self.text()).height() if self.text() else 0
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)


def words(role: str, text: str = "", *, wraps: bool = False) -> QLabel:
    """A label in a role of the style sheet (``title``, ``second``, ``small`` …); plain text, never markup."""
    label = WrappedLabel() if wraps else QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def set_role(label: QLabel, role: str) -> None:
    """Give a label another role."""
    set_look(label, "role", role)


def rule() -> QFrame:
    """A hairline between rows."""
    line = QFrame()
    line.setProperty("rule", "true")
    return line
