"""How far a long work is, as a line that fills, and in words for a screen reader."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from outlet_app.i18n import _
from outlet_app.ui.theme import theme

_HEIGHT_UNITS = 14


class ProgressLine(QWidget):
    """A part of the whole, from 0 to 1."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._part = 0.0
        self.setFixedHeight(theme().px(_HEIGHT_UNITS))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def part(self) -> float:
        """What is shown."""
        return self._part

    def show_part(self, done: int, of: int) -> None:
        """So much of so much."""
        self._part = min(1.0, done / of) if of else 0.0
        self.setAccessibleName(_("Done: {percent} %").format(percent=round(self._part * 100)))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as there is room."""
        return QSize(theme().px(320), theme().px(_HEIGHT_UNITS))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """The ground, and the part that is done."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().colour("line"))
        radius = self.height() / 2
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(theme().colour("page"))
        painter.drawRoundedRect(ground, radius, radius)
        if self._part:
            painter.setPen(theme().colour("jade"))
            painter.setBrush(theme().colour("jade"))
            done = QRectF(ground)
            done.setWidth(max(ground.height(), ground.width() * self._part))
            painter.drawRoundedRect(done, radius, radius)
        painter.end()
