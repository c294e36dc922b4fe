"""This terminal joins an outlet with the code that the operator gave: at the first start, or anew."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.sync.enrolling import Enrolled
from outlet_app.texts.failures import failure_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.fields import Field
from outlet_app.ui.widgets.former_terminal import FormerTerminalFacts
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.words import words

LONGEST = 200


class JoinPage(PageFrame):
    """Emits server address and code. The code is a secret, good once; it leaves the page at once.

    After joining anew the page shows what the device was, until people have seen it.
    """

    submitted = Signal(str, str)
    finished = Signal()
    """What it was before has been seen."""
    left = Signal()
    """Not now: the terminal stays what it is."""

    def __init__(self) -> None:
        super().__init__("page-join")
        self._failure: KnownFailure | None = None
        self._working = False
        self._is_anew = False
        self._joined: Enrolled | None = None
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
        self.back = back_button("join-back", icon="arrow-left")
        self.back.clicked.connect(self.left)
        self._former = FormerTerminalFacts()
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
        for part in (self.server, self.code, self._notice, self._former):
            fields.addWidget(part)
        fields.addStretch(1)
        row.addLayout(about, 45)
        row.addLayout(fields, 55)
        self.body.addWidget(panel, 1)
        self.set_buttons(self.join, self.back)

    def begin_anew(self) -> None:
        """For a device that is a terminal already."""
        self._is_anew = True
        self.retranslate()

    def show_joined(self, enrolled: Enrolled) -> None:
        """The device has joined anew: what it is now, and what it was."""
        self._joined, self._working = enrolled, False
        self.retranslate()
        self.join.setFocus()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why the terminal did not join; nothing was changed."""
        self._failure = failure
        self._working = False
        self.retranslate()
        self.code.line.setFocus()

    def take_focus(self) -> None:
        """Begin with the address; with the button when there is only something to be seen."""
        (self.server.line if self._joined is None else self.join).setFocus()

    def forget(self) -> None:
        """No code stays, and nothing of what the device was."""
        self._failure, self._working = None, False
        self._is_anew, self._joined = False, None
        self.code.line.clear()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Join an outlet"))
        self.subtitle.setText("" if self._is_anew or self._joined else _("Once, before the first use"))
        self._about.setText(self._about_words())
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
        for part in (self.server, self.code, self._more):
            part.setVisible(self._joined is None)
        self._former.setVisible(self._joined is not None)
        self._former.show_former(None if self._joined is None else self._joined.former)
        self.back.say(_("Back"))
        self.back.setVisible(self._is_anew and self._joined is None)
        self._notice.setVisible(self._failure is not None and self._joined is None)
        if self._failure is not None:
            text = failure_text(self._failure.code)
            self._notice.say("red", text.what, text.do)
        self._show_button()

    def _note_change(self) -> None:
        if self._failure is not None and self.code.line.text():
            self._failure = None
            self._notice.hide()
        self._show_button()

    def _about_words(self) -> str:
        if self._joined is not None:
            text = _("This terminal is now {terminal} of outlet {outlet} ({name}).")
            now = self._joined
            return text.format(terminal=now.terminal, outlet=now.outlet, name=now.outlet_name)
        if self._is_anew:
            return _("This terminal joins anew and gets another name")
        return _("This terminal belongs to no outlet yet")

    def _show_button(self) -> None:
        if self._joined is not None:
            self.join.say(_("Continue"))
            self.join.setEnabled(True)
            return
        self.join.say(_("Joining …") if self._working else _("Join"))
        filled = bool(self.server.line.text().strip()) and bool(self.code.line.text().strip())
        self.join.setEnabled(filled and not self._working)

    def _submit(self) -> None:
        if not self.join.isEnabled():
            return
        if self._joined is not None:
            self.finished.emit()
            return
        code = self.code.line.text().strip()
        self._working = True
        self.code.line.clear()
        self._show_button()
        self.submitted.emit(self.server.line.text().strip(), code)
