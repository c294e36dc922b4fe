"""The way from a record in the list to what mends it."""

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import Corrections, GiveUpReason, VoidReason
from outlet_app.intake import roles
from outlet_app.intake.approvals import Approval
from outlet_app.intake.journey import Event, State
from outlet_app.intake.roles import may
from outlet_app.intake.service import SignedInClerk
from outlet_app.ui.bridge import Sender
from outlet_app.ui.counter import Counter
from outlet_app.ui.mend_views import Act, MendView, Replacement
from outlet_app.ui.views import RecordView

_What = VoidReason | Corrections | GiveUpReason | None


class MendDesk(QObject):
    """Lives in the GUI thread, while the journey stands at the records."""

    def __init__(self, counter: Counter, sender: Sender) -> None:
        super().__init__()
        self._counter = counter
        self._bridge = counter.bridge
        self._sender = sender
        self._shell = shell = counter.shell
        self._page = shell.mend
        self._begun: tuple[Act, _What] | None = None
        """What waits for the second person."""
        shell.records.record_chosen.connect(self._open)
        shell.rail.records_chosen.connect(self._leave)
        shell.stack.currentChanged.connect(self._page_changed)
        self._page.left.connect(self._back)
        self._page.act_chosen.connect(self._choose)
        self._page.void_confirmed.connect(self._void)
        self._page.give_up_confirmed.connect(self._give_up)
        self._page.amend_confirmed.connect(self._amend)
        self._page.approved.connect(self._approve)
        self._bridge.link_status_arrived.connect(self._refresh)

    # -- looking --

    @Slot(object)
    def _open(self, record_id: UUID) -> None:
        self._bridge.ask(lambda desk: desk.mending.look(record_id), self._show)

    def _show(self, view: MendView) -> None:
        if self._counter.state is State.RECORDS:
            self._begun = None
            self._page.show_record(view)
            self._shell.show_page(self._page)

    @Slot(object)
    def _refresh(self, _status: object) -> None:
        view = self._page.view
        if view is not None and self._page.is_at_facts and self._shell.page is self._page:
            record_id = view.record.record_id
            self._bridge.ask(lambda desk: desk.mending.look(record_id), self._refreshed)

    def _refreshed(self, view: MendView) -> None:
        if self._shell.page is self._page and self._page.is_at_facts and self._page.view != view:
            self._page.show_record(view)

    @Slot()
    def _back(self) -> None:
        view = self._page.view
        if view is None or self._page.is_at_facts or self._page.is_done:
            self._leave()
        else:
            self._show(view)

    @Slot()
    def _leave(self) -> None:
        if self._shell.page is self._page and self._counter.state is State.RECORDS:
            self._shell.show_page(self._shell.records)
            self._counter.refresh()

    @Slot(int)
    def _page_changed(self, _index: int) -> None:
        """Whatever took the page away: nothing typed on it stays."""
        if self._shell.page is not self._page:
            self._begun = None
            self._page.forget()

    # -- acting --

    @Slot(str)
    def _choose(self, name: str) -> None:
        view, act = self._page.view, Act(name)
        if view is None:
            return
        match act:
            case Act.VOID | Act.GIVE_UP:
                self._page.ask_reason(act)
            case Act.HAND_OVER:
                self._shell.records.stick_wanted.emit()
            case Act.AMEND:
                self._page.ask_corrections()
            case Act.REPLACE:
                self._do(act, None)
            case Act.RETRY:
                record_id = view.record.record_id
                self._bridge.ask(
                    lambda desk: desk.mending.retry(record_id), self._retried, self._page.show_failure
                )

    def _retried(self, view: MendView) -> None:
        self._sender.wake()
        self._show(view)

    @Slot(str)
    def _void(self, reason: str) -> None:
        self._do(Act.VOID, VoidReason(reason))

    @Slot(str)
    def _give_up(self, reason: str) -> None:
        self._do(Act.GIVE_UP, GiveUpReason(reason))

    @Slot(object)
    def _amend(self, corrections: Corrections) -> None:
        """Whether it may be given anew is asked before a second person is."""
        view = self._page.view
        if view is None:
            return
        record_id = view.record.record_id
        self._page.setEnabled(False)
        self._bridge.ask(
            lambda desk: desk.mending.check(record_id, corrections),
            partial(self._checked, corrections),
            self._page.show_failure,
        )

    def _checked(self, corrections: Corrections, _answer: None) -> None:
        self._page.setEnabled(True)
        self._do(Act.AMEND, corrections)

    @Slot(str, str)
    def _approve(self, number: str, pin: str) -> None:
        view, clerk, begun = self._page.view, self._counter.clerk, self._begun
        if view is None or clerk is None or begun is None:
            return
        act = begun[0]
        self._page.setEnabled(False)
        self._bridge.ask(
            lambda desk: desk.mending.approve(number, pin, act, view, clerk),
            self._approved,
            self._page.show_failure,
        )

    def _approved(self, approval: Approval) -> None:
        self._page.setEnabled(True)
        if self._begun is not None:
            self._do(*self._begun, approval)

    def _do(self, act: Act, what: _What, approval: Approval | None = None) -> None:
        view, clerk = self._page.view, self._counter.clerk
        if view is None or clerk is None:
            return
        if approval is None and (act in view.needs_approval or _needs_supervisor(act, clerk)):
            self._begun = (act, what)
            self._page.ask_second_person(act)
            return
        record_id = view.record.record_id
        if isinstance(what, GiveUpReason):
            self._page.setEnabled(False)
            self._bridge.ask(
                lambda desk: desk.mending.give_up(record_id, what, clerk, approval),
                self._retried,
                self._not_stored,
            )
        elif isinstance(what, VoidReason):
            self._page.setEnabled(False)
            self._bridge.ask(
                lambda desk: desk.mending.void(record_id, what, clerk, approval),
                self._stored,
                self._not_stored,
            )
        elif isinstance(what, Corrections):
            self._page.setEnabled(False)
            self._bridge.ask(
                lambda desk: desk.mending.amend(record_id, what, clerk, approval),
                self._stored,
                self._not_stored,
            )
        else:
            self._bridge.ask(
                lambda desk: desk.mending.replaced(record_id),
                partial(self._lay_again, approval),
                self._not_stored,
            )

    def _stored(self, record: RecordView) -> None:
        self._sender.wake()
        if self._shell.page is not self._page:
            return  # told as a slip that nobody has seen
        self._page.show_mended(record)
        self._bridge.ask(lambda desk: desk.slip_shown(record.record_id), self._nothing_follows)

    def _not_stored(self, failure: KnownFailure) -> None:
        """Said where it was begun; what a second person is missing for is asked for."""
        self._begun = None
        self._page.show_failure(failure)

    def _lay_again(self, approval: Approval | None, refers_to: UUID) -> None:
        if self._counter.state is State.RECORDS and self._shell.page is self._page:
            self._counter.happened(Event.KIND_CHOSEN)
            self._counter.replacing = Replacement(refers_to, approval)

    def _nothing_follows(self, _answer: None) -> None:
        """The slip was seen; the next status tells."""


def _needs_supervisor(act: Act, clerk: SignedInClerk) -> bool:
    """Nobody gives a record up but a supervisor, or with one."""
    return act is Act.GIVE_UP and not may(clerk.role, roles.Act.APPROVE)
