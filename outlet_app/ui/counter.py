"""The counter: what happens goes into the journey's table, and what follows is shown.

Lives in the GUI thread. Everything about one customer is in ``_draft`` and in
the pages between reading and done; both are emptied when the journey says so.
"""

import logging
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from outlet_app.checkpoints import Point, reached
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import ServiceDetails, Statements
from outlet_app.i18n import LANGUAGES, install_language, language
from outlet_app.intake.journey import HIDDEN, START, TYPED, Event, State, drops_draft, next_state
from outlet_app.intake.roles import Act, may
from outlet_app.intake.service import Draft, SignedInClerk
from outlet_app.ui.bridge import Bridge, Sender
from outlet_app.ui.desk import Desk, RecordPage
from outlet_app.ui.mend_views import Replacement
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.shell import Shell
from outlet_app.ui.state_pages import page_of
from outlet_app.ui.views import OutletView, QrCode, RecordView, ReviewView, ServiceVerdict, TodayView

log = logging.getLogger(__name__)

_TILES_FREE = {State.HOME, State.RECORDS, State.DONE}


class Counter(QObject):
    """One window's journey.

    ``draft_dropped``: nothing of the customer may stay anywhere;
    ``draft_hidden``: it waits behind the sign-in page for the same clerk;
    ``clerk_gone``: who was signed in until now;
    ``refused``: why a record was not stored.
    """

    draft_dropped = Signal()
    draft_hidden = Signal()
    clerk_gone = Signal(object)
    refused = Signal(object)

    def __init__(self, shell: Shell, bridge: Bridge, sender: Sender) -> None:
        super().__init__()
        self.shell = shell
        self.bridge = bridge
        self._sender = sender
        self._sender_runs = False
        self.state = START
        self.clerk: SignedInClerk | None = None
        self._draft: Draft | None = None
        self._compared = False
        self._visit = 0  # grows when a customer's draft is dropped: answers for an earlier one are not wanted
        self._unseen: list[RecordView] = []
        self.replacing: Replacement | None = None
        """The registration whose place this customer's takes."""
        self._connect()

    def _connect(self) -> None:
        shell = self.shell
        shell.language_wanted.connect(self.change_language)
        shell.rail.open_chosen.connect(self._choose_open)
        shell.rail.records_chosen.connect(self._open_records)
        shell.reading.left.connect(self._cancel)
        shell.review.declined.connect(self._cancel)
        shell.review.holder_confirmed.connect(self._accept_card)
        shell.review.reveal_held.connect(self._reveal)
        shell.service.left.connect(self._back_to_review)
        shell.service.check_wanted.connect(self._check)
        shell.service.confirmed.connect(self._confirm)
        shell.done.drawn.connect(self._slip_drawn)
        shell.done.left.connect(self._leave_done)
        shell.records.page_wanted.connect(self._want_records)
        shell.records.left.connect(self._choose_open)
        shell.trouble.left.connect(self.begin)
        self.bridge.failed.connect(self.show_trouble)

    # -- begin --

    @Slot()
    def begin(self) -> None:
        """Start, or start again after trouble: slips that nobody saw come before anything else."""
        self.bridge.ask(Desk.outlet, self._take_outlet)

    def _take_outlet(self, outlet: OutletView | None) -> None:
        if outlet is None:
            self._show(self.shell.join)
            return
        self.shell.rail.show_outlet(outlet.name, test=outlet.test)
        if not self._sender_runs:
            self._sender_runs = True
            self._sender.start()
        self.bridge.ask(Desk.slips_not_shown, self._take_unseen)

    def _take_unseen(self, records: list[RecordView]) -> None:
        self._unseen = records
        if records and self.state is State.SIGNED_OUT:
            self.happened(Event.SLIPS_WAITING)
        else:
            self._show_state()

    @Slot()
    def change_language(self) -> None:
        """The other language, everywhere, at once."""
        install_language(next(code for code in LANGUAGES if code != language()))
        self.shell.retranslate()

    # -- one customer --

    def take_card(self, draft: Draft, review: ReviewView) -> None:
        """A card was read and looked at."""
        self._draft, self._compared = draft, False
        self.shell.review.show_card(review)
        self.shell.service.show_holder(review.card.document)
        self.happened(Event.CARD_READ)

    @property
    def draft(self) -> Draft | None:
        """The customer's registration in the making, of a card."""
        return self._draft

    @property
    def visit(self) -> int:
        """Number of the customer at the counter; another one means that the former's answers are unwanted."""
        return self._visit

    @property
    def may_register(self) -> bool:
        """A card that is laid down is a customer's: who is signed in registers, and no limit holds."""
        return (
            self.clerk is not None and may(self.clerk.role, Act.REGISTER) and not self.shell.home.is_stopped
        )

    @Slot()
    def _cancel(self) -> None:
        self.happened(Event.CANCELLED)

    @Slot()
    def _accept_card(self) -> None:
        self._compared = True
        self.happened(Event.CARD_ACCEPTED)

    @Slot()
    def _back_to_review(self) -> None:
        self._compared = False
        self.happened(Event.BACK)

    @Slot()
    def _reveal(self) -> None:
        draft, clerk = self._draft, self.clerk
        if draft is not None and clerk is not None:
            self.bridge.ask(
                lambda desk: desk.journal_reveal(draft, clerk), partial(self._revealed, self._visit)
            )

    def _revealed(self, visit: int, _journalled: None) -> None:
        if visit == self._visit:
            self.shell.review.show_revealed()

    @Slot(str, str)
    def _check(self, number: str, iccid: str) -> None:
        replacing = self.replacing
        self.bridge.ask(
            lambda desk: desk.check(number, iccid, replacing), partial(self._checked, self._visit)
        )

    def _checked(self, visit: int, verdict: ServiceVerdict) -> None:
        if visit == self._visit:
            self.shell.service.show_verdict(verdict)

    @Slot(str, str)
    def _confirm(self, number: str, iccid: str) -> None:
        draft, clerk = self._draft, self.clerk
        if draft is None or clerk is None:
            return
        details = ServiceDetails(number, iccid)
        statements = Statements(
            holder_compared=self._compared, consent=self.shell.service.consent.isChecked()
        )
        replacing = self.replacing
        self.happened(Event.DETAILS_CONFIRMED)
        self.bridge.ask(
            lambda desk: desk.confirm(draft, details, statements, clerk, replacing),
            self.stored,
            self.not_stored,
        )

    def stored(self, record: RecordView) -> None:
        """The customer's record is there: show the slip."""
        self.shell.done.show_slip(record)
        self.happened(Event.STORED)
        self._sender.wake()

    def not_stored(self, failure: KnownFailure) -> None:
        """Nothing was stored, and why."""
        self.shell.service.show_refusal(failure)
        self.happened(Event.REFUSED)
        self.refused.emit(failure)

    # -- the slip --

    @Slot(object)
    def _slip_drawn(self, record_id: UUID) -> None:
        reached(Point.SLIP_DRAWN)
        self.bridge.ask(lambda desk: desk.slip_shown(record_id), self._nothing_follows)

    @Slot()
    def _leave_done(self) -> None:
        if self.state is State.SLIPS:
            self._unseen = self._unseen[1:]
            if self._unseen:
                self._show_state()
            else:
                self.happened(Event.SLIPS_SEEN)
        else:
            self.happened(Event.FINISHED)

    def refresh(self) -> None:
        """The queue has moved: bring what is shown of it up to date."""
        record = self.shell.done.record
        if self.state in {State.DONE, State.SLIPS} and record is not None:
            self.bridge.ask(lambda desk: desk.record(record.record_id), self._take_record)
        elif self.state is State.HOME:
            self.bridge.ask(Desk.today, self._take_today)
        elif self.state is State.RECORDS:
            self.bridge.ask(Desk.today, self._take_today)
            if self.shell.records.at_top:
                state = self.shell.records.state
                self.bridge.ask(partial(_page, state, None), partial(self._take_renewed_page, state))

    def _take_record(self, found: tuple[RecordView, QrCode | None]) -> None:
        self.shell.done.show_record(*found)

    def _take_today(self, today: TodayView) -> None:
        self.shell.home.show_today(today)
        self.shell.rail.offer_exceptions(today.exceptions_offered and self.may_register)
        self.shell.records.show_today(today)

    # -- records --

    @Slot()
    def _open_records(self) -> None:
        self.happened(Event.RECORDS_OPENED)

    @Slot()
    def _choose_open(self) -> None:
        self.happened(Event.BACK if self.state is State.RECORDS else Event.FINISHED)

    @Slot(object, object)
    def _want_records(self, state: object, before: object) -> None:
        wanted = partial(_page, state, before)
        self.bridge.ask(wanted, partial(self._take_page, state))

    def _take_renewed_page(self, state: object, page: RecordPage) -> None:
        # whoever scrolled down meanwhile is not put back to the top
        if self.shell.records.at_top:
            self._take_page(state, page)

    def _take_page(self, state: object, page: RecordPage) -> None:
        if self.state is State.RECORDS and state == self.shell.records.state:
            self.shell.records.show_page(page.records, first=page.first, more=page.more)

    # -- the journey --

    def happened(self, event: Event) -> None:
        """Take an event through the table; one that means nothing here is passed over."""
        following = next_state(self.state, event)
        if following is None:
            log.debug("%s means nothing in %s", event, self.state)
            return
        former, self.state = self.state, following
        if following in HIDDEN:
            self._compared = False
            self.shell.review.hide_digits()
            self.draft_hidden.emit()
        if drops_draft(former, following):
            self.replacing = None
        if drops_draft(former, following) or following is State.READING:
            self._drop_draft()
        self._show_state()

    def _drop_draft(self) -> None:
        self._visit += 1
        self._draft, self._compared = None, False
        for page in self.shell.customer_pages:
            page.forget()
        self.draft_dropped.emit()

    def _show_state(self) -> None:
        shell, state = self.shell, self.state
        if state is State.SIGNED_OUT or state in HIDDEN:
            self._nobody_is_here()
        elif state is State.SLIPS:
            shell.done.show_slip(self._unseen[0], late=True)
        elif state is State.RECORDS:
            self._want_records(shell.records.state, None)
        if state not in {State.DONE, State.SLIPS}:
            shell.done.forget()
        if state is State.HOME:
            shell.records.forget()
        self._show(page_of(shell, state))
        self.refresh()

    def _nobody_is_here(self) -> None:
        gone, self.clerk = self.clerk, None
        if gone is not None:
            self.clerk_gone.emit(gone)
        self.shell.strip.show_clerk(None)
        self.shell.sign_in.forget()
        self.shell.records.forget()

    def _show(self, page: PageFrame) -> None:
        rail, shell = self.shell.rail, self.shell
        rail.show_tiles(self.clerk is not None and page is not shell.trouble)
        begun = rail.exception_tile if self.state in TYPED else rail.open_tile
        rail.mark(rail.records_tile if page is shell.records else begun)
        rail.allow(self.state in _TILES_FREE)
        shell.strip.clerk_button.setEnabled(next_state(self.state, Event.SIGNED_OUT) is not None)
        shell.show_page(page)

    @Slot(object)
    def show_trouble(self, failure: KnownFailure | None) -> None:
        """Something nobody is there to mend on a page: say it, drop the customer, start again from there.

        After an error in the middle of storing it is the slips that say whether the record exists.
        """
        self._drop_draft()
        if self.clerk is None or self.state in {State.STORING, State.TYPED_STORING}:
            self.state = State.SIGNED_OUT
            self._nobody_is_here()
        else:
            self.state = State.HOME
        self.shell.done.forget()
        self.shell.trouble.show_failure(failure)
        self._show(self.shell.trouble)

    def _nothing_follows(self, _answer: None) -> None:
        """What was asked is done; the next status tells."""


def _page(state: object, before: object, desk: Desk) -> RecordPage:
    return desk.page(state, before)  # type: ignore[arg-type] # signals carry objects; both come from the page
