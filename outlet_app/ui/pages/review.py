"""Review: the card as read, what was found, and whether it is the holder who stands here."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.domain.documents import Document, DocumentKind
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.findings import Finding, FindingCode
from outlet_app.i18n import _, ngettext
from outlet_app.texts.failures import failure_text
from outlet_app.texts.findings import finding_text
from outlet_app.ui.glyphs import unseen
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.views import ReviewView
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.checks import CheckList
from outlet_app.ui.widgets.facsimile_panel import FacsimilePanel
from outlet_app.ui.widgets.panels import Notice
from outlet_app.ui.widgets.scrolled import scrolled
from outlet_app.ui.widgets.words import words

_NUMBER_RULES = {
    FindingCode.NUMBER_CHECK_DIGIT,
    FindingCode.BIRTH_DATE_MISMATCH,
    FindingCode.SEX_MISMATCH,
}
_VALIDITY_RULES = {FindingCode.DOCUMENT_EXPIRED, FindingCode.DOCUMENT_NOT_YET_VALID}


class ReviewPage(PageFrame):
    """Emits the clerk's statement (``holder_confirmed``) or that the person is not the holder.

    ``supervisor_wanted`` comes before the statement where a second person is needed.
    """

    holder_confirmed = Signal()
    supervisor_wanted = Signal()
    declined = Signal()
    reveal_held = Signal()

    def __init__(self) -> None:
        super().__init__("page-review")
        unit = theme().px
        self._view: ReviewView | None = None
        self._facsimile = FacsimilePanel()
        self._facsimile.reveal_held.connect(self.reveal_held)
        self.confirm = main_button("review-confirm", icon="arrow-right")
        self.decline = back_button("review-decline")
        self.confirm.clicked.connect(self._go_on)
        self.decline.clicked.connect(self.declined)
        self._notices: list[QWidget] = []
        self._findings = QVBoxLayout()
        self._findings.setSpacing(unit(14))
        self._checks = CheckList()
        self._ask = words("second", wraps=True)
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(unit(14))
        side.addLayout(self._findings)
        side.addWidget(self._checks)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(unit(22))
        row.addWidget(self._facsimile, 64)
        row.addWidget(scrolled(side), 37)
        self._row = row
        self.body.addLayout(row, 1)
        self.set_buttons(self.confirm, self.decline, note=self._ask)
        self.retranslate()

    def set_narrow(self, *, narrow: bool) -> None:
        """Close ranks on a small screen."""
        super().set_narrow(narrow=narrow)
        self._facsimile.set_narrow(narrow=narrow)
        self._row.setSpacing(theme().px(14 if narrow else 22))

    def show_card(self, view: ReviewView) -> None:
        """One card and its findings; a blocking one leaves the way back alone."""
        self._view = view
        self._facsimile.show_card(view)
        self.retranslate()

    def _go_on(self) -> None:
        needed = self._view is not None and self._view.needs_supervisor
        (self.supervisor_wanted if needed else self.holder_confirmed).emit()

    def show_revealed(self) -> None:
        """The reveal was journalled: show the digits if the button is still held."""
        if self._facsimile.reveal.isDown():
            self._facsimile.show_revealed(True)

    def hide_digits(self) -> None:
        """Whatever is held: nothing stays revealed."""
        self._facsimile.show_revealed(False)

    def take_focus(self) -> None:
        """On the way forward, or on the way back where there is no other."""
        (self.decline if self.confirm.isHidden() else self.confirm).setFocus()

    def forget(self) -> None:
        """No field of the last person stays in any widget."""
        self._view = None
        self._facsimile.show_card(None)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        view = self._view
        blocked = view is not None and view.blocked
        self.title.setText(_("Check the card"))
        self.subtitle.setText(_("Step {step} of 4").format(step=2))
        self.confirm.say(_("The holder: continue"))
        self.decline.say(_("Back to the start") if blocked else _("Not the holder"))
        self.confirm.setVisible(not blocked)
        # an empty note keeps its place, so that the buttons stay at the right
        self._ask.setText("" if blocked else _("Compare the person with the photo."))
        self._facsimile.retranslate()
        self._show_notices()

    def _show_notices(self) -> None:
        for old in self._notices:
            self._findings.removeWidget(old)
            old.hide()  # it goes with the next turn of the event loop, and must not be seen until then
            old.deleteLater()
        self._notices = []
        view = self._view
        if view is None:
            self._checks.show_checks(())
            return
        for finding in sorted(view.findings, key=lambda each: not each.blocks):
            self._add_notice(_notice(finding))
        missing = unseen(_all_text(view.card.document))
        if missing:
            self._add_notice(_missing_notice(len(missing)))
        if view.same_identity:
            self._add_notice(_same_identity_notice(view))
        self._checks.show_checks(_passed(view))

    def _add_notice(self, notice: Notice) -> None:
        self._notices.append(notice)
        self._findings.addWidget(notice)


def _notice(finding: Finding) -> Notice:
    text = finding_text(finding.code)
    notice = Notice("red" if finding.blocks else "amber", text.what, text.do)
    notice.setObjectName(f"finding-{finding.code}")
    return notice


def _all_text(document: Document) -> str:
    fields = (document.name, document.latin_name, document.address, document.issuer, document.nationality)
    return "".join(field or "" for field in fields)


def _missing_notice(count: int) -> Notice:
    what = ngettext(
        "{count} character has no picture on this computer and is shown as a box",
        "{count} characters have no picture on this computer and are shown as boxes",
        count,
    ).format(count=count)
    notice = Notice("amber", what, _("It is kept exactly as the chip has it. Compare with the card."))
    notice.setObjectName("missing-characters")
    return notice


def _same_identity_notice(view: ReviewView) -> Notice:
    what = ngettext(
        "{count} number was registered here with this card",
        "{count} numbers were registered here with this card",
        view.same_identity,
    ).format(count=view.same_identity)
    do = _("The operator counts all numbers of the country and may refuse this one.")
    if view.needs_supervisor:
        do = failure_text(FailureCode.IDENTITY_LIMIT).do
    notice = Notice("amber" if view.same_identity_warns else "jade", what, do)
    notice.setObjectName("same-identity")
    return notice


def _passed(view: ReviewView) -> tuple[str, ...]:
    """What was checked and is in order, said only of what was really checked."""
    codes = {finding.code for finding in view.findings}
    passed = []
    if not codes & _NUMBER_RULES and view.card.document.kind is not DocumentKind.FOREIGN_PR_2017:
        passed.append(_("Number, birth date and sex agree"))
    if not codes & _VALIDITY_RULES:
        passed.append(_("The document is valid today"))
    if view.card.read_in_place:
        passed.append(_("Read again without lifting the card"))
    else:
        passed.append(_("One read, the card was not changed"))
    return tuple(passed)
