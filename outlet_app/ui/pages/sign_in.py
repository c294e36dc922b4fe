"""Sign-in: clerk number and PIN, on keys or on a keypad of our own. Works without a network."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import main_button, plain_button
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.person_fields import PersonFields
from outlet_app.ui.widgets.words import words


class SignInPage(PageFrame):
    """Emits number and PIN. The PIN leaves the page at once, whatever becomes of it."""

    submitted = Signal(str, str)
    change_wanted = Signal()
    reset_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("page-sign-in")
        self._locked_for = ""
        self.person = PersonFields("clerk")
        self._locked = Notice("jade")
        self._locked.setObjectName("locked-notice")
        self._offline = words("small", wraps=True)
        self.sign_in_button = main_button("sign-in", icon="arrow-right")
        self._change = plain_button("change-pin")
        self._reset = plain_button("forgotten-pin")
        self.sign_in_button.clicked.connect(self.person.submit)
        self._change.clicked.connect(self.change_wanted)
        self._reset.clicked.connect(self.reset_wanted)
        self.person.given.connect(self.submitted)
        self.person.ready_changed.connect(self.sign_in_button.setEnabled)
        self._lay_out()
        self.retranslate()
        self.sign_in_button.setEnabled(False)

    def _lay_out(self) -> None:
        unit = theme().px
        self.person.left.insertWidget(0, self._locked)
        self.person.left.insertStretch(1, 1)
        self.person.left.addStretch(1)
        self.person.left.addWidget(self._offline)
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(unit(48), unit(36), unit(48), unit(36))
        column.addWidget(self.person)
        self.body.addWidget(panel, 1)
        pins = QWidget()
        row = QHBoxLayout(pins)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(16))
        for button in (self._change, self._reset):
            row.addWidget(button)
        row.addStretch(1)
        self.set_buttons(self.sign_in_button, None, note=pins)

    @property
    def number(self) -> str:
        """The clerk number as it stands."""
        return self.person.number.line.text().strip()

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self.person.set_narrow(narrow=narrow)

    def take_focus(self) -> None:
        """Begin with the number, or with the PIN when the number stands."""
        self.person.take_focus()

    def forget(self) -> None:
        """Nobody's number and PIN."""
        self._locked_for = ""
        self._say_locked()
        self.person.forget()

    def show_locked(self, number: str) -> None:
        """A customer waits behind the lock for the clerk of this number."""
        self._locked_for = number
        self._say_locked()
        self.show_number(number)

    def show_number(self, number: str) -> None:
        """The number of who most likely signs in; the PIN is asked."""
        self.person.number.line.setText(number)
        self.take_focus()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why nobody was signed in; the PIN is asked anew."""
        self.person.show_failure(failure)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Sign in"))
        self.subtitle.setText(_("With your clerk number and PIN"))
        self._offline.setText(_("Works without a network too."))
        self.sign_in_button.say(_("Sign in"))
        self._change.say(_("Change PIN"))
        self._reset.say(_("Forgotten PIN"))
        self.person.retranslate()
        self._say_locked()

    def _say_locked(self) -> None:
        self._locked.setVisible(bool(self._locked_for))
        self._offline.setVisible(not self._locked_for)
        what = _("Locked: nobody was at the counter.")
        do = _("Clerk {number} finds the customer again. Whoever else signs in begins anew.")
        self._locked.say("jade", what, do.format(number=self._locked_for))
