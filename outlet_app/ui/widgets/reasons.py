"""Why a registration is taken back, or a record given up, as buttons."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout

from outlet_app.domain.registrations import GiveUpReason, VoidReason
from outlet_app.i18n import N_, _
from outlet_app.ui.mend_words import reason_words
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import RankedButton
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.words import words

_COLUMNS = 2
WHY_TAKEN_BACK = N_("Why is it taken back?")
WHY_GIVEN_UP = N_("Why is it given up?")


class ReasonChoice(Panel):
    """One reason at a time, none at first."""

    changed = Signal()

    def __init__(
        self, question: str, reasons: Sequence[VoidReason | GiveUpReason], name: str = "reason"
    ) -> None:
        super().__init__()
        self._asks = question
        unit = theme().px
        self._question = words("bold")
        self._group = QButtonGroup(self)
        self._buttons: dict[VoidReason | GiveUpReason, RankedButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(unit(48), unit(36), unit(48), unit(36))
        grid.setSpacing(unit(16))
        grid.setRowStretch(0, 1)
        grid.addWidget(self._question, 1, 0, 1, _COLUMNS)
        for order, reason in enumerate(reasons):
            button = RankedButton("chip", f"{name}-{reason}")
            button.setCheckable(True)
            button.setMinimumHeight(unit(56))
            self._group.addButton(button, order)
            self._buttons[reason] = button
            grid.addWidget(button, 2 + order // _COLUMNS, order % _COLUMNS)
        grid.setRowStretch(2 + len(self._buttons), 2)
        self._group.idToggled.connect(lambda _order, _checked: self.changed.emit())
        self.retranslate()

    @property
    def reason(self) -> VoidReason | GiveUpReason | None:
        """The one that was chosen."""
        return next((reason for reason, button in self._buttons.items() if button.isChecked()), None)

    def take_focus(self) -> None:
        """On the first reason."""
        next(iter(self._buttons.values())).setFocus()

    def forget(self) -> None:
        """None is chosen."""
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._question.setText(_(self._asks))
        for reason, button in self._buttons.items():
            button.say(reason_words(reason))
