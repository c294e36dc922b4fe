"""Reading: the real steps of one read, or what to do when it failed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import _
from outlet_app.reader.steps import Rung
from outlet_app.texts.failures import failure_text
from outlet_app.texts.readers import rung_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.reader_drawing import Motion, ReaderDrawing
from outlet_app.ui.widgets.steps import StepList
from outlet_app.ui.widgets.words import words


class ReadingPage(PageFrame):
    """Shows how far the reader is. ``reached`` steps: 1 found, 2 selected, 3 reading, 4 checking."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-reading")
        unit = theme().px
        self._step = 1
        self._percent: int | None = None
        self._rung: Rung | None = None
        self._failure: FailureCode | None = None
        self._drawing = ReaderDrawing(380)
        self._call = words("display", wraps=True)
        self._call.setObjectName("reading-call")
        self._more = words("lead-second", wraps=True)
        self._code = words("small")
        self._steps = StepList(4)
        self.back = back_button("reading-back", icon="arrow-left")
        self.back.clicked.connect(self.left)
        panel = Panel()
        row = QHBoxLayout(panel)
        row.setContentsMargins(unit(48), unit(32), unit(48), unit(32))
        row.setSpacing(unit(56))
        row.addWidget(self._drawing, 11)
        text = QVBoxLayout()
        text.setSpacing(unit(16))
        text.addStretch(1)
        for part in (self._call, self._more, self._code, self._steps):
            text.addWidget(part)
        text.addStretch(1)
        row.addLayout(text, 10)
        self.body.addWidget(panel, 1)
        self.set_buttons(None, self.back)
        self.retranslate()

    def show_step(self, step: int, percent: int | None = None, *, rung: Rung | None = None) -> None:
        """How far it is; ``rung`` while reader or card are helped to answer again."""
        self._step, self._percent, self._rung, self._failure = step, percent, rung, None
        self.retranslate()

    def show_failure(self, failure: FailureCode) -> None:
        """The read failed: what to do stands in the place of the steps."""
        self._failure = failure
        self.retranslate()

    def take_focus(self) -> None:
        """The way back is all there is."""
        self.back.setFocus()

    def forget(self) -> None:
        """From the beginning."""
        self.show_step(1)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("New number"))
        self.subtitle.setText(_("Step {step} of 4").format(step=1))
        self.back.say(_("Cancel"))
        failed = self._failure is not None
        self._drawing.set_motion(Motion.LEAVING if failed else Motion.LYING)
        self._steps.setVisible(not failed)
        self._code.setVisible(failed)
        if self._failure is not None:
            text = failure_text(self._failure)
            self._call.setText(text.what)
            self._more.setText(text.do)
            self._code.setText(_("Code for support: {code}").format(code=self._failure))
            return
        self._call.setText(_("Reading the card"))
        self._more.setText(
            _("Leave the card on the reader.") if self._rung is None else rung_text(self._rung)
        )
        reading = _("Text and photo")
        if self._step == 3 and self._percent is not None:
            reading = _("Text and photo, {percent} %").format(percent=self._percent)
        names = (_("Card found"), _("Card answers"), reading, _("Contents checked"))
        self._steps.show_steps(names, self._step)
