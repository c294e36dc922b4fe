"""The one style sheet, made from the tokens and scaled to the screen."""

import re
from dataclasses import asdict
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget

from outlet_app.ui.tokens import DRAWN_FOR, FACES, LIGHT, Colours

_SHEET = Path(__file__).with_name("theme.qss")
_UNIT = re.compile(r"\b(\d+)u\b")
_COLOUR = re.compile(r"@([a-z_]+)")
SMALLEST_SCALE = 1.0
"""Never below one: targets stay 48 pixels and text 16 on a small screen; pages close ranks instead."""

LARGEST_SCALE = 2.5


class Theme:
    """Colours and sizes at one scale. ``px`` turns units of the drawings into pixels of this screen."""

    def __init__(self, scale: float = 1.0, colours: Colours = LIGHT) -> None:
        self.scale = scale
        self.colours = colours

    def px(self, units: float) -> int:
        """Whole pixels for a length in units."""
        return round(units * self.scale)

    def colour(self, name: str) -> QColor:
        """A colour by its token name; AttributeError for a name that is no token."""
        return QColor(getattr(self.colours, name))

    def sheet(self) -> str:
        """The style sheet of the whole application."""
        named = asdict(self.colours)
        text = _SHEET.read_text(encoding="utf-8")
        text = _COLOUR.sub(lambda found: str(named[found.group(1)]), text)
        return _UNIT.sub(lambda found: f"{self.px(int(found.group(1)))}px", text)

    def font(self, units: int = 18, *, bold: bool = False) -> QFont:
        """The product's face at a size in units, for what is painted by hand."""
        font = QFont(QApplication.font())
        font.setPixelSize(self.px(units))
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        return font


class _InForce:
    """The theme that widgets ask for while they are built and painted."""

    theme = Theme()


def theme() -> Theme:
    """The theme in force."""
    return _InForce.theme


def scale_for(width: int, height: int) -> float:
    """Scale for a window of this many pixels."""
    wanted = min(width / DRAWN_FOR[0], height / DRAWN_FOR[1])
    return max(SMALLEST_SCALE, min(LARGEST_SCALE, wanted))


def put_on(app: QApplication, scale: float) -> Theme:
    """Put face, sizes and style sheet on the application; call before widgets are built."""
    _InForce.theme = Theme(scale)
    families = set(QFontDatabase.families())
    font = QFont(next((face for face in FACES if face in families), app.font().family()))
    font.setPixelSize(_InForce.theme.px(18))
    app.setFont(font)
    app.setStyle("Fusion")
    app.setStyleSheet(_InForce.theme.sheet())
    return _InForce.theme


def set_look(widget: QWidget, name: str, value: str) -> None:
    """Change a property that the style sheet asks for, and have the widget drawn by it."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
