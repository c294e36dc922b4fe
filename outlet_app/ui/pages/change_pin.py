"""One's own PIN: the old one and, twice, a new one."""

from PySide6.QtCore import Signal

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.person_fields import FEWEST_PIN_DIGITS, number_field, pin_field
from outlet_app.ui.widgets.pin_panel import PinPanel


class ChangePinPage(PageFrame):
    """Emits number, old and new PIN; the PINs leave the page at once, whatever becomes of them."""

    submitted = Signal(str, str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-change-pin")
        self._number = number_field("change-number")
        self._old = pin_field("change-old")
        self._new = pin_field("change-new")
        self._again = pin_field("change-again")
        self._panel = PinPanel(self._number, self._old, self._new, self._again)
        self._save = main_button("change-save", icon="arrow-right")
        self._back = back_button("change-back")
        self._save.clicked.connect(self._submit)
        self._back.clicked.connect(self.left)
        self._panel.submitted.connect(self._submit)
        self._panel.changed.connect(self._note_change)
        self.body.addWidget(self._panel, 1)
        self.set_buttons(self._save, self._back)
        self.retranslate()
        self._note_change()

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self._panel.set_narrow(narrow=narrow)

    def begin(self, number: str, why: KnownFailure | None = None) -> None:
        """For the clerk of this number, perhaps because a temporary PIN must be changed."""
        self.forget()
        self._number.line.setText(number)
        if why is not None:
            self._panel.show_failure(why)

    def take_focus(self) -> None:
        """On the first line that is empty."""
        self._panel.take_focus()

    def forget(self) -> None:
        """Nobody's number and PINs."""
        self._panel.forget()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why nothing was changed; the PINs are asked anew."""
        self._panel.show_failure(failure)
        self._old.line.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Change PIN"))
        self.subtitle.setText(_("Nobody but you should know it"))
        self._number.rename(_("Clerk number"))
        self._old.rename(_("Old PIN"))
        self._new.rename(_("New PIN"))
        self._again.rename(_("New PIN again"))
        self._new.say("hint", _("Six digits or more"))
        self._save.say(_("Save and sign in"))
        self._back.say(_("Back"))
        self._panel.retranslate()
        self._note_change()

    def _note_change(self) -> None:
        new, again = self._new.line.text(), self._again.line.text()
        differs = bool(again) and not new.startswith(again)
        self._again.say("wrong" if differs else "hint", _("Not the same as the new PIN") if differs else "")
        enough = min(len(self._old.line.text()), len(new)) >= FEWEST_PIN_DIGITS
        self._save.setEnabled(bool(self._number.line.text().strip()) and enough and new == again)

    def _submit(self) -> None:
        if not self._save.isEnabled():
            return
        number, old, new = (field.line.text().strip() for field in (self._number, self._old, self._new))
        for field in (self._old, self._new, self._again):
            field.line.clear()
        self.submitted.emit(number, old, new)
