"""What was checked and is in order."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.words import words


class CheckList(Panel):
    """A tick and a claim a line; hidden when there is none."""

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(unit(20), unit(16), unit(20), unit(16))
        self._column.setSpacing(unit(12))
        self._lines: list[QWidget] = []

    def show_checks(self, claims: tuple[str, ...]) -> None:
        """Show these claims."""
        for old in self._lines:
            self._column.removeWidget(old)
            old.hide()  # it goes with the next turn of the event loop, and must not be seen until then
            old.deleteLater()
        self._lines = [self._line(claim) for claim in claims]
        for line in self._lines:
            self._column.addWidget(line)
        self.setVisible(bool(claims))
        self.setAccessibleName(". ".join(claims))

    def _line(self, claim: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(12))
        row.addWidget(Picture("badge-good", "green_sign", 24), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words("bold", claim, wraps=True), 1)
        return line
