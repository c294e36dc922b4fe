"""Labels by their role in the type scale."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from outlet_app.ui.theme import set_look


def words(role: str, text: str = "", *, wraps: bool = False) -> QLabel:
    """A label in a role of the style sheet (``title``, ``second``, ``small`` …); plain text, never markup."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    if wraps:
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


def set_role(label: QLabel, role: str) -> None:
    """Give a label another role."""
    set_look(label, "role", role)


def rule() -> QFrame:
    """A hairline between rows."""
    line = QFrame()
    line.setProperty("rule", "true")
    return line
