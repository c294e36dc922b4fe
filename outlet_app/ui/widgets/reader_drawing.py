"""The drawing of a card and a reader; it moves only when the reader is ready for a card."""

import math
from enum import Enum, auto

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from outlet_app.ui.pictures import drawing_pixmap
from outlet_app.ui.theme import theme

_WIDTH, _HEIGHT = 420.0, 330.0
_READER = QRectF(0, 158, 420, 172)
_CARD = QRectF(67, 0, 292, 200)
_FRAME_MS = 40
_PERIOD_MS = 2800
_BEGINS_MS = 500
"""Into the movement: the first picture has the card in it."""

_GREY = {"deep": "ink_second", "deep_raised": "line_strong", "deep_second": "line", "jade_mid": "line"}


class Motion(Enum):
    """What the drawing tells."""

    COMING = auto()
    """A card comes down: the reader waits for one."""
    LYING = auto()
    """The card lies still and is being read."""
    LEAVING = auto()
    """The card goes up: take it away."""
    OFF = auto()
    """The reader cannot be used: grey, no card, nothing moves."""


class ReaderDrawing(QWidget):
    """A picture without words; what it tells stands in words beside it."""

    def __init__(self, width_units: int = 420) -> None:
        super().__init__()
        self._units = width_units
        self._motion = Motion.OFF
        self._clock = QElapsedTimer()
        self._clock.start()
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(self._side(0.6))

    def set_motion(self, motion: Motion) -> None:
        """Tell something else; the movement begins anew."""
        if motion is not self._motion:
            self._motion = motion
            self._clock.restart()
            self._run()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Size of the drawing as it was drawn."""
        return self._side(1.0)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing moves while nobody sees it."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """See showEvent."""
        super().hideEvent(event)
        self._frames.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """Reader, waves, lamp and card, fitted into the widget."""
        scale = min(self.width() / _WIDTH, self.height() / _HEIGHT)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate((self.width() - _WIDTH * scale) / 2, (self.height() - _HEIGHT * scale) / 2)
        self._paint_layer(painter, "reader", _READER, scale, _GREY if self._motion is Motion.OFF else None)
        painter.scale(scale, scale)
        self._paint_waves(painter)
        self._paint_lamp(painter)
        painter.scale(1 / scale, 1 / scale)
        if self._motion is not Motion.OFF:
            painter.setOpacity(self._card_opacity())
            self._paint_layer(painter, "card", _CARD.translated(0, self._card_offset()), scale, None)
        painter.end()

    def _side(self, share: float) -> QSize:
        width = theme().px(self._units * share)
        return QSize(width, round(width * _HEIGHT / _WIDTH))

    def _run(self) -> None:
        if self.isVisible() and self._motion is not Motion.OFF:
            self._frames.start()
        else:
            self._frames.stop()

    def _phase(self) -> float:
        return (self._clock.elapsed() + _BEGINS_MS) % _PERIOD_MS / _PERIOD_MS

    def _card_offset(self) -> float:
        """Units from the resting place: negative is up. Comes and goes softly, and rests a while."""
        travelled = 0.5 - 0.5 * math.cos(math.pi * min(1.0, self._phase() / 0.55))
        if self._motion is Motion.COMING:
            return -22 + 34 * travelled
        if self._motion is Motion.LEAVING:
            return 12 - 48 * travelled
        return 12.0

    def _card_opacity(self) -> float:
        if self._motion is Motion.LYING:
            return 1.0
        phase = self._phase()
        return min(1.0, phase / 0.08, (1.0 - phase) / 0.08) if phase else 0.0

    def _paint_layer(
        self, painter: QPainter, name: str, place: QRectF, scale: float, swapped: dict[str, str] | None
    ) -> None:
        width, height = round(place.width() * scale), round(place.height() * scale)
        at = QPointF(place.x() * scale, place.y() * scale)
        painter.drawPixmap(at, drawing_pixmap(name, width, height, swapped))

    def _paint_waves(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for order, (half_width, drop) in enumerate(((30, 0), (54, 9), (78, 18))):
            colour = theme().colour("deep_second")
            colour.setAlphaF(self._wave_strength(order))
            painter.setPen(QPen(colour, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            box = QRectF(210 - half_width, 213 - drop, 2 * half_width, half_width * 0.5)
            painter.drawArc(box, 35 * 16, 110 * 16)

    def _wave_strength(self, order: int) -> float:
        if self._motion is Motion.OFF:
            return 0.25
        if self._motion is Motion.LEAVING:
            return 0.35
        turn = self._clock.elapsed() / 1400 - order * 0.22
        return 0.45 + 0.5 * (0.5 + 0.5 * math.sin(2 * math.pi * turn))

    def _paint_lamp(self, painter: QPainter) -> None:
        off = self._motion is Motion.OFF
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("line_strong" if off else "lamp"))
        painter.drawEllipse(QPointF(370, 262), 7, 7)
