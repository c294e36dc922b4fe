"""Number, SIM card and consent given anew; what is left empty stays as it was."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import Corrections
from outlet_app.i18n import _
from outlet_app.ui import figures
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.statement import Statement
from outlet_app.ui.widgets.words import words
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid


class CorrectionFields(Panel):
    """Two fields and a statement, one of which is enough."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        self.number = Field("amend-number", "phone")
        self.iccid = Field("amend-iccid", "sim")
        self.number.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.iccid.line.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        self.consent = Statement("amend-consent")
        self._why = words("second", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(unit(48), unit(16), unit(48), unit(16))
        column.setSpacing(unit(12))
        column.addStretch(1)
        column.addWidget(self._why)
        for field in (self.number, self.iccid):
            field.changed.connect(self._note_change)
            column.addWidget(field)
        self.consent.toggled.connect(self._note_change)
        column.addWidget(self.consent)
        column.addStretch(2)
        self.number.entered.connect(self.iccid.line.setFocus)
        self.retranslate()

    @property
    def corrections(self) -> Corrections:
        """What is given anew, as typed."""
        number, iccid = self._texts
        return Corrections(number or None, iccid or None, self.consent.isChecked() or None)

    @property
    def _texts(self) -> tuple[str, str]:
        return self.number.line.text().strip(), self.iccid.line.text().strip()

    @property
    def is_ready(self) -> bool:
        """True when what was typed has its form, and something was."""
        return self.corrections != Corrections() and not (self.number.is_wrong or self.iccid.is_wrong)

    def take_scan(self, text: str) -> None:
        """A barcode is the SIM card's."""
        self.iccid.line.setText(text)

    def be_brief(self, *, brief: bool) -> None:
        """Without the explanation: a refusal below takes its room."""
        self._why.setVisible(not brief)

    def take_focus(self) -> None:
        """Begin with the number."""
        self.number.line.setFocus()

    def forget(self) -> None:
        """Nothing typed."""
        for field in (self.number, self.iccid):
            field.line.clear()
        self.consent.setChecked(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._why.setText(_("What is left empty stays as it was. Nothing of the person is sent again."))
        self.number.rename(_("Mobile number"))
        self.iccid.rename(_("SIM card number (ICCID)"))
        self.consent.say(_("The customer was told what is kept, and agrees"))
        self._say()

    def _note_change(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        number, iccid = self._texts
        _judge(self.number, number, _("Eleven digits; thirteen for things"))
        _judge(self.iccid, iccid, _("Scan the barcode on the SIM card"))


def _judge(field: Field, text: str, hint: str) -> None:
    is_number = field.line.objectName() == "amend-number"
    if not text:
        field.say("hint", hint)
        return
    try:
        value = normalise_number(text) if is_number else normalise_iccid(text)
    except KnownFailure:
        field.say("wrong", hint)
        return
    shown = figures.phone(value) if is_number else figures.iccid(value)
    field.say("good", _("Good: {value}").format(value=shown))
