"""The page on which a second person approves: what it says differs, what it does not."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.second_person import SecondPerson


class SecondPersonPage(PageFrame):
    """Emits number and PIN of the second person.

    ``step`` and ``of`` (a message with that place) say where it stands, ``reason`` what is approved.
    """

    given = Signal(str, str)
    left = Signal()

    def __init__(self, name: str, step: int, of: str, reason: Callable[[], str]) -> None:
        super().__init__(f"page-{name}")
        self.step, self._of, self._reason = step, of, reason
        self.person = SecondPerson()
        self.confirm = main_button(f"{name}-confirm", icon="check")
        self.back = back_button(f"{name}-back", icon="arrow-left")
        self.confirm.clicked.connect(self.person.submit)
        self.back.clicked.connect(self.left)
        self.person.given.connect(self._submit)
        self.person.ready_changed.connect(self.confirm.setEnabled)
        self.body.addWidget(self.person, 1)
        self.set_buttons(self.confirm, self.back)

    def ask(self) -> None:
        """Ask for a second person's word, from the beginning."""
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
        self.setEnabled(True)
        self.confirm.setEnabled(False)
        self.person.forget()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Second person"))
        self.subtitle.setText(_(self._of).format(step=self.step))
        self.confirm.say(_("Approve"))
        self.back.say(_("Back"))
        self.person.reword(self._reason())

    def _submit(self, number: str, pin: str) -> None:
        self.setEnabled(False)
        self.given.emit(number, pin)
