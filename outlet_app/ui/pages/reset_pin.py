"""A forgotten PIN: a supervisor's word, and the temporary PIN that it gives."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.person_fields import FEWEST_PIN_DIGITS, number_field, pin_field
from outlet_app.ui.widgets.pin_panel import PinPanel
from outlet_app.ui.widgets.words import words

_GROUP = 3


class ResetPinPage(PageFrame):
    """Emits the clerk's number and the supervisor's number and PIN; shows the temporary PIN once."""

    submitted = Signal(str, str, str)
    change_wanted = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-reset-pin")
        self._given_to = ""
        self._clerk = number_field("reset-clerk")
        self._supervisor = number_field("reset-supervisor")
        self._pin = pin_field("reset-pin")
        self._panel = PinPanel(self._clerk, self._supervisor, self._pin)
        self._why = words("small", wraps=True)
        self._panel.left.addWidget(self._why)
        self._temporary = words("huge")
        self._temporary.setObjectName("temporary-pin")
        self._told = words("bold", wraps=True)
        self._then = words("second", wraps=True)
        self._answer = self._lay_out_answer()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._panel)
        self._stack.addWidget(self._answer)
        self._go = main_button("reset-go", icon="arrow-right")
        self._back = back_button("reset-back")
        self._go.clicked.connect(self._go_on)
        self._back.clicked.connect(self.left)
        self._panel.submitted.connect(self._go_on)
        self._panel.changed.connect(self._note_change)
        self.body.addWidget(self._stack, 1)
        self.set_buttons(self._go, self._back)
        self.retranslate()

    def _lay_out_answer(self) -> Panel:
        unit = theme().px
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(unit(48), unit(36), unit(48), unit(36))
        column.setSpacing(unit(16))
        column.addStretch(1)
        for part in (self._told, self._temporary, self._then):
            column.addWidget(part)
        column.addStretch(2)
        return panel

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self._panel.set_narrow(narrow=narrow)

    def begin(self, number: str) -> None:
        """For the clerk of this number, if it is known already."""
        self.forget()
        self._clerk.line.setText(number)

    def show_temporary(self, number: str, pin: str) -> None:
        """The temporary PIN, until the page is left."""
        self._given_to = number
        self._temporary.setText(f"{pin[:_GROUP]} {pin[_GROUP:]}")
        self._stack.setCurrentWidget(self._answer)
        self.retranslate()
        self._go.setFocus()

    def take_focus(self) -> None:
        """On the first line that is empty."""
        self._panel.take_focus()

    def forget(self) -> None:
        """Nobody's number and no PIN, the temporary one neither."""
        self._given_to = ""
        self._temporary.setText("")
        self._panel.forget()
        self._stack.setCurrentWidget(self._panel)
        self.retranslate()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why nothing was reset; the PIN is asked anew."""
        self._panel.show_failure(failure)
        self._pin.line.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Forgotten PIN"))
        self.subtitle.setText(_("A supervisor gives a temporary one"))
        self._clerk.rename(_("Who forgot the PIN"))
        self._supervisor.rename(_("Supervisor's number"))
        self._pin.rename(_("Supervisor's PIN"))
        self._why.setText(_("A supervisor's own PIN is set anew by the operator alone."))
        self._told.setText(_("Temporary PIN of clerk {number}").format(number=self._given_to))
        self._then.setText(_("It is shown once and good for setting a PIN of one's own, nothing else."))
        self._go.say(_("Set a new PIN") if self._given_to else _("Give a temporary PIN"))
        self._back.say(_("Back"))
        self._panel.retranslate()
        self._note_change()

    def _note_change(self) -> None:
        numbers = all(field.line.text().strip() for field in (self._clerk, self._supervisor))
        ready = numbers and len(self._pin.line.text()) >= FEWEST_PIN_DIGITS
        self._go.setEnabled(ready or bool(self._given_to))

    def _go_on(self) -> None:
        if self._given_to:
            self.change_wanted.emit(self._given_to)
        elif self._go.isEnabled():
            clerk, supervisor, pin = (field.line.text().strip() for field in self._panel.fields)
            self._pin.line.clear()
            self.submitted.emit(clerk, supervisor, pin)
