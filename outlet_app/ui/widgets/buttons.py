"""Buttons by rank: one main button a page, the way back beside it, quiet ones elsewhere."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from outlet_app.ui.pictures import tinted_icon
from outlet_app.ui.theme import theme

_ICON_UNITS = 22
_GAP_UNITS = 8


class RankedButton(QPushButton):
    """A button whose look follows its rank; the icon stands before or after the words."""

    def __init__(
        self, kind: str, name: str, *, icon: str = "", colour: str = "ink", after: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setObjectName(name)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon:
            gap = (_GAP_UNITS, 0) if after else (0, _GAP_UNITS)
            self.setIcon(tinted_icon(icon, colour, _ICON_UNITS, gap=gap))
            self.setIconSize(QSize(theme().px(_ICON_UNITS) + theme().px(_GAP_UNITS), theme().px(_ICON_UNITS)))
        if after:
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    def say(self, text: str, *, accessible: str = "") -> None:
        """Set the words and what a screen reader says."""
        self.setText(text)
        self.setAccessibleName(accessible or text)


def main_button(name: str, *, icon: str = "") -> RankedButton:
    """The one main button of a page; its icon stands after the words."""
    return RankedButton("main", name, icon=icon, colour="card", after=True)


def back_button(name: str = "back", *, icon: str = "") -> RankedButton:
    """The way back beside the main button."""
    return RankedButton("back", name, icon=icon)


def plain_button(name: str, *, icon: str = "") -> RankedButton:
    """A button that stands in running text."""
    return RankedButton("plain", name, icon=icon, colour="jade")
