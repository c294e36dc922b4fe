"""The newest scans as pictures, of which one is picked."""

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from outlet_app.i18n import _
from outlet_app.ui import figures
from outlet_app.ui.scan_views import ScanItem
from outlet_app.ui.theme import theme

_COLUMNS = 3
_WORDS_UNITS = 30


class ScanTile(QAbstractButton):
    """One scan: its picture, and when it was made."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme().px(110), theme().px(88))
        self.item: ScanItem | None = None

    def show_item(self, item: ScanItem | None) -> None:
        """Show a scan, or nothing."""
        self.item = item
        self.setVisible(item is not None)
        self.setEnabled(item is not None and item.picture is not None)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        if self.item is not None:
            self.setText(self._words(self.item))
            self.setAccessibleName(_("Scan of {time}").format(time=self.text()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """Ground, picture, time; a ring for what is picked and what has the focus."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        edge = "focus" if self.hasFocus() else ("jade" if self.isChecked() else "line")
        width = 3 if self.hasFocus() or self.isChecked() else 1
        painter.setPen(QPen(look.colour(edge), width))
        painter.setBrush(look.colour("jade_soft" if self.isChecked() else "page"))
        frame = self.rect().adjusted(width, width, -width, -width)
        painter.drawRoundedRect(frame, look.px(12), look.px(12))
        inner = frame.adjusted(look.px(8), look.px(8), -look.px(8), -look.px(_WORDS_UNITS))
        if self.item is not None and self.item.picture is not None:
            _draw_within(painter, self.item.picture, inner)
        painter.setFont(look.font(16, bold=self.isChecked()))
        painter.setPen(look.colour("ink" if self.isEnabled() else "ink_second"))
        below = QRect(frame.left(), inner.bottom(), frame.width(), frame.bottom() - inner.bottom())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide as a card on its side."""
        return QSize(theme().px(180), theme().px(150))

    @staticmethod
    def _words(item: ScanItem) -> str:
        if item.pending:
            return "…"
        if item.picture is None:
            return _("No picture")
        return figures.time_of_day(item.modified_at, seconds=True)


class ScanTiles(QWidget):
    """Up to six tiles; emits the path of the one that was picked."""

    picked = Signal(object)

    def __init__(self, most: int) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme().px(10))
        self._tiles = [ScanTile(f"scan-{order}") for order in range(most)]
        for order, tile in enumerate(self._tiles):
            grid.addWidget(tile, order // _COLUMNS, order % _COLUMNS)
            tile.clicked.connect(self._pick)
            tile.hide()
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """What is picked."""
        return self._path

    def show_items(self, items: tuple[ScanItem, ...], picked: Path | None) -> None:
        """Show scans, one of them picked; a pick that is there no more is none."""
        known = {item.path for item in items if item.picture is not None}
        self._path = picked if picked in known else None
        for order, tile in enumerate(self._tiles):
            tile.show_item(items[order] if order < len(items) else None)
            tile.setChecked(tile.item is not None and tile.item.path == self._path)

    def retranslate(self) -> None:
        """Words in the language in force."""
        for tile in self._tiles:
            tile.retranslate()

    def _pick(self) -> None:
        tile = self.sender()
        assert isinstance(tile, ScanTile)
        assert tile.item is not None, "an empty tile is not shown"
        self._path = tile.item.path
        for each in self._tiles:
            each.setChecked(each is tile)
        self.picked.emit(self._path)


def _draw_within(painter: QPainter, image: QImage, frame: QRect) -> None:
    size = image.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(frame.topLeft(), size)
    place.moveCenter(frame.center())
    painter.drawImage(place, image)
