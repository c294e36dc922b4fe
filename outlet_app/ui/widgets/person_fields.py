"""Somebody's number and PIN, on keys or on a keypad of our own, and the verdict on them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import N_, _
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.keypad import Keypad
from outlet_app.ui.widgets.refusal import Refusal

LONGEST = 32
FEWEST_PIN_DIGITS = 6
_GAP_UNITS = 64
_NARROW_GAP_UNITS = 36


def number_field(name: str) -> Field:
    """A line for somebody's number."""
    return _field(name, "person")


def pin_field(name: str) -> Field:
    """A line for a PIN: nobody reads it over the shoulder."""
    field = _field(name, "lock")
    field.line.setEchoMode(QLineEdit.EchoMode.Password)
    field.say("hint", "")  # dressed anew: the style sheet has a dot of its own for hidden digits
    return field


def _field(name: str, icon: str) -> Field:
    field = Field(name, icon)
    field.line.setMaxLength(LONGEST)
    field.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
    return field


class PersonFields(QWidget):
    """Number and PIN at the left, the keypad at the right; ``left`` takes more above and below.

    Emits ``given`` with number and PIN once both are typed and sent off; the
    PIN leaves the lines at once, whatever becomes of it. ``whose`` names the
    number, in English: on a page where the clerk stands beside, that it is not theirs.
    """

    given = Signal(str, str)
    ready_changed = Signal(bool)

    def __init__(self, name: str, whose: str = N_("Clerk number")) -> None:
        super().__init__()
        self._whose = whose
        self.number = number_field(f"{name}-number")
        self.pin = pin_field(f"{name}-pin")
        self._refusal = Refusal(self, self._say)
        self._keypad = Keypad()
        unit = theme().px
        self.left = QVBoxLayout()
        self.left.setSpacing(unit(20))
        self.left.addWidget(self.number)
        self.left.addWidget(self.pin)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(unit(_GAP_UNITS))
        self._row.addLayout(self.left, 1)
        self._row.addWidget(self._keypad, 0, Qt.AlignmentFlag.AlignCenter)
        for field in (self.number, self.pin):
            field.changed.connect(self._note_change)
        self.number.entered.connect(self.pin.line.setFocus)
        self.pin.entered.connect(self.submit)
        self._keypad.types_into(self.number.line, self.pin.line)
        self._was_ready = False

    @property
    def is_ready(self) -> bool:
        """True when there is a number and enough digits for a PIN."""
        return bool(self.number.line.text().strip()) and len(self.pin.line.text()) >= FEWEST_PIN_DIGITS

    def submit(self) -> None:
        """Send off what was typed, if it is enough."""
        if not self.is_ready:
            return
        pin = self.pin.line.text()
        self.pin.line.clear()
        self.given.emit(self.number.line.text().strip(), pin)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        self._row.setSpacing(theme().px(_NARROW_GAP_UNITS if narrow else _GAP_UNITS))
        self.left.setSpacing(theme().px(10 if narrow else 20))

    def take_focus(self) -> None:
        """Begin with the number, or with the PIN when the number stands."""
        (self.pin if self.number.line.text() else self.number).line.setFocus()

    def forget(self) -> None:
        """Nobody's number and PIN."""
        self._refusal.drop()
        for field in (self.number, self.pin):
            field.line.clear()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why they did not do; the PIN is asked anew."""
        self._refusal.show(failure)
        self.pin.line.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.number.rename(_(self._whose))
        self.pin.rename(_("PIN"))
        self._keypad.retranslate()
        self._refusal.retranslate()

    def _note_change(self) -> None:
        if self.pin.line.text():
            self._refusal.drop()
        if self._was_ready != self.is_ready:
            self._was_ready = self.is_ready
            self.ready_changed.emit(self.is_ready)

    def _say(self, verdict: str, text: str) -> None:
        self.pin.say(verdict, text or _("Six digits or more"))
