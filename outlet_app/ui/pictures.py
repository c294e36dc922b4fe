"""Icons and drawings from SVG files, tinted by the tokens and sharp at every scale."""

import re
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QWidget

from outlet_app.ui.theme import theme

_HERE = Path(__file__).parent
_TOKEN = re.compile(r"@([a-z_]+)")


def icon_pixmap(name: str, colour: str, units: int) -> QPixmap:
    """The icon of that file name in a colour token, a square of so many units."""
    side = theme().px(units)
    tint = getattr(theme().colours, colour)
    return _cached("icons", name, QSize(side, side), {"currentColor": tint})


def drawing_pixmap(
    name: str, width_px: int, height_px: int, swapped: dict[str, str] | None = None
) -> QPixmap:
    """A drawing whose colours are tokens written ``@name``; ``swapped`` takes other tokens for some."""
    colours = asdict(theme().colours)
    exchange = {f"@{token}": colours[(swapped or {}).get(token, token)] for token in colours}
    return _cached("drawings", name, QSize(width_px, height_px), exchange)


def tinted_icon(
    name: str, colour: str, units: int, *, checked: str | None = None, gap: tuple[int, int] = (0, 0)
) -> QIcon:
    """A button's icon: in ``checked``'s colour while it is checked, in second ink while it is disabled.

    ``gap`` is air in units at its left and right, which keeps words away.
    """
    icon = QIcon(_with_gap(icon_pixmap(name, colour, units), gap))
    icon.addPixmap(_with_gap(icon_pixmap(name, "ink_second", units), gap), QIcon.Mode.Disabled)
    if checked is not None:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
            icon.addPixmap(_with_gap(icon_pixmap(name, checked, units), gap), mode, QIcon.State.On)
    return icon


class Picture(QLabel):
    """One icon standing by itself; decoration unless it is given an accessible name."""

    def __init__(self, name: str, colour: str, units: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = units
        self._shown: tuple[str, str] | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedSize(theme().px(units), theme().px(units))
        self.show_icon(name, colour)

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon or colour."""
        if self._shown != (name, colour):
            self._shown = (name, colour)
            self.setPixmap(icon_pixmap(name, colour, self._units))


def _with_gap(picture: QPixmap, gap: tuple[int, int]) -> QPixmap:
    if gap == (0, 0):
        return picture
    ratio = picture.devicePixelRatio()
    left, right = (round(theme().px(units) * ratio) for units in gap)
    wide = QPixmap(picture.width() + left + right, picture.height())
    wide.setDevicePixelRatio(ratio)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(QPointF(left / ratio, 0), picture)
    painter.end()
    return wide


def _cached(folder: str, name: str, size: QSize, exchange: dict[str, str]) -> QPixmap:
    ratio = _ratio()
    key = f"{folder}/{name}/{size.width()}x{size.height()}@{ratio}/{hash(tuple(sorted(exchange.items())))}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = _rendered(_HERE / folder / f"{name}.svg", size, ratio, exchange)
        QPixmapCache.insert(key, pixmap)
    return pixmap


def _rendered(file: Path, size: QSize, ratio: float, exchange: dict[str, str]) -> QPixmap:
    text = file.read_text(encoding="utf-8").replace("currentColor", exchange.get("currentColor", ""))
    text = _TOKEN.sub(lambda found: exchange.get(found.group(0), found.group(0)), text)
    renderer = QSvgRenderer(QByteArray(text.encode("utf-8")))
    pixmap = QPixmap(size * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _ratio() -> float:
    screen = QGuiApplication.primaryScreen()
    return screen.devicePixelRatio() if screen is not None else 1.0
