"""What this device was before it joined anew: the numbers that people compare with the operator's."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from outlet_app.i18n import _
from outlet_app.sync.enrolling import Former
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.words import words

_ROWS = 4


class FormerTerminalFacts(QWidget):
    """Last number given out here, last one received, how far without a gap, and what still waits."""

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        self.setObjectName("former-facts")
        self._former: Former | None = None
        self._heading = words("bold", wraps=True)
        self._after = words("second", wraps=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(unit(24))
        grid.setVerticalSpacing(unit(12))
        grid.addWidget(self._heading, 0, 0, 1, 2)
        self._lines: list[tuple[QLabel, QLabel]] = []
        for row in range(1, _ROWS + 1):
            name, value = words("second", wraps=True), words("title")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self._lines.append((name, value))
        grid.addWidget(self._after, _ROWS + 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)

    def show_former(self, former: Former | None) -> None:
        """The terminal that it was; None for nothing."""
        self._former = former
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        former = self._former
        self._heading.setText(
            "" if former is None else _("Before, it was terminal {terminal}").format(terminal=former.terminal)
        )
        told = ("",) * _ROWS if former is None else _told(former)
        names = (
            _("Last number given out here"),
            _("Last number received by the operator"),
            _("Received without a gap up to"),
            _("Records that still wait here"),
        )
        for (name, value), text, said in zip(self._lines, names, told, strict=True):
            name.setText("" if former is None else text)
            value.setText(said)
            value.setAccessibleName(f"{text}: {said}")
        self._after.setText("" if former is None else _afterwards(former))


def _afterwards(former: Former) -> str:
    if former.received is None:
        return _("Nothing here could prove it: read these numbers out to the operator, who closes it.")
    return _("It is closed with the next contact. What waits here is still sent.")


def _told(former: Former) -> tuple[str, ...]:
    unknown = _("not known")
    received, unbroken = (
        unknown if number is None else str(number) for number in (former.received, former.unbroken)
    )
    return str(former.highest), received, unbroken, str(former.waiting)
