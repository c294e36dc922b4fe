"""Sign-in: clerk number and PIN, on keys or on a keypad of our own. Works without a network."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import main_button
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.keypad import Keypad
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.words import words

LONGEST = 32
FEWEST_PIN_DIGITS = 6


class SignInPage(PageFrame):
    """Emits number and PIN. The PIN leaves the page at once, whatever becomes of it."""

    submitted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("page-sign-in")
        self._failure: KnownFailure | None = None
        self._number = Field("clerk-number", "person")
        self._pin = Field("clerk-pin", "lock")
        self._pin.line.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self._number, self._pin):
            field.line.setMaxLength(LONGEST)
            field.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
            field.changed.connect(self._note_change)
        self._offline = words("small", wraps=True)
        self._keypad = Keypad()
        self.sign_in_button = main_button("sign-in", icon="arrow-right")
        self._number.entered.connect(self._pin.line.setFocus)
        self._pin.entered.connect(self._submit)
        self.sign_in_button.clicked.connect(self._submit)
        self._keypad.digit_pressed.connect(self._type)
        self._keypad.back_pressed.connect(self._take_back)
        self._keypad.clear_pressed.connect(self._clear)
        self._lay_out()
        self.retranslate()
        self._note_change()

    def _lay_out(self) -> None:
        unit = theme().px
        panel = Panel()
        row = QHBoxLayout(panel)
        row.setContentsMargins(unit(48), unit(36), unit(48), unit(36))
        row.setSpacing(unit(64))
        left = QVBoxLayout()
        left.setSpacing(unit(20))
        left.addStretch(1)
        left.addWidget(self._number)
        left.addWidget(self._pin)
        left.addStretch(1)
        left.addWidget(self._offline)
        row.addLayout(left, 1)
        row.addWidget(self._keypad, 0, Qt.AlignmentFlag.AlignCenter)
        self._row = row
        self.body.addWidget(panel, 1)
        self.set_buttons(self.sign_in_button, None)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self._row.setSpacing(theme().px(36 if narrow else 64))

    def take_focus(self) -> None:
        """Begin with the number, or with the PIN when the number stands."""
        (self._pin if self._number.line.text() else self._number).line.setFocus()

    def forget(self) -> None:
        """Nobody's number and PIN."""
        self._failure = None
        for field in (self._number, self._pin):
            field.line.clear()
        self._show_failure()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why nobody was signed in; the PIN is asked anew."""
        self._failure = failure
        self.setEnabled(True)
        self._show_failure()
        self._pin.line.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Sign in"))
        self.subtitle.setText(_("With your clerk number and PIN"))
        self._number.rename(_("Clerk number"))
        self._pin.rename(_("PIN"))
        self._offline.setText(_("Works without a network too."))
        self.sign_in_button.say(_("Sign in"))
        self._keypad.retranslate()
        self._show_failure()

    def _show_failure(self) -> None:
        self._number.say("hint", "")
        if self._failure is None:
            self._pin.say("hint", _("Six digits or more"))
            return
        text = failure_text(self._failure.code)
        self._pin.say("wrong", f"{text.what} {text.do}")

    def _note_change(self) -> None:
        if self._failure is not None and self._pin.line.text():
            self._failure = None
            self._show_failure()
        ready = bool(self._number.line.text().strip()) and len(self._pin.line.text()) >= FEWEST_PIN_DIGITS
        self.sign_in_button.setEnabled(ready)

    def _submit(self) -> None:
        if not self.sign_in_button.isEnabled():
            return
        pin = self._pin.line.text()
        self._pin.line.clear()
        self.submitted.emit(self._number.line.text().strip(), pin)

    def _line(self) -> QLineEdit:
        return self._pin.line if self._pin.line.hasFocus() else self._number.line

    def _type(self, digit: str) -> None:
        self._line().insert(digit)

    def _take_back(self) -> None:
        self._line().backspace()

    def _clear(self) -> None:
        self._line().clear()
