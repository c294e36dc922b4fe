"""Sign-in: clerk number and PIN, on keys or on a keypad of our own. Works without a network."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import main_button
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.person_fields import PersonFields
from outlet_app.ui.widgets.words import words


class SignInPage(PageFrame):
    """Emits number and PIN. The PIN leaves the page at once, whatever becomes of it."""

    submitted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("page-sign-in")
        self.person = PersonFields("clerk")
        self._offline = words("small", wraps=True)
        self.sign_in_button = main_button("sign-in", icon="arrow-right")
        self.sign_in_button.clicked.connect(self.person.submit)
        self.person.given.connect(self.submitted)
        self.person.ready_changed.connect(self.sign_in_button.setEnabled)
        self._lay_out()
        self.retranslate()
        self.sign_in_button.setEnabled(False)

    def _lay_out(self) -> None:
        unit = theme().px
        self.person.left.insertStretch(0, 1)
        self.person.left.addStretch(1)
        self.person.left.addWidget(self._offline)
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(unit(48), unit(36), unit(48), unit(36))
        column.addWidget(self.person)
        self.body.addWidget(panel, 1)
        self.set_buttons(self.sign_in_button, None)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self.person.set_narrow(narrow=narrow)

    def take_focus(self) -> None:
        """Begin with the number, or with the PIN when the number stands."""
        self.person.take_focus()

    def forget(self) -> None:
        """Nobody's number and PIN."""
        self.person.forget()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why nobody was signed in; the PIN is asked anew."""
        self.person.show_failure(failure)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Sign in"))
        self.subtitle.setText(_("With your clerk number and PIN"))
        self._offline.setText(_("Works without a network too."))
        self.sign_in_button.say(_("Sign in"))
        self.person.retranslate()
