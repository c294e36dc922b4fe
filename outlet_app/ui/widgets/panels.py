"""White cards and coloured notices."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import set_look, theme
from outlet_app.ui.widgets.words import words

_BADGES = {
    "card": ("badge-good", "green_sign"),
    "jade": ("badge-note", "jade"),
    "amber": ("badge-trouble", "amber_sign"),
    "red": ("badge-refused", "red_sign"),
}


class Panel(QFrame):
    """A rounded ground: ``card``, ``jade``, ``amber`` or ``red``."""

    def __init__(self, tone: str = "card") -> None:
        super().__init__()
        self.setProperty("panel", tone)

    def set_tone(self, tone: str) -> None:
        """Change the ground."""
        set_look(self, "panel", tone)


class Notice(Panel):
    """A sentence that matters and what to do about it, told by sign, words and ground together."""

    def __init__(self, tone: str = "amber", what: str = "", do: str = "") -> None:
        super().__init__(tone)
        unit = theme().px
        self._badge = Picture(*_BADGES[tone], 24)
        self._what = words("bold", what, wraps=True)
        self._do = words("small", do, wraps=True)
        text = QVBoxLayout()
        text.setSpacing(unit(4))
        text.addWidget(self._what)
        text.addWidget(self._do)
        row = QHBoxLayout(self)
        row.setContentsMargins(unit(20), unit(16), unit(20), unit(16))
        row.setSpacing(unit(14))
        row.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        # not before it stands within this panel: a label alone would be a window of its own
        self._do.setVisible(bool(do))
        self._name()

    def say(self, tone: str, what: str, do: str = "") -> None:
        """Show another sentence."""
        self.set_tone(tone)
        for label in (self._what, self._do):
            # their colours are of the ground on which they stand
            label.style().unpolish(label)
            label.style().polish(label)
        self._badge.show_icon(*_BADGES[tone])
        self._what.setText(what)
        self._do.setText(do)
        self._do.setVisible(bool(do))
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(" ".join(filter(None, (self._what.text(), self._do.text()))))
