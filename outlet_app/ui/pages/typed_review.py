"""Review of a typed document: field by field against the document, and the person against its photo."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.i18n import _, ngettext
from outlet_app.texts.findings import finding_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.scan_views import TypedReviewView
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.panels import Notice
from outlet_app.ui.widgets.scrolled import scrolled
from outlet_app.ui.widgets.typed_panel import TypedPanel
from outlet_app.ui.widgets.words import words


class TypedReviewPage(PageFrame):
    """Emits the clerk's statement (``holder_confirmed``) or that something is to be typed again."""

    holder_confirmed = Signal()
    left = Signal()
    reveal_held = Signal()

    def __init__(self) -> None:
        super().__init__("page-typed-review")
        unit = theme().px
        self._view: TypedReviewView | None = None
        self.panel = TypedPanel()
        self.panel.reveal_held.connect(self.reveal_held)
        self.confirm = main_button("typed-review-confirm", icon="arrow-right")
        self.back = back_button("typed-review-back", icon="arrow-left")
        self.confirm.clicked.connect(self.holder_confirmed)
        self.back.clicked.connect(self.left)
        self._ask = words("second", wraps=True)
        self._notices: list[QWidget] = []
        self._side = QVBoxLayout()
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(unit(14))
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.addLayout(self._side)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(unit(22))
        row.addWidget(self.panel, 72)
        row.addWidget(scrolled(side), 28)
        self.body.addLayout(row, 1)
        self.set_buttons(self.confirm, self.back, note=self._ask)
        self.retranslate()

    def show_document(self, view: TypedReviewView) -> None:
        """One document as it was understood, and what was found."""
        self._view = view
        self.panel.show_document(view)
        self.retranslate()

    def show_revealed(self) -> None:
        """The reveal was journalled: show the digits if the button is still held."""
        if self.panel.reveal.isDown():
            self.panel.show_revealed(True)

    def hide_digits(self) -> None:
        """Whatever is held: nothing stays revealed."""
        self.panel.show_revealed(False)

    def take_focus(self) -> None:
        """On the way forward."""
        self.confirm.setFocus()

    def forget(self) -> None:
        """No field and no picture of the last person."""
        self._view = None
        self.panel.show_document(None)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Compare field by field"))
        self.subtitle.setText(_("Step {step} of 5").format(step=3))
        self._ask.setText(_("Compare the person with the photo on the document."))
        self.confirm.say(_("The holder: second person"))
        self.back.say(_("Type again"))
        self.panel.retranslate()
        self._show_notices()

    def _show_notices(self) -> None:
        for old in self._notices:
            self._side.removeWidget(old)
            old.hide()  # it goes with the next turn of the event loop
            old.deleteLater()
        self._notices = []
        view = self._view
        if view is None:
            return
        self._add(
            Notice(
                "amber",
                _("Every field was typed, none was read from a chip"),
                _("The record says so, field by field, and keeps the scan."),
            )
        )
        for finding in view.findings:
            text = finding_text(finding.code)
            self._add(Notice("red" if finding.blocks else "amber", text.what, text.do))
        if view.same_identity:
            what = ngettext(
                "{count} number was registered here with this document",
                "{count} numbers were registered here with this document",
                view.same_identity,
            ).format(count=view.same_identity)
            do = _("The operator counts all numbers of the country and may refuse this one.")
            self._add(Notice("amber" if view.same_identity_warns else "jade", what, do))

    def _add(self, notice: Notice) -> None:
        self._notices.append(notice)
        self._side.addWidget(notice)
