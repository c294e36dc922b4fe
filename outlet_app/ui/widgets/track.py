"""Three stations of a record, drawn as a track: kept here, received, accepted or refused."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.words import words

_LOOKS = {
    "reached": ("green_sign", "badge-good", "green_sign"),
    "waiting": ("amber_sign", "badge-waiting", "amber_sign"),
    "refused": ("red_sign", "badge-refused", "red_sign"),
    "ahead": ("line", "badge-open", "ink_second"),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One station: look ``reached``, ``waiting``, ``refused`` or ``ahead``, its name, and a line below."""

    look: str
    name: str
    below: str


class Track(QWidget):
    """Three stations beside each other. Each tells its state by sign, words and colour."""

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(unit(8))
        grid.setVerticalSpacing(unit(4))
        self._parts: list[tuple[QFrame, Picture, QLabel, QLabel]] = []
        for place in range(3):
            bar = QFrame()
            bar.setFixedHeight(unit(6))
            badge = Picture("badge-open", "ink_second", 22)
            name, below = words("lead-bold", wraps=True), words("small", wraps=True)
            grid.addWidget(bar, 0, 2 * place, 1, 2)
            grid.setRowMinimumHeight(1, unit(10))
            grid.addWidget(badge, 2, 2 * place, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, 2, 2 * place + 1)
            grid.addWidget(below, 3, 2 * place + 1)
            for label in (name, below):
                label.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(2 * place + 1, 1)
            self._parts.append((bar, badge, name, below))

    def show_stops(self, stops: tuple[Stop, Stop, Stop]) -> None:
        """Show where the record stands."""
        for (bar, badge, name, below), stop in zip(self._parts, stops, strict=True):
            colour, icon, tint = _LOOKS[stop.look]
            shade = getattr(theme().colours, colour)
            bar.setStyleSheet(f"background: {shade}; border: none; border-radius: {theme().px(3)}px;")
            badge.show_icon(icon, tint)
            name.setText(stop.name)
            below.setText(stop.below)
        self.setAccessibleName("; ".join(f"{stop.name} {stop.below}" for stop in stops))
