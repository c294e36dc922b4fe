"""A field with its name above and the verdict on it below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import set_look, theme
from outlet_app.ui.widgets.words import set_role, words

_VERDICTS = {
    "good": ("good", "badge-good", "green_sign"),
    "wrong": ("wrong", "badge-refused", "red_sign"),
    "caution": ("caution", "badge-trouble", "amber_sign"),
    "hint": ("small", "", ""),
}


class Field(QWidget):
    """Icon, name, line, verdict. Emits each change and when Enter ends it."""

    changed = Signal(str)
    entered = Signal()

    def __init__(self, name: str, icon: str) -> None:
        super().__init__()
        unit = theme().px
        self.line = QLineEdit()
        self.line.setObjectName(name)
        self.line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._name = words("bold")
        self._badge = Picture("badge-good", "green_sign", 20)
        self._badge.hide()
        self._verdict = words("small", wraps=True)
        self._verdict.setObjectName(f"{name}-verdict")
        heading = QHBoxLayout()
        heading.setSpacing(unit(8))
        heading.addWidget(Picture(icon, "ink_second", 24))
        heading.addWidget(self._name, 1)
        below = QHBoxLayout()
        below.setSpacing(unit(8))
        below.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._verdict, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(unit(8))
        column.addLayout(heading)
        column.addWidget(self.line)
        column.addLayout(below)
        below.addStrut(unit(24))  # the page stands still when a verdict comes
        self.line.textChanged.connect(self.changed)
        self.line.returnPressed.connect(self.entered)

    def rename(self, name: str) -> None:
        """What the field is called."""
        self._name.setText(name)
        self.line.setAccessibleName(name)

    @property
    def is_wrong(self) -> bool:
        """True while the verdict says so."""
        return bool(self.line.property("verdict") == "wrong")

    def say(self, verdict: str, text: str) -> None:
        """Verdict ``hint``, ``good``, ``caution`` or ``wrong``, told by sign, words and colour."""
        role, badge, colour = _VERDICTS[verdict]
        set_role(self._verdict, role)
        self._verdict.setText(text)
        self._badge.setVisible(bool(badge))
        if badge:
            self._badge.show_icon(badge, colour)
        set_look(self.line, "verdict", verdict)
        self.line.setAccessibleDescription(text)
