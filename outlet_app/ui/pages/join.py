"""First start: this terminal joins an outlet with the code that the operator gave."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import main_button
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.words import words

LONGEST = 200


class JoinPage(PageFrame):
    """Emits server address and code. The code is a secret, good once; it leaves the page at once."""

    submitted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("page-join")
        self._failure: KnownFailure | None = None
        self._working = False
        self.server = Field("join-server", "link")
        self.code = Field("join-code", "key")
        for field in (self.server, self.code):
            field.line.setProperty("face", "text")
            field.line.setMaxLength(LONGEST)
            field.line.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
            field.changed.connect(self._note_change)
        self.server.entered.connect(self.code.line.setFocus)
        self.code.entered.connect(self._submit)
        self.join = main_button("join-submit", icon="arrow-right")
        self.join.clicked.connect(self._submit)
        self._notice = Notice("red")
        self._notice.setObjectName("join-notice")
        self._about = words("title", wraps=True)
        self._more = words("lead-second", wraps=True)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        panel = Panel()
        row = QHBoxLayout(panel)
        row.setContentsMargins(unit(48), unit(40), unit(48), unit(40))
        row.setSpacing(unit(56))
        about = QVBoxLayout()
        about.setSpacing(unit(16))
        about.addStretch(1)
        about.addWidget(Picture("building", "jade", 72), 0, Qt.AlignmentFlag.AlignLeft)
        about.addWidget(self._about)
        about.addWidget(self._more)
        about.addStretch(1)
        fields = QVBoxLayout()
        fields.setSpacing(unit(20))
        fields.addStretch(1)
        for part in (self.server, self.code, self._notice):
            fields.addWidget(part)
        fields.addStretch(1)
        row.addLayout(about, 45)
        row.addLayout(fields, 55)
        self.body.addWidget(panel, 1)
        self.set_buttons(self.join, None)

    def show_failure(self, failure: KnownFailure) -> None:
        """Why the terminal did not join; nothing was changed."""
        self._failure = failure
        self._working = False
        self.retranslate()
        self.code.line.setFocus()

    def take_focus(self) -> None:
        """Begin with the address."""
        self.server.line.setFocus()

    def forget(self) -> None:
        """No code stays."""
        self._failure, self._working = None, False
        self.code.line.clear()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Join an outlet"))
        self.subtitle.setText(_("Once, before the first use"))
        self._about.setText(_("This terminal belongs to no outlet yet"))
        self._more.setText(
            _(
                "The operator gives you the address of the server and a code that is good once, "
                "for 24 hours. "
                "Nothing is changed until the server has proven that it is the operator."
            )
        )
        self.server.rename(_("Server address"))
        self.server.say("hint", _("For example https://registration.example.com"))
        self.code.rename(_("Enrolment code"))
        self.code.say("hint", _("With its hyphen, as it was given"))
        self._notice.setVisible(self._failure is not None)
        if self._failure is not None:
            text = failure_text(self._failure.code)
            self._notice.say("red", text.what, text.do)
        self._show_button()

    def _note_change(self) -> None:
        if self._failure is not None and self.code.line.text():
            self._failure = None
            self._notice.hide()
        self._show_button()

    def _show_button(self) -> None:
        self.join.say(_("Joining …") if self._working else _("Join"))
        filled = bool(self.server.line.text().strip()) and bool(self.code.line.text().strip())
        self.join.setEnabled(filled and not self._working)

    def _submit(self) -> None:
        if not self.join.isEnabled():
            return
        code = self.code.line.text().strip()
        self._working = True
        self.code.line.clear()
        self._show_button()
        self.submitted.emit(self.server.line.text().strip(), code)
