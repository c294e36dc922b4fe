"""A statement of the clerk: a large box to tick with finger, mouse or space bar."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy

from outlet_app.ui.pictures import icon_pixmap
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.words import words

_BOX_UNITS = 32


class Statement(QCheckBox):
    """Box and sentence; the whole of it is the target. ``made`` shows one that stands already."""

    def __init__(self, name: str, *, made: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        unit = theme().px
        self._made = made
        self._words = words("lead", wraps=True)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(unit(_BOX_UNITS + 30), unit(12), unit(16), unit(12))
        row.addWidget(self._words)
        self.setMinimumHeight(unit(64))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        if made:
            self.setChecked(True)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, text: str) -> None:
        """The sentence."""
        self._words.setText(text)
        self.setAccessibleName(text)

    def hitButton(self, pos: object) -> bool:  # noqa: ARG002, N802 - Qt's name and signature
        """Everywhere within."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """Ground, box, tick, and the ring of the focus."""
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 3 if self.hasFocus() else 2
        edge = "focus" if self.hasFocus() else ("jade_mid" if self.isChecked() else "line_strong")
        painter.setPen(QPen(colours.colour(edge), width))
        painter.setBrush(colours.colour("jade_soft" if self.isChecked() else "card"))
        inset = width / 2
        radius = colours.px(12)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
        self._paint_box(painter)
        painter.end()

    def _paint_box(self, painter: QPainter) -> None:
        side = theme().px(_BOX_UNITS)
        box = QRectF(theme().px(16), (self.height() - side) / 2, side, side)
        ticked = self.isChecked()
        painter.setPen(QPen(theme().colour("jade" if ticked else "line_strong"), 2))
        painter.setBrush(theme().colour("jade" if ticked else "card"))
        painter.drawRoundedRect(box, theme().px(8), theme().px(8))
        if ticked:
            tick = icon_pixmap("check", "card", 24)
            space = (side - theme().px(24)) / 2
            painter.drawPixmap(int(box.x() + space), int(box.y() + space), tick)
