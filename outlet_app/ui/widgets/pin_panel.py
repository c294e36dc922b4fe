"""White ground for a few lines that are typed with fingers: lines at the left, keypad at the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.keypad import Keypad
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.refusal import Refusal

_TONES = {"wrong": "red", "caution": "amber", "hint": "card"}


class PinPanel(Panel):
    """Fields in two columns, below them what was refused; Enter goes from line to line and then submits."""

    submitted = Signal()
    changed = Signal()

    def __init__(self, *fields: Field) -> None:
        super().__init__()
        unit = theme().px
        self.fields = fields
        self._keypad = Keypad()
        self._keypad.types_into(*(field.line for field in fields))
        self._notice = Notice("red")
        self._refusal = Refusal(self, self._say)
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(28))
        grid.setVerticalSpacing(unit(12))
        for column in range(2):
            grid.setColumnStretch(column, 1)  # hidden digits are smaller than shown ones; their line is not
        for order, field in enumerate(fields):
            grid.addWidget(field, order // 2, order % 2)
        self.left = QVBoxLayout()
        self.left.setSpacing(unit(16))
        self.left.addStretch(1)
        self.left.addLayout(grid)
        self.left.addWidget(self._notice)
        self.left.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(unit(48), unit(28), unit(48), unit(28))
        self._row.addLayout(self.left, 1)
        self._row.addWidget(self._keypad, 0, Qt.AlignmentFlag.AlignCenter)
        following = [*(field.line.setFocus for field in fields[1:]), self.submitted.emit]
        for field, go_on in zip(fields, following, strict=True):
            field.entered.connect(go_on)
            field.changed.connect(self._note_change)
        self.set_narrow(narrow=False)
        self._refusal.drop()

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        self._row.setSpacing(theme().px(28 if narrow else 56))
        side = theme().px(28 if narrow else 48)
        self._row.setContentsMargins(side, theme().px(28), side, theme().px(28))

    def take_focus(self) -> None:
        """Begin with the first line that is empty."""
        next((field for field in self.fields if not field.line.text()), self.fields[0]).line.setFocus()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why it was refused."""
        self._refusal.show(failure)

    def forget(self) -> None:
        """Nothing of anybody stays in a line."""
        self._refusal.drop()
        for field in self.fields:
            field.line.clear()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._keypad.retranslate()
        self._refusal.retranslate()

    def _note_change(self, text: str) -> None:
        if text:
            self._refusal.drop()
        self.changed.emit()

    def _say(self, verdict: str, text: str) -> None:
        self._notice.setVisible(bool(text))
        self._notice.say(_TONES[verdict], text)
