"""The end of the day: slips, journal and operator side by side; signed over with a PIN."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _, ngettext
from outlet_app.texts.failures import failure_text
from outlet_app.ui import figures
from outlet_app.ui.day_views import ClosedView, DayView
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.day_facts import DayFacts
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.person_fields import PersonFields
from outlet_app.ui.widgets.words import words


class DayPage(PageFrame):
    """Emits that it is to be compared, and number and PIN of whoever closes the day."""

    compare_wanted = Signal()
    signed = Signal(str, str)
    left = Signal()
    """The way back: one step, or to the records."""

    def __init__(self) -> None:
        super().__init__("page-day")
        self._view: DayView | None = None
        self._kept: ClosedView | None = None
        self._failure: KnownFailure | None = None
        self._is_busy = False
        self._clerk = ""
        self._facts = DayFacts()
        self._person = PersonFields("day")
        self._heading, self._statement = words("bold", wraps=True), words("second", wraps=True)
        self._done, self._done_more = words("huge", wraps=True), words("second", wraps=True)
        self._signing, self._closed = self._lay_out_signing(), self._lay_out_closed()
        self._steps = QStackedWidget()
        for step in (self._facts, self._signing, self._closed):
            self._steps.addWidget(step)
        self._refusal = Notice("red")
        self._refusal.setObjectName("day-refusal")
        self.compare = back_button("day-compare", icon="refresh")
        self.go = main_button("day-go", icon="check")
        self.back = back_button("day-back", icon="arrow-left")
        self.go.clicked.connect(self._go_on)
        self.compare.clicked.connect(self.compare_wanted)
        self.back.clicked.connect(self.left)
        self._person.ready_changed.connect(self._show_buttons)
        self._person.given.connect(self.signed)
        self.body.addWidget(self._steps, 1)
        self.body.addWidget(self._refusal)
        self.set_buttons(self.go, self.back)
        self.footer.insertWidget(1, self.compare)
        self.retranslate()

    def _lay_out_signing(self) -> Panel:
        unit = theme().px
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(unit(48), unit(28), unit(48), unit(28))
        self._person.left.insertWidget(0, self._heading)
        self._person.left.insertWidget(1, self._statement)
        self._person.left.insertStretch(0, 1)
        self._person.left.addStretch(1)
        column.addWidget(self._person)
        return panel

    def _lay_out_closed(self) -> Panel:
        unit = theme().px
        panel = Panel()
        column = QVBoxLayout(panel)
        column.setContentsMargins(unit(48), unit(36), unit(48), unit(36))
        column.setSpacing(unit(16))
        column.addStretch(1)
        column.addWidget(self._done)
        column.addWidget(self._done_more)
        column.addStretch(2)
        return panel

    @property
    def view(self) -> DayView | None:
        """The day on the page."""
        return self._view

    @property
    def is_busy(self) -> bool:
        """True while it is being looked at, compared or closed."""
        return self._is_busy

    @property
    def is_at_facts(self) -> bool:
        """True while nothing has been begun."""
        return self._steps.currentWidget() is self._facts

    @property
    def is_signing(self) -> bool:
        """True while a PIN is asked for."""
        return self._steps.currentWidget() is self._signing

    def show_day(self, view: DayView, clerk: str) -> None:
        """How the day stands, for the clerk of this number."""
        self._view, self._clerk, self._kept, self._is_busy = view, clerk, None, False
        self._facts.show_view(view)
        self._show_step(self._facts)

    def show_busy(self) -> None:
        """It is being compared, or closed."""
        self._is_busy, self._failure = True, None
        self.retranslate()

    def show_closed(self, kept: ClosedView) -> None:
        """The day is closed."""
        self._kept, self._is_busy = kept, False
        self._show_step(self._closed)

    def show_failure(self, failure: KnownFailure) -> None:
        """Why it was not done."""
        self._is_busy = False
        if self.is_signing:
            self._person.show_failure(failure)
        else:
            self._failure = failure
        self.retranslate()

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self._person.set_narrow(narrow=narrow)

    def take_focus(self) -> None:
        """Where the step begins."""
        if self.is_signing:
            self._person.take_focus()
        else:
            self.go.setFocus()

    def forget(self) -> None:
        """No day, nobody's PIN."""
        self._view = self._kept = self._failure = None
        self._is_busy, self._clerk = False, ""
        self._facts.show_view(None)
        self._person.forget()
        self._show_step(self._facts)

    def retranslate(self) -> None:
        """Words in the language in force."""
        view, kept = self._view, self._kept
        self.title.setText(_("Close the day"))
        self.subtitle.setText("" if view is None else figures.day(view.day))
        self._facts.retranslate()
        self._person.retranslate()
        self._heading.setText(_("Whoever closes the day signs with the PIN"))
        self._statement.setText(self._signed_words())
        self._done.setText("" if kept is None else _("Day closed"))
        self._done_more.setText("" if kept is None else _closed_words(kept))
        self._refusal.setVisible(self._failure is not None)
        if self._failure is not None:
            text = failure_text(self._failure.code)
            self._refusal.say("red", text.what, text.do)
        is_comparing = self._is_busy and view is not None and self.is_at_facts
        self.compare.say(_("Comparing…") if is_comparing else _("Compare"))
        self.back.say(_("Records") if not self.is_signing else _("Back"))
        self.go.say(self._go_words())
        self._show_buttons()

    def _show_step(self, step: DayFacts | Panel) -> None:
        self._failure = None
        self._steps.setCurrentWidget(step)
        self.retranslate()
        if self.isVisible():
            self.take_focus()

    def _show_buttons(self) -> None:
        view = self._view
        self.compare.setVisible(self.is_at_facts)
        self.compare.setEnabled(not self._is_busy)
        self.back.setVisible(self._steps.currentWidget() is not self._closed)
        may_go = view is not None and not view.closed if self.is_at_facts else True
        ready = self._person.is_ready if self.is_signing else may_go
        self.go.setEnabled(ready and not self._is_busy)

    def _go_words(self) -> str:
        if self._steps.currentWidget() is self._closed:
            return _("Records")
        return _("Sign and close") if self.is_signing else _("Close the day")

    def _go_on(self) -> None:
        if self.is_signing:
            self._person.submit()
        elif self.is_at_facts:
            self._person.forget()
            needs_other = self._view is not None and self._view.needs_supervisor
            self._person.number.line.setText("" if needs_other else self._clerk)
            self._show_step(self._signing)
        else:
            self.left.emit()

    def _signed_words(self) -> str:
        view = self._view
        if view is None:
            return ""
        told = []
        if view.open_count:
            count = view.open_count
            text = ngettext(
                "I have seen the list of {n} open record and sign over it.",
                "I have seen the list of {n} open records and sign over it.",
                count,
            )
            told.append(text.format(n=count))
        if view.differences:
            told.append(_("Something differs on this device: a supervisor closes the day."))
        return "\n".join(told)


def _closed_words(kept: ClosedView) -> str:
    text = ngettext("{n} record, {open} open", "{n} records, {open} open", kept.records)
    counts = text.format(n=kept.records, open=kept.open_count)
    again = _("It was closed before, and nothing came since.") if kept.again else ""
    return "\n".join(part for part in (figures.day(kept.day), counts, again) if part)
