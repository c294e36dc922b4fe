"""Records to the operator on a stick, and its receipts back, without a network."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _, ngettext
from outlet_app.texts.failures import bug_text, failure_text
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.stick_jobs import StickLook, TakenAll, Written
from outlet_app.ui.stick_words import Said, free_words, taken_words, written_words
from outlet_app.ui.sticks import Stick
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import RankedButton, back_button, main_button
from outlet_app.ui.widgets.choices import Choices
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.progress import ProgressLine
from outlet_app.ui.widgets.words import words


class StickPage(PageFrame):
    """Emits what is to be done at the stick that is chosen."""

    chosen = Signal()
    write_wanted = Signal()
    take_wanted = Signal()
    stop_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-stick")
        self._sticks: list[Stick] = []
        self._look: StickLook | None = None
        self._said: Written | TakenAll | KnownFailure | str | None = None
        self._is_busy = False
        self._may_stop = False
        self._call = words("lead-bold", wraps=True)
        self._call.setObjectName("stick-call")
        self._more = words("second", wraps=True)
        self._choices: Choices[Stick] = Choices("stick-choices", kind="choice")
        self._choices.signals.chosen.connect(self._choose)
        self._waiting = words("lead", wraps=True)
        self._receipts = words("lead", wraps=True)
        self._line = ProgressLine("stick-progress")
        self._notice = Notice("jade")
        self._notice.setObjectName("stick-notice")
        self.write = main_button("stick-write", icon="send")
        self.take = RankedButton("back", "stick-take", icon="check")
        self.back = back_button("stick-back", icon="arrow-left")
        self.write.clicked.connect(self.write_wanted)
        self.take.clicked.connect(self.take_wanted)
        self.back.clicked.connect(self._go_back)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        panel = Panel()
        row = QHBoxLayout(panel)
        row.setContentsMargins(unit(48), unit(32), unit(48), unit(32))
        row.setSpacing(unit(48))
        row.addWidget(Picture("stick", "jade_mid", 140), 0, Qt.AlignmentFlag.AlignVCenter)
        text = QVBoxLayout()
        text.setSpacing(unit(14))
        text.addStretch(1)
        for part in (self._call, self._more, self._choices, self._waiting, self._receipts, self._line):
            text.addWidget(part)
        text.addStretch(1)
        row.addLayout(text, 1)
        self.body.addWidget(panel, 1)
        self.body.addWidget(self._notice)
        self.set_buttons(self.write, self.back)
        self.footer.insertWidget(self.footer.indexOf(self.write), self.take)

    @property
    def stick(self) -> Stick | None:
        """The stick that is chosen; None while there is none."""
        return self._choices.value

    @property
    def is_looked_at(self) -> bool:
        """True once it is known what there is to do."""
        return self._look is not None

    def show_sticks(self, sticks: Sequence[Stick]) -> bool:
        """What is plugged in now; True when another stick is chosen by that."""
        before = self._choices.value
        self._sticks = list(sticks)
        texts = [f"{stick.name} · {free_words(stick.free_bytes)}" for stick in sticks]
        self._choices.offer(self._sticks, texts)
        if self._choices.value is None and self._sticks:
            same = [stick for stick in sticks if before is not None and stick.folder == before.folder]
            self._choices.choose((same or self._sticks)[0])
        now = self._choices.value
        has_changed = (None if now is None else now.folder) != (None if before is None else before.folder)
        if has_changed:
            self._look = None
        self.retranslate()
        return has_changed

    def show_look(self, look: StickLook) -> None:
        """What there is to do."""
        self._look = look
        self.retranslate()

    def show_busy(self, *, may_stop: bool) -> None:
        """Something is being done; ``may_stop`` while it can be given up."""
        self._said, self._is_busy, self._may_stop = None, True, may_stop
        self._line.show_part(0, 1)
        self.retranslate()

    def show_progress(self, done: int, of: int) -> None:
        """How far it is."""
        self._line.show_part(done, of)

    def show_done(self, found: Written | TakenAll) -> None:
        """What it came to."""
        self._said, self._is_busy = found, False
        self.retranslate()

    def show_failure(self, failure: KnownFailure | None) -> None:
        """Why it was not done; None for an error of the program's own."""
        self._said, self._is_busy = "" if failure is None else failure, False
        self.retranslate()

    def take_focus(self) -> None:
        """On what there is to do first."""
        ready = [button for button in (self.write, self.take) if button.isEnabled()]
        (ready[0] if ready else self.back).setFocus()

    def forget(self) -> None:
        """No stick, no result."""
        self._sticks, self._look, self._said, self._is_busy = [], None, None, False
        self._choices.offer([], [])
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("By stick"))
        self.subtitle.setText(_("Without a network"))
        self._call.setText(_("The stick") if self._sticks else _("Put a stick in"))
        self._more.setText(
            ""
            if self._sticks
            else _("Records go to the operator on it, sealed, and receipts come back the same way.")
        )
        self._more.setVisible(not self._sticks)
        self._choices.setVisible(bool(self._sticks))
        self._say_what_there_is()
        self._line.setVisible(self._is_busy)
        self._say_result()
        self.write.say(_("Write to the stick"))
        self.take.say(_("Take the receipts"))
        self.back.say(_("Stop") if self._is_busy and self._may_stop else _("Records"))
        self._enable()

    def _say_what_there_is(self) -> None:
        look = self._look
        self._waiting.setVisible(look is not None)
        self._receipts.setVisible(look is not None and look.receipts is not None)
        if look is None:
            return
        waiting, receipts = look.waiting, look.receipts or 0
        self._waiting.setText(
            ngettext("{count} record waits here", "{count} records wait here", waiting).format(count=waiting)
        )
        self._receipts.setText(
            ngettext(
                "{count} file of receipts is on the stick",
                "{count} files of receipts are on the stick",
                receipts,
            ).format(count=receipts)
        )

    def _say_result(self) -> None:
        said = self._result()
        self._notice.setVisible(said is not None)
        if said is not None:
            self._notice.say(said.tone, said.what, said.do)

    def _result(self) -> Said | None:
        match self._said:
            case None:
                return None
            case Written():
                return written_words(self._said)
            case TakenAll():
                return taken_words(self._said)
            case KnownFailure():
                text = failure_text(self._said.code)
                return Said("red", text.what, text.do)
            case _:
                bug = bug_text()
                return Said("red", bug.what, bug.do)

    def _enable(self) -> None:
        look, ready = self._look, self.stick is not None and not self._is_busy
        self.write.setEnabled(ready and look is not None and look.waiting > 0)
        self.take.setEnabled(ready and look is not None and bool(look.receipts))
        self.back.setEnabled(not self._is_busy or self._may_stop)
        for button in self._choices.buttons():
            button.setEnabled(not self._is_busy)

    def _choose(self) -> None:
        self._look = self._said = None
        self.retranslate()
        self.chosen.emit()

    def _go_back(self) -> None:
        if self._is_busy:
            self.stop_wanted.emit()
        else:
            self.left.emit()
