"""Trouble: what happened in one sentence, what to do, a code to read out, the way back."""

from PySide6.QtCore import Signal

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.texts.details import detail_text
from outlet_app.texts.failures import bug_text, failure_text
from outlet_app.texts.sentences import sentences
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.announcement import Announcement
from outlet_app.ui.widgets.buttons import main_button
from outlet_app.ui.widgets.words import words

BUG_CODE = "bug"


class TroublePage(PageFrame):
    """One failure, None for an error of the program's own."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-trouble")
        self._failure: KnownFailure | None = None
        self._code_name = words("small")
        self._code = words("title")
        self._code.setObjectName("trouble-code")
        self._detail = words("small", wraps=True)
        self._said = Announcement("trouble-what", "badge-trouble", self._code_name, self._code, self._detail)
        self.back = main_button("trouble-back", icon="arrow-right")
        self.back.clicked.connect(self.left)
        self.body.addWidget(self._said, 1)
        self.set_buttons(self.back, None)
        self.retranslate()

    def show_failure(self, failure: KnownFailure | None) -> None:
        """What happened."""
        self._failure = failure
        self.retranslate()

    def take_focus(self) -> None:
        """The way back."""
        self.back.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        failure = self._failure
        text = failure_text(failure.code) if failure is not None else bug_text()
        self.title.setText(_("This did not work"))
        self.subtitle.setText("")
        self._said.say(text.what, text.do)
        self._code_name.setText(_("Code to read out on the phone"))
        self._code.setText(str(failure.code) if failure is not None else BUG_CODE)
        self._detail.setText(detail_text(failure.detail) if failure is not None else "")
        self._detail.setVisible(bool(self._detail.text()))
        self.back.say(_("Back to the counter"))
        self.setAccessibleName(sentences(text.what, text.do))
