"""One record: what became of it, and taking it back, correcting it, or laying the card down again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import GiveUpReason, VoidReason
from outlet_app.i18n import _
from outlet_app.texts.failures import failure_text
from outlet_app.ui import figures
from outlet_app.ui.mend_views import Act, MendView
from outlet_app.ui.mend_words import act_words
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.views import RecordView
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.corrections import CorrectionFields
from outlet_app.ui.widgets.mended import MendedPanel
from outlet_app.ui.widgets.panels import Notice
from outlet_app.ui.widgets.reasons import WHY_GIVEN_UP, WHY_TAKEN_BACK, ReasonChoice
from outlet_app.ui.widgets.record_facts import RecordFacts
from outlet_app.ui.widgets.second_person import SecondPerson


class MendPage(PageFrame):
    """Emits the act that was chosen, and then what it needs: a reason, texts, a second person."""

    act_chosen = Signal(str)
    void_confirmed = Signal(str)
    give_up_confirmed = Signal(str)
    amend_confirmed = Signal(object)
    approved = Signal(str, str)
    left = Signal()
    """The way back: one step, or to the records."""

    def __init__(self) -> None:
        super().__init__("page-mend")
        self._view: MendView | None = None
        self._act: Act | None = None
        self._failure: KnownFailure | None = None
        self._facts = RecordFacts()
        self._reasons = ReasonChoice(WHY_TAKEN_BACK, list(VoidReason))
        self._giving_up = ReasonChoice(WHY_GIVEN_UP, list(GiveUpReason), "give-up-reason")
        self._fields = CorrectionFields()
        self._person = SecondPerson()
        self._mended = MendedPanel()
        self._steps = QStackedWidget()
        self._choices = {Act.VOID: self._reasons, Act.GIVE_UP: self._giving_up}
        self._parts = (
            self._facts,
            self._reasons,
            self._giving_up,
            self._fields,
            self._person,
            self._mended,
        )
        for step in self._parts:
            self._steps.addWidget(step)
        self._refusal = Notice("red")
        self._refusal.setObjectName("mend-refusal")
        self.go = main_button("mend-go", icon="arrow-right")
        self.back = back_button("mend-back", icon="arrow-left")
        self.go.clicked.connect(self._go_on)
        self.back.clicked.connect(self.left)
        self._facts.chosen.connect(self.act_chosen)
        for choice in self._choices.values():
            choice.changed.connect(self._show_buttons)
        self._fields.changed.connect(self._note_change)
        self._person.ready_changed.connect(self._show_buttons)
        self._person.given.connect(self.approved)
        self.body.addWidget(self._steps, 1)
        self.body.addWidget(self._refusal)
        self.set_buttons(self.go, self.back)
        self.retranslate()

    @property
    def view(self) -> MendView | None:
        """The record on the page."""
        return self._view

    @property
    def is_at_facts(self) -> bool:
        """True while nothing has been begun."""
        return self._view is not None and self._steps.currentWidget() is self._facts

    @property
    def is_done(self) -> bool:
        """True once something was stored."""
        return self._steps.currentWidget() is self._mended

    def show_record(self, view: MendView) -> None:
        """A record and what may be done about it."""
        self._view, self._act, self._failure = view, None, None
        self._facts.show_view(view)
        self._show_step(self._facts)

    def ask_reason(self, act: Act = Act.VOID) -> None:
        """Why it is taken back, or given up."""
        self._act = act
        self._choices[act].forget()
        self._show_step(self._choices[act])

    def ask_corrections(self) -> None:
        """What is given anew."""
        self._act = Act.AMEND
        self._fields.forget()
        self._show_step(self._fields)

    def ask_second_person(self, act: Act) -> None:
        """A supervisor's word for the act."""
        self._act = act
        self._person.ask(self._why())
        self._show_step(self._person)

    def show_mended(self, record: RecordView) -> None:
        """What was stored."""
        self._mended.show_record(record)
        self._show_step(self._mended)

    def show_failure(self, failure: KnownFailure) -> None:
        """Why it was not done; what was typed stays."""
        if self._steps.currentWidget() is self._person:
            self._person.show_failure(failure)
        else:
            self._failure = failure
        self.setEnabled(True)
        self.retranslate()

    def take_scan(self, text: str) -> None:
        """A barcode that was scanned while no field had the focus."""
        if self._steps.currentWidget() is self._fields:
            self._fields.take_scan(text)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        super().set_narrow(narrow=narrow)
        self._facts.set_narrow(narrow=narrow)
        self._person.set_narrow(narrow=narrow)

    def take_focus(self) -> None:
        """Where the step begins; at a record what is advised, else the first act, else the way back."""
        step = self._steps.currentWidget()
        if step is self._facts:
            advised = self._view is not None and self._view.advised is not None
            if advised or not self._facts.focus_first_act():
                (self.go if advised else self.back).setFocus()
        elif isinstance(step, CorrectionFields | SecondPerson | ReasonChoice):
            step.take_focus()
        else:
            self.go.setFocus()

    def forget(self) -> None:
        """No record, no number, nobody's PIN."""
        self._view = self._act = self._failure = None
        for step in self._parts:
            step.forget()
        self._show_step(self._facts)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._person.reword(self._why())
        for step in (self._facts, self._reasons, self._giving_up, self._fields, self._mended):
            step.retranslate()
        self.title.setText(self._heading())
        number = "" if self._view is None else figures.local_number(self._view.record.local_number)
        self.subtitle.setText("" if self.is_at_facts or self.is_done else number)
        self._refusal.setVisible(self._failure is not None)
        self._fields.be_brief(brief=self._failure is not None)
        if self._failure is not None:
            text = failure_text(self._failure.code)
            self._refusal.say("red", text.what, text.do)
        self.back.setVisible(not self.is_done)
        self.back.say(_("Records") if self.is_at_facts else _("Back"))
        self._show_buttons()

    def _show_step(
        self, step: RecordFacts | ReasonChoice | CorrectionFields | SecondPerson | MendedPanel
    ) -> None:
        self._failure = None
        self.setEnabled(True)
        self._steps.setCurrentWidget(step)
        self.retranslate()
        if self.isVisible():
            self.take_focus()

    def _note_change(self) -> None:
        self._failure = None
        self._refusal.hide()
        self._fields.be_brief(brief=False)
        self._show_buttons()

    def _show_buttons(self) -> None:
        step = self._steps.currentWidget()
        advised = None if self._view is None else self._view.advised
        self.go.setVisible(step is not self._facts or advised is not None)
        ready = {
            self._reasons: self._reasons.reason is not None,
            self._giving_up: self._giving_up.reason is not None,
            self._fields: self._fields.is_ready,
            self._person: self._person.is_ready,
        }
        self.go.setEnabled(ready.get(step, True))  # type: ignore[call-overload] # one of the six
        self.go.say(self._go_words())

    def _go_words(self) -> str:
        step = self._steps.currentWidget()
        if step is self._facts:
            advised = None if self._view is None else self._view.advised
            return "" if advised is None else act_words(advised)
        if step is self._person:
            return _("Approve")
        if step is self._mended:
            return _("Records")
        if step is self._giving_up:
            return _("Give up")
        return _("Take back") if step is self._reasons else _("Correct")

    def _go_on(self) -> None:
        step = self._steps.currentWidget()
        if step is self._facts and self._view is not None and self._view.advised is not None:
            self.act_chosen.emit(str(self._view.advised))
        elif step is self._reasons and self._reasons.reason is not None:
            self.void_confirmed.emit(str(self._reasons.reason))
        elif step is self._giving_up and self._giving_up.reason is not None:
            self.give_up_confirmed.emit(str(self._giving_up.reason))
        elif step is self._fields:
            self.amend_confirmed.emit(self._fields.corrections)
        elif step is self._person:
            self._person.submit()
        elif step is self._mended:
            self.left.emit()

    def _heading(self) -> str:
        step = self._steps.currentWidget()
        if step is self._reasons:
            return _("Take back")
        if step is self._giving_up:
            return _("Give up")
        if step is self._fields:
            return _("Correct number, SIM or consent")
        if step is self._person:
            return _("Second person")
        return _("Done") if step is self._mended else _("Record")

    def _why(self) -> str:
        if self._view is None or self._act is None:
            return ""
        number = figures.local_number(self._view.record.local_number)
        if self._act is Act.GIVE_UP:
            return _("Give up {number}: the operator could not take it, and nothing of it will come.").format(
                number=number
            )
        return _("{act}: {number}. The time in which a clerk may do this alone is over.").format(
            act=act_words(self._act), number=number
        )
