"""A supervisor approves a typed document with a PIN of their own."""

from PySide6.QtCore import Signal

from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.documents import kind_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.second_person import SecondPerson


class ApprovalPage(PageFrame):
    """Emits number and PIN of the second person."""

    given = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-approval")
        self._kind: DocumentKind | None = None
        self.person = SecondPerson()
        self.confirm = main_button("approval-confirm", icon="check")
        self.back = back_button("approval-back", icon="arrow-left")
        self.confirm.clicked.connect(self.person.submit)
        self.back.clicked.connect(self.left)
        self.person.given.connect(self._submit)
        self.person.ready_changed.connect(self.confirm.setEnabled)
        self.body.addWidget(self.person, 1)
        self.set_buttons(self.confirm, self.back)
        self.retranslate()

    def ask(self, kind: DocumentKind) -> None:
        """Ask for a second person's word on a document of this kind."""
        self._kind = kind
        self.setEnabled(True)
        self.confirm.setEnabled(False)
        self.person.ask(self._reason())
        self.retranslate()

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
        self._kind = None
        self.setEnabled(True)
        self.person.forget()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Second person"))
        self.subtitle.setText(_("Step {step} of 5").format(step=4))
        self.confirm.say(_("Approve"))
        self.back.say(_("Back"))
        self.person.reword(self._reason())

    def _submit(self, number: str, pin: str) -> None:
        self.setEnabled(False)
        self.given.emit(number, pin)

    def _reason(self) -> str:
        if self._kind is None:
            return ""
        document = kind_text(self._kind)
        return _("Typed: {document}. I saw it; what was typed stands on it.").format(document=document)
