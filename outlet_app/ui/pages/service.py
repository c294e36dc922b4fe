"""Number and SIM: checked while typing, the scanner is a keyboard, nothing is ever added twice."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.details import with_detail
from outlet_app.texts.failures import failure_text
from outlet_app.texts.findings import finding_text
from outlet_app.texts.sentences import sentences
from outlet_app.ui import figures
from outlet_app.ui.facsimile import kind_name
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.views import FieldVerdict, ServiceVerdict
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.scan_help import ScanHelp
from outlet_app.ui.widgets.statement import Statement
from outlet_app.ui.widgets.words import words

LONGEST = 64
ICCID_START = "8986"
SHORTEST_ICCID = 19
_NUMBER_DIGITS = 11
_CHECK_AFTER_MS = 120


class ServicePage(PageFrame):
    """Emits the texts to be checked, and the confirmation with the texts that were found good."""

    check_wanted = Signal(str, str)
    confirmed = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-service")
        self._holder: Document | None = None
        self._typed = False
        self._verdict: ServiceVerdict | None = None
        self._refused: KnownFailure | None = None
        self._storing = False
        self.number = Field("service-number", "phone")
        self.iccid = Field("service-iccid", "sim")
        self.compared = Statement("statement-compared", made=True)
        self.consent = Statement("statement-consent")
        self.confirm = main_button("service-confirm", icon="check")
        self.back = back_button("service-back", icon="arrow-left")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_CHECK_AFTER_MS)
        self._pause.timeout.connect(self._ask)
        for field in (self.number, self.iccid):
            field.line.setMaxLength(LONGEST)
            field.changed.connect(self._note_change)
        self.iccid.line.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        self.number.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.number.entered.connect(self._end_number)
        self.iccid.entered.connect(self.consent.setFocus)
        self.consent.toggled.connect(self._show_confirm)
        self.confirm.clicked.connect(self._confirm)
        self.back.clicked.connect(self.left)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        self._holder_name = words("lead-bold", wraps=True)
        self._holder_card = words("small", wraps=True)
        self._notice = words("small", wraps=True)
        self._refusal = Notice("red")
        self._refusal.setObjectName("service-refusal")
        self._findings = Notice("amber")
        self._scan_help = ScanHelp()
        fields = Panel()
        column = QVBoxLayout(fields)
        column.setContentsMargins(unit(32), unit(28), unit(32), unit(28))
        column.setSpacing(unit(20))
        column.addWidget(self.number)
        column.addWidget(self.iccid)
        column.addWidget(self._findings)
        column.addWidget(self._refusal)
        column.addStretch(1)
        column.addWidget(self._scan_help)
        column.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(unit(14))
        holder = Panel()
        row = QHBoxLayout(holder)
        row.setContentsMargins(unit(20), unit(14), unit(20), unit(14))
        row.setSpacing(unit(16))
        row.addWidget(Picture("card", "ink_second", 32))
        text = QVBoxLayout()
        text.setSpacing(unit(2))
        text.addWidget(self._holder_name)
        text.addWidget(self._holder_card)
        row.addLayout(text, 1)
        side.addWidget(holder)
        side.addWidget(self.compared)
        side.addWidget(self.consent)
        side.addWidget(self._notice)
        side.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(unit(22))
        both.addWidget(fields, 58)
        both.addLayout(side, 43)
        self.body.addLayout(both, 1)
        self.set_buttons(self.confirm, self.back)

    def show_holder(self, document: Document, *, typed: bool = False) -> None:
        """Whose registration this is, and whether the document was typed."""
        self._holder, self._typed = document, typed
        self.retranslate()

    def show_verdict(self, verdict: ServiceVerdict) -> None:
        """A verdict; one on texts that have changed since says nothing."""
        if (verdict.number_text, verdict.iccid_text) == self._texts():
            self._verdict = verdict
            self._show_verdicts()

    def show_refusal(self, failure: KnownFailure) -> None:
        """The registration was not stored, and why."""
        self._storing = False
        self._refused = failure
        self._show_verdicts()

    def take_scan(self, text: str) -> None:
        """A scan that came while no field had the focus: it is the SIM card's, the last one counts."""
        if not self._storing:
            self.iccid.line.setText(text)

    def take_focus(self) -> None:
        """Begin with the number, go on where something is missing."""
        (self.iccid if self.number.line.text() else self.number).line.setFocus()

    def forget(self) -> None:
        """No field of the last person stays in any widget."""
        self._holder = self._verdict = self._refused = None
        self._typed = False
        self._storing = False
        self._pause.stop()
        for field in (self.number, self.iccid):
            field.line.clear()
        self.consent.setChecked(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Number and SIM card"))
        step = _("Step {step} of 5").format(step=5) if self._typed else _("Step {step} of 4").format(step=3)
        self.subtitle.setText(step)
        self.number.rename(_("Mobile number"))
        self.iccid.rename(_("SIM card number (ICCID)"))
        self.compared.say(
            _("The person was compared with the document")
            if self._typed
            else _("The person was compared with the card")
        )
        self.consent.say(_("The customer was told what is kept, and agrees"))
        self._notice.setText(self._notice_words())
        self.back.say(_("Back"))
        self._scan_help.retranslate()
        self._show_holder()
        self._show_verdicts()

    def _notice_words(self) -> str:
        if self._typed:
            return _(
                "Kept by the operator as the law demands, until two years after the service ends: what was "
                "typed, the scan, number, SIM card. This device cannot open it again."
            )
        return _(
            "Kept by the operator as the law demands, until two years after the service ends: the card's "
            "contents and photo, number, SIM card. This device cannot open it again."
        )

    def _texts(self) -> tuple[str, str]:
        return self.number.line.text(), self.iccid.line.text()

    def _note_change(self) -> None:
        self._verdict = self._refused = None
        self._move_scan()
        self._keep_last_scan()
        self._show_verdicts()
        self._pause.start()

    def _move_scan(self) -> None:
        """A barcode scanned into the number's field belongs into the other one."""
        text = self.number.line.text().strip()
        if text.startswith(ICCID_START) and len(text) >= SHORTEST_ICCID:
            self.iccid.line.setText(text)
            self.number.line.clear()
            self.iccid.line.setFocus()

    def _keep_last_scan(self) -> None:
        """Two scans never stand in a row: where another one begins, the first one goes."""
        text = self.iccid.line.text()
        begins = text.rfind(ICCID_START)
        if begins >= SHORTEST_ICCID:
            self.iccid.line.setText(text[begins:])

    def _end_number(self) -> None:
        self.iccid.line.setFocus()
        self.iccid.line.selectAll()

    def _ask(self) -> None:
        if any(self._texts()):
            self.check_wanted.emit(*self._texts())

    def _confirm(self) -> None:
        verdict = self._verdict
        if verdict is None or not self._may_confirm():
            return
        assert verdict.number.value is not None
        assert verdict.iccid.value is not None
        self._storing = True
        self._show_confirm()
        self.confirmed.emit(verdict.number.value, verdict.iccid.value)

    def _may_confirm(self) -> bool:
        good = self._verdict is not None and self._verdict.good
        return good and self.consent.isChecked() and not self._storing

    def _show_confirm(self) -> None:
        self.confirm.say(_("Storing …") if self._storing else _("Register"))
        self.confirm.setEnabled(self._may_confirm())

    def _show_holder(self) -> None:
        document = self._holder
        self._holder_name.setText(document.name or document.latin_name or "" if document is not None else "")
        self._holder_card.setText(
            f"{kind_name(document.kind)} · {figures.document_number(document.number, revealed=False)}"
            if document is not None
            else ""
        )

    def _show_verdicts(self) -> None:
        verdict = self._verdict
        empty = FieldVerdict()
        self._say(
            self.number,
            verdict.number if verdict else empty,
            _("Eleven digits; thirteen for things"),
            _NUMBER_DIGITS,
        )
        self._say(
            self.iccid,
            verdict.iccid if verdict else empty,
            _("Scan the barcode on the SIM card"),
            SHORTEST_ICCID,
        )
        found = [finding_text(each.code) for each in verdict.findings] if verdict is not None else []
        self._findings.setVisible(bool(found))
        if found:
            self._findings.say("amber", found[0].what, found[0].do)
        self._refusal.setVisible(self._refused is not None)
        wrong = self.number.is_wrong or self.iccid.is_wrong
        self._scan_help.setVisible(not found and self._refused is None and not wrong)
        if self._refused is not None:
            text = failure_text(self._refused.code)
            self._refusal.say("red", with_detail(text.what, self._refused.detail), text.do)
        self._show_confirm()

    def _say(self, field: Field, verdict: FieldVerdict, hint: str, whole: int) -> None:
        text = field.line.text().strip()
        if verdict.value is not None:
            shown = figures.phone(verdict.value) if field is self.number else figures.iccid(verdict.value)
            field.say("good", _("Good: {value}").format(value=shown))
        elif verdict.failure is None or (_is_form(verdict.failure) and len(text) < whole):
            field.say("hint", hint)
        else:
            told = failure_text(verdict.failure)
            # only a local number may stand beside the sentence; other details are for support
            detail = "" if _is_form(verdict.failure) else verdict.detail
            field.say("wrong", sentences(with_detail(told.what, detail), told.do))


def _is_form(failure: FailureCode) -> bool:
    """A text that is still being typed is not yet wrong."""
    return failure in {FailureCode.NUMBER_MALFORMED, FailureCode.ICCID_MALFORMED}
