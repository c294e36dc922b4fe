"""One thing said in large type on a white ground, a sign at its left, what follows from it below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.words import words


class Announcement(Panel):
    """Fills a page that says one thing and asks nothing else; ``name`` names its sentence for tests."""

    def __init__(self, name: str, badge: str, *below: QWidget) -> None:
        super().__init__()
        unit = theme().px
        self._what = words("display", wraps=True)
        self._what.setObjectName(name)
        self._more = words("lead-second", wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(unit(64), unit(48), unit(64), unit(48))
        row.setSpacing(unit(48))
        row.addWidget(Picture(badge, "amber_sign", 120), 0, Qt.AlignmentFlag.AlignVCenter)
        text = QVBoxLayout()
        text.setSpacing(unit(12))
        text.addStretch(1)
        text.addWidget(self._what)
        text.addWidget(self._more)
        if below:
            text.addSpacing(unit(20))
        for part in below:
            text.addWidget(part)
        text.addStretch(1)
        row.addLayout(text, 1)

    def say(self, what: str, more: str) -> None:
        """The sentence, and what follows from it."""
        self._what.setText(what)
        self._more.setText(more)
