"""Typing a document beside its scan: every field is marked, and checked while it is typed."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from outlet_app.documents.typed_fields import TYPED_FIELDS
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.findings import FindingCode
from outlet_app.i18n import N_, _
from outlet_app.intake.exceptions import TypedVerdict
from outlet_app.texts.documents import kind_text
from outlet_app.texts.failures import failure_text
from outlet_app.texts.findings import finding_text
from outlet_app.texts.sentences import sentences
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.scan_view import ScanView
from outlet_app.ui.widgets.scrolled import scrolled
from outlet_app.ui.widgets.typed_field import TypedField, typed_field
from outlet_app.ui.widgets.words import words

_PAUSE_MS = 150
_WIDE = frozenset({"address", "issuer", "number", "sex"})
_HINTS = {
    "birth_date": N_("Year, month, day: 20260131"),
    "valid_from": N_("Year, month, day: 20260131"),
    "valid_until": N_("Year, month, day, or 长期 where it has no end"),
    "nationality": N_("Three letters, as in the lines at the bottom"),
    "ethnic_group": N_("As on the document"),
}
_FIELD_OF: dict[FindingCode, str] = {
    FindingCode.NUMBER_FORM: "number",
    FindingCode.NUMBER_CHECK_DIGIT: "number",
    FindingCode.BIRTH_DATE_MISMATCH: "birth_date",
    FindingCode.BIRTH_DATE_IMPLAUSIBLE: "birth_date",
    FindingCode.SEX_MISMATCH: "sex",
    FindingCode.DOCUMENT_EXPIRED: "valid_until",
    FindingCode.DOCUMENT_NOT_YET_VALID: "valid_from",
    FindingCode.VALIDITY_IMPLAUSIBLE: "valid_from",
}


class TypingPage(PageFrame):
    """Emits the texts to be looked at, and those that were found good."""

    look_wanted = Signal(object)
    typed = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-typing")
        self._kind: DocumentKind | None = None
        self._verdict: TypedVerdict | None = None
        self._looked_at: dict[str, str] = {}
        self._failure: KnownFailure | None = None
        self.fields: dict[str, TypedField] = {}
        self._scan = ScanView()
        self._enlarge = words("small", wraps=True)
        self._method = Notice("jade")
        self._method.setObjectName("typing-method")
        self._refusal = Notice("red")
        self._refusal.setObjectName("typing-refusal")
        self.confirm = main_button("typing-confirm", icon="arrow-right")
        self.back = back_button("typing-back", icon="arrow-left")
        self.confirm.clicked.connect(self._confirm)
        self.back.clicked.connect(self.left)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        scan = Panel()
        column = QVBoxLayout(scan)
        column.setContentsMargins(unit(16), unit(16), unit(16), unit(12))
        column.addWidget(self._scan, 1)
        column.addWidget(self._enlarge)
        beside = QVBoxLayout()
        beside.setSpacing(unit(14))
        beside.addWidget(scan, 1)
        beside.addWidget(self._method)
        fields = Panel()
        inner = QVBoxLayout(fields)
        inner.setContentsMargins(unit(24), unit(18), unit(10), unit(14))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, unit(14), 0)
        self._grid.setHorizontalSpacing(unit(18))
        self._grid.setVerticalSpacing(unit(6))
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        content = QVBoxLayout()
        content.setContentsMargins(0, 0, 0, 0)
        content.addLayout(self._grid)
        content.addStretch(1)
        self._area: QScrollArea = scrolled(content)
        inner.addWidget(self._area, 1)
        inner.addWidget(self._refusal)
        row = QHBoxLayout()
        row.setSpacing(unit(22))
        row.addLayout(beside, 38)
        row.addWidget(fields, 62)
        self.body.addLayout(row, 1)
        self.set_buttons(self.confirm, self.back)

    def show_scan(self, kind: DocumentKind, picture: QImage) -> None:
        """Another document: empty fields of its kind beside its scan."""
        if kind is not self._kind:
            self._make_fields(kind)
        self._kind = kind
        self._failure = None
        self._scan.show_scan(picture)
        self.retranslate()
        self._ask()

    def show_verdict(self, texts: dict[str, str], verdict: TypedVerdict) -> None:
        """What is wrong with exactly these texts; with others by now it says nothing."""
        if texts == self.texts():
            self._verdict, self._looked_at = verdict, texts
            self._show_verdict()

    def show_failure(self, failure: KnownFailure) -> None:
        """The texts were not taken, and why."""
        self._failure = failure
        self._show_verdict()

    def texts(self) -> dict[str, str]:
        """What was typed, by field."""
        return {name: each.text for name, each in self.fields.items() if each.text}

    def take_focus(self) -> None:
        """Begin with the first field that is empty."""
        empty = (each for each in self.fields.values() if not each.text)
        first = next(empty, next(iter(self.fields.values()), None))
        (first.input if first is not None else self.back).setFocus()

    def forget(self) -> None:
        """No text and no picture of the last person."""
        self._kind = self._verdict = self._failure = None
        self._looked_at = {}
        self._pause.stop()
        self._scan.show_scan(None)
        self._drop_fields()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        kind = self._kind
        step = _("Step {step} of 5").format(step=2)
        self.title.setText(_("Type the document"))
        self.subtitle.setText(step if kind is None else f"{step} · {kind_text(kind)}")
        self._method.say(
            "jade",
            _("Type with a keyboard and this computer's input method."),
            _("Touch alone types no Chinese. Type exactly what stands on the document."),
        )
        self._enlarge.setText(_("Hold the picture to enlarge it."))
        self.confirm.say(_("Continue"))
        self.back.say(_("Back"))
        self._scan.retranslate()
        for each in self.fields.values():
            each.retranslate()
        self._show_verdict()

    def _make_fields(self, kind: DocumentKind) -> None:
        self._drop_fields()
        known, row, column = TYPED_FIELDS[kind], 0, 0
        before: QWidget | None = None
        for name in known.names:
            each = typed_field(name)
            each.optional = name in known.optional
            each.changed.connect(self._note_change)
            span = 2 if name in _WIDE else 1
            if column + span > 2:
                row, column = row + 1, 0
            self._grid.addWidget(each, row, column, 1, span)
            column += span
            self.fields[name] = each
            if before is not None:
                QWidget.setTabOrder(before, each.input)
            before = each.input

    def _drop_fields(self) -> None:
        for each in self.fields.values():
            each.clear()
            self._grid.removeWidget(each)
            each.hide()  # it goes with the next turn of the event loop
            each.deleteLater()
        self.fields = {}

    def _note_change(self) -> None:
        self._verdict = self._failure = None
        self._show_verdict()
        self._pause.start()

    def _ask(self) -> None:
        if self._kind is not None:
            self.look_wanted.emit(self.texts())

    def _confirm(self) -> None:
        if self._verdict is not None and self._verdict.is_good and self._looked_at == self.texts():
            self.typed.emit(self._looked_at)

    def _show_verdict(self) -> None:
        verdict = self._verdict
        wrong = _wrong(verdict)
        for name, each in self.fields.items():
            if name in wrong:
                each.say("wrong", wrong[name])
            elif verdict is not None and each.text:
                each.say("good", "")
            else:
                each.say("hint", _(_HINTS[name]) if name in _HINTS else "")
        self.confirm.setEnabled(verdict is not None and verdict.is_good)
        self._refusal.setVisible(self._failure is not None)
        if self._failure is not None:
            text = failure_text(self._failure.code)
            self._refusal.say("red", text.what, text.do)


def _wrong(verdict: TypedVerdict | None) -> dict[str, str]:
    """What is wrong, by field; a field that is still empty is not wrong yet."""
    if verdict is None:
        return {}
    malformed = finding_text(FindingCode.FIELD_MALFORMED)
    found = dict.fromkeys(verdict.malformed, sentences(malformed.what, malformed.do))
    for finding in verdict.findings:
        if finding.blocks:
            text = finding_text(finding.code)
            found.setdefault(_FIELD_OF.get(finding.code, "number"), sentences(text.what, text.do))
    return found
