"""A supervisor approves one more number on one identity, with a PIN of their own."""

from PySide6.QtCore import Signal

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.second_person import SecondPerson


class IdentityApprovalPage(PageFrame):
    """Emits number and PIN of the second person."""

    given = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-identity-approval")
        self.person = SecondPerson()
        self.confirm = main_button("identity-confirm", icon="check")
        self.back = back_button("identity-back", icon="arrow-left")
        self.confirm.clicked.connect(self.person.submit)
        self.back.clicked.connect(self.left)
        self.person.given.connect(self._submit)
        self.person.ready_changed.connect(self.confirm.setEnabled)
        self.body.addWidget(self.person, 1)
        self.set_buttons(self.confirm, self.back)
        self.forget()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why it was not approved."""
        self.setEnabled(True)
        self.person.show_failure(failure)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self.person.set_narrow(narrow=narrow)

    def take_focus(self) -> None:
        """Begin with the number."""
        self.person.take_focus()

    def forget(self) -> None:
        """Nobody's number and PIN."""
        self.setEnabled(True)
        self.confirm.setEnabled(False)
        self.person.forget()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Second person"))
        self.subtitle.setText(_("Step {step} of 4").format(step=2))
        self.confirm.say(_("Approve"))
        self.back.say(_("Back"))
        self.person.reword(failure_text(FailureCode.IDENTITY_LIMIT).what)

    def _submit(self, number: str, pin: str) -> None:
        self.setEnabled(False)
        self.given.emit(number, pin)
