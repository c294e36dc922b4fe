"""One line of large type that grows as far as the room and no further."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from outlet_app.ui.theme import theme

_SIZES = (54, 42, 32, 26, 21, 16)


class FittedLine(QWidget):
    """Bold text in the largest size of the scale that fits."""

    def __init__(self, largest: int = 54) -> None:
        super().__init__()
        self._sizes = [units for units in _SIZES if units <= largest]
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What is shown."""
        return self._text

    def say(self, text: str) -> None:
        """Show a text."""
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A line of the largest size."""
        return QSize(1, QFontMetrics(theme().font(self._sizes[0], bold=True)).height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """The text, cut only when even the smallest size does not fit."""
        painter = QPainter(self)
        for units in self._sizes:
            font = theme().font(units, bold=True)
            if QFontMetrics(font).horizontalAdvance(self._text) <= self.width():
                break
        painter.setFont(font)
        painter.setPen(theme().colour("ink"))
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
