"""Counts of the day in one line."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from outlet_app.i18n import _
from outlet_app.ui.theme import theme
from outlet_app.ui.views import TodayView
from outlet_app.ui.widgets.words import words


class Tally(QWidget):
    """Registered, accepted, refused."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tally")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        self._pairs: list[tuple[QLabel, QLabel]] = []
        self._view = TodayView()
        for order in range(3):
            if order:
                row.addSpacing(theme().px(8))
                row.addWidget(words("second", "·"))
                row.addSpacing(theme().px(8))
            name, count = words("second"), words("lead-bold")
            row.addWidget(name)
            row.addWidget(count)
            self._pairs.append((name, count))
        self._typed = words("second")
        self._typed.setObjectName("tally-typed")
        row.addSpacing(theme().px(16))
        row.addWidget(self._typed)
        row.addStretch(1)
        self.setMinimumHeight(theme().px(32))

    def show_today(self, view: TodayView) -> None:
        """Show counts."""
        self._view = view
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        view = self._view
        counts = (
            (_("Registered today"), view.registered),
            (_("Accepted"), view.accepted),
            (_("Refused"), view.refused),
        )
        for (name, count), (text, value) in zip(self._pairs, counts, strict=True):
            name.setText(text)
            count.setText(str(value))
        refused = self._pairs[2][1]
        refused.setStyleSheet(f"color: {theme().colours.red};" if view.refused else "")
        typed = _typed_words(view)
        self._typed.setText(typed)
        self._typed.setVisible(bool(typed))
        parts = [f"{text} {value}" for text, value in counts]
        self.setAccessibleName(", ".join([*parts, typed] if typed else parts))


def _typed_words(view: TodayView) -> str:
    """Typed documents are counted apart, and against the policy's number where there is one."""
    if not view.exceptions_offered and not view.exceptions:
        return ""
    if not view.most_exceptions:
        return _("Typed documents today: {count}").format(count=view.exceptions)
    return _("Typed documents today: {count} of {most}").format(
        count=view.exceptions, most=view.most_exceptions
    )
