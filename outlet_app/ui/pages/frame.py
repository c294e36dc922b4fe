"""What all pages share: title and step above, the task in the middle, the buttons below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import RankedButton
from outlet_app.ui.widgets.words import words

_MARGIN_UNITS = 40
_NARROW_MARGIN_UNITS = 24


class PageFrame(QWidget):
    """A page. Pages show values and emit what people did; they decide nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("page", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        unit = theme().px
        self.title = words("title")
        self.title.setObjectName(f"{name}-title")
        self.subtitle = words("subtitle")
        self.subtitle.setContentsMargins(0, 0, 0, unit(4))  # both lines of type stand on one line
        self.narrow = False
        heading = QHBoxLayout()
        heading.setSpacing(unit(16))
        heading.addWidget(self.title, 0, Qt.AlignmentFlag.AlignBottom)
        heading.addWidget(self.subtitle, 0, Qt.AlignmentFlag.AlignBottom)
        heading.addStretch(1)
        self.heading = heading
        self.body = QVBoxLayout()
        self.body.setSpacing(unit(20))
        self.footer = QHBoxLayout()
        self.footer.setSpacing(unit(16))
        self._column = QVBoxLayout(self)
        self._column.setSpacing(unit(20))
        self._column.addLayout(heading)
        self._column.addLayout(self.body, 1)
        self._column.addLayout(self.footer)
        self._set_margins(_MARGIN_UNITS)

    def set_narrow(self, *, narrow: bool) -> None:
        """Close ranks on a small screen."""
        self.narrow = narrow
        self._set_margins(_NARROW_MARGIN_UNITS if narrow else _MARGIN_UNITS)

    def _set_margins(self, units: int) -> None:
        side = theme().px(units)
        self._column.setContentsMargins(side, theme().px(28), side, theme().px(20))

    def set_buttons(
        self, main: RankedButton | None, back: RankedButton | None, *, note: QWidget | None = None
    ) -> None:
        """The main button bottom right, the way back beside it, a note at the left."""
        if note is not None:
            self.footer.addWidget(note, 1)
        else:
            self.footer.addStretch(1)
        for button in (back, main):
            if button is not None:
                self.footer.addWidget(button)

    def take_focus(self) -> None:
        """Put the focus where the keyboard should begin; called each time the page comes up."""
        self.setFocus()

    def forget(self) -> None:
        """Drop everything about the last person."""

    def retranslate(self) -> None:
        """Show all words in the language in force."""
