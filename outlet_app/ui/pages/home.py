"""Home: lay the card on the reader. The drawing moves only when the reader is ready for one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import FailureCode
from outlet_app.i18n import _
from outlet_app.texts.failures import failure_text
from outlet_app.texts.readers import rung_text
from outlet_app.texts.sentences import sentences
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.views import ReaderState, ReaderView, TodayView
from outlet_app.ui.widgets.buttons import plain_button
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.reader_drawing import Motion, ReaderDrawing
from outlet_app.ui.widgets.tally import Tally
from outlet_app.ui.widgets.words import words


class HomePage(PageFrame):
    """Waits for a card; says what is wrong with the reader in the place where the eye is."""

    join_wanted = Signal()
    """The operator takes nothing from this terminal any more, and gave a code to join anew."""

    def __init__(self) -> None:
        super().__init__("page-home")
        unit = theme().px
        self._reader = ReaderView()
        self._drawing = ReaderDrawing()
        self._call = words("display", wraps=True)
        self._call.setObjectName("home-call")
        self._more = words("lead-second", wraps=True)
        self._code = words("small")
        self._tally = Tally()
        panel = Panel()
        row = QHBoxLayout(panel)
        row.setContentsMargins(unit(48), unit(40), unit(48), unit(40))
        row.setSpacing(unit(56))
        row.addWidget(self._drawing, 11)
        text = QVBoxLayout()
        text.setSpacing(unit(16))
        text.addStretch(1)
        text.addWidget(self._call)
        text.addWidget(self._more)
        text.addWidget(self._code)
        self._join = plain_button("home-join", icon="key")
        self._join.clicked.connect(self.join_wanted)
        text.addWidget(self._join, 0, Qt.AlignmentFlag.AlignLeft)
        text.addStretch(1)
        row.addLayout(text, 10)
        self._row = row
        self._notice = Notice()
        self._notice.setObjectName("home-notice")
        self._notice.hide()
        self._told_notice: FailureCode | None = None
        self.body.addWidget(self._notice)
        self.body.addWidget(panel, 1)
        self.footer.addWidget(self._tally, 1, Qt.AlignmentFlag.AlignVCenter)
        self._registers = True
        self._stop: FailureCode | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def show_reader(self, view: ReaderView) -> None:
        """How the reader stands, and so what is wanted of the clerk."""
        self._reader = view
        motion, call, more = self._told()
        self._drawing.set_motion(motion)
        self._call.setText(call)
        self._more.setText(more)
        self._code.setVisible(self._failure is not None)
        self._code.setText(_("Code for support: {code}").format(code=self._failure))
        self._join.setVisible(self._stop is FailureCode.TERMINAL_REVOKED)
        self._join.say(_("Join anew with a code"))
        self.setAccessibleName(sentences(call, more))

    def show_work(self, *, registers: bool) -> None:
        """For who registers, or for a technician, who lays cards down to see whether the reader works."""
        self._registers = registers
        self.retranslate()

    @property
    def is_stopped(self) -> bool:
        """True while a limit of the operator lets no registration begin."""
        return self._stop is not None

    @property
    def _failure(self) -> FailureCode | None:
        """What keeps the next customer waiting: the reader, then a limit."""
        if self._reader.state is ReaderState.TROUBLE:
            return self._reader.failure
        return self._stop if self._registers else None

    @property
    def reader(self) -> ReaderView:
        """How the reader stands."""
        return self._reader

    def show_today(self, view: TodayView) -> None:
        """Counts of the day, and the most urgent of what should be known before the next customer."""
        self._tally.show_today(view)
        if view.stop is not self._stop:
            self._stop = view.stop
            self.show_reader(self._reader)
        self._told_notice = view.notices[0] if view.notices else None
        self._show_notice()

    def _show_notice(self) -> None:
        self._notice.setVisible(self._told_notice is not None)
        if self._told_notice is not None:
            text = failure_text(self._told_notice)
            code = _("Code for support: {code}").format(code=self._told_notice)
            self._notice.say("amber", text.what, sentences(text.do, code))

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        unit = theme().px
        side = unit(28 if narrow else 48)
        self._row.setContentsMargins(side, unit(40), side, unit(40))
        self._row.setSpacing(unit(28 if narrow else 56))

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("New number") if self._registers else _("Reader test"))
        self.subtitle.setText(_("Step {step} of 4").format(step=1) if self._registers else _("Technician"))
        self.show_reader(self._reader)
        self._tally.retranslate()
        self._show_notice()

    def _told(self) -> tuple[Motion, str, str]:
        view = self._reader
        if self._failure is not None:
            text = failure_text(self._failure)
            return Motion.OFF, text.what, text.do
        if view.state is ReaderState.TROUBLE:
            return Motion.OFF, _("The reader is not ready"), ""
        if view.state is ReaderState.STARTING:
            more = _("This takes a few seconds.") if view.rung is None else rung_text(view.rung)
            return Motion.OFF, _("Looking for the reader"), more
        if not self._registers:
            return self._told_technician(view)
        if view.card_left:
            return (
                Motion.LEAVING,
                _("Take the card away"),
                _("Give it back to the customer. Then lay down the next one."),
            )
        return (
            Motion.COMING,
            _("Lay the ID card\non the reader"),
            _(
                "Resident ID cards, residence permits for Hong Kong, Macao and Taiwan residents, and foreign "
                "permanent resident cards can be read. What the chip holds need not and cannot be typed."
            ),
        )

    @staticmethod
    def _told_technician(view: ReaderView) -> tuple[Motion, str, str]:
        if view.card_left:
            return Motion.LEAVING, _("The card was read"), _("The reader works. Take the card away.")
        return (
            Motion.COMING,
            _("Lay a card\non the reader"),
            _("A technician registers nobody: nothing of the card is shown or kept."),
        )
