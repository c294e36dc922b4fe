"""The exception lane in the window: a document without a readable chip, from its scan to its record.

Lives in the GUI thread beside the counter, whose journey it follows. The draft,
its scan and the picture on the screen go when the journey says so.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import ServiceDetails, Statements
from outlet_app.intake.exceptions import ExceptionDraft, TypedVerdict
from outlet_app.intake.journey import Event, State
from outlet_app.intake.service import SignedInClerk
from outlet_app.ui.counter import Counter
from outlet_app.ui.desk import Desk
from outlet_app.ui.scan_desk import ScanDesk, TakenScan
from outlet_app.ui.scan_views import ScanningView, TypedReviewView
from outlet_app.ui.views import RecordView


class ExceptionLane(QObject):
    """Asks the use case step by step; answers for an earlier customer are not wanted."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        self._taken: TakenScan | None = None
        self._draft: ExceptionDraft | None = None
        self._has_looked = False
        self._connect()

    def _connect(self) -> None:
        counter, shell = self._counter, self._counter.shell
        shell.rail.exception_chosen.connect(self._choose)
        shell.scanning.look_wanted.connect(self._look_around)
        shell.scanning.taken.connect(self._take)
        shell.scanning.left.connect(self._cancel)
        shell.typing.look_wanted.connect(self._look)
        shell.typing.typed.connect(self._type)
        shell.typed_review.holder_confirmed.connect(self._compare)
        shell.typed_review.reveal_held.connect(self._reveal)
        shell.approval.given.connect(self._approve)
        for page in (shell.typing, shell.typed_review, shell.approval):
            page.left.connect(self._go_back)
        shell.service.confirmed.connect(self._confirm)
        counter.draft_dropped.connect(self._forget)
        counter.draft_hidden.connect(self._hide)

    # -- the scan --

    @Slot()
    def _choose(self) -> None:
        self._counter.happened(Event.EXCEPTION_CHOSEN)

    @Slot()
    def _cancel(self) -> None:
        self._counter.happened(Event.CANCELLED)

    @Slot()
    def _go_back(self) -> None:
        self._counter.happened(Event.BACK)

    @Slot(object)
    def _look_around(self, dropped: Path | None) -> None:
        counter = self._counter
        self._has_looked = True
        counter.bridge.ask(
            lambda desk: desk.scans.look_around(dropped), partial(self._looked_around, counter.visit)
        )

    def _looked_around(self, visit: int, view: ScanningView) -> None:
        if visit == self._counter.visit and self._counter.state is State.SCANNING:
            self._counter.shell.scanning.show_view(view)

    @Slot(object, object)
    def _take(self, kind: DocumentKind, path: Path) -> None:
        counter, clerk = self._counter, self._counter.clerk
        if clerk is not None:
            counter.bridge.ask(
                lambda desk: desk.scans.take(kind, path, clerk),
                partial(self._took, counter.visit),
                counter.shell.scanning.show_failure,
            )

    def _took(self, visit: int, taken: TakenScan) -> None:
        if visit == self._counter.visit and self._counter.state is State.SCANNING:
            self._taken, self._draft = taken, taken.draft
            self._counter.shell.typing.show_scan(taken.draft.document_kind, taken.picture)
            self._counter.happened(Event.SCANNED)

    # -- the fields --

    @Slot(object)
    def _look(self, texts: dict[str, str]) -> None:
        counter, draft = self._counter, self._draft
        if draft is not None:
            counter.bridge.ask(
                lambda desk: desk.scans.look(draft, texts), partial(self._looked, counter.visit, texts)
            )

    def _looked(self, visit: int, texts: dict[str, str], verdict: TypedVerdict) -> None:
        if visit == self._counter.visit:
            self._counter.shell.typing.show_verdict(texts, verdict)

    @Slot(object)
    def _type(self, texts: dict[str, str]) -> None:
        counter, draft, taken = self._counter, self._draft, self._taken
        if draft is not None and taken is not None:
            counter.bridge.ask(
                lambda desk: desk.scans.typed(draft, texts, taken.picture),
                partial(self._typed, counter.visit),
                counter.shell.typing.show_failure,
            )

    def _typed(self, visit: int, found: tuple[ExceptionDraft, TypedReviewView]) -> None:
        if visit == self._counter.visit and self._counter.state is State.TYPING:
            self._draft, view = found
            self._counter.shell.typed_review.show_document(view)
            self._counter.shell.service.show_holder(view.document, typed=True)
            self._counter.happened(Event.TYPED)

    @Slot()
    def _reveal(self) -> None:
        counter, draft, clerk = self._counter, self._draft, self._counter.clerk
        if draft is not None and clerk is not None:
            counter.bridge.ask(
                lambda desk: desk.scans.journal_reveal(draft, clerk), partial(self._revealed, counter.visit)
            )

    def _revealed(self, visit: int, _journalled: None) -> None:
        if visit == self._counter.visit:
            self._counter.shell.typed_review.show_revealed()

    # -- the second person --

    @Slot()
    def _compare(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self._counter.shell.approval.ask_about(draft.document_kind)
        self._counter.happened(Event.COMPARED)
        if draft.approval is not None:
            # nothing was changed since it was given
            self._counter.happened(Event.APPROVED)

    @Slot(str, str)
    def _approve(self, number: str, pin: str) -> None:
        counter, draft, clerk = self._counter, self._draft, self._counter.clerk
        if draft is not None and clerk is not None:
            counter.bridge.ask(
                lambda desk: desk.scans.approve(draft, clerk, number, pin),
                partial(self._approved, counter.visit),
                counter.shell.approval.show_failure,
            )

    def _approved(self, visit: int, draft: ExceptionDraft) -> None:
        if visit == self._counter.visit and self._counter.state is State.APPROVAL:
            self._draft = draft
            self._counter.happened(Event.APPROVED)

    # -- the record --

    @Slot(str, str)
    def _confirm(self, number: str, iccid: str) -> None:
        counter, draft, taken, clerk = self._counter, self._draft, self._taken, self._counter.clerk
        if draft is None or taken is None or clerk is None:
            return
        details = ServiceDetails(number, iccid)
        # there is no way here but over the review, where the clerk compared the person
        statements = Statements(holder_compared=True, consent=counter.shell.service.consent.isChecked())
        erase = counter.shell.scanning.erase.isChecked()
        counter.happened(Event.DETAILS_CONFIRMED)
        counter.bridge.ask(
            partial(_stored, draft, details, statements, clerk, taken if erase else None),
            self._take_record,
            counter.not_stored,
        )

    def _take_record(self, found: tuple[RecordView, KnownFailure | None]) -> None:
        record, not_erased = found
        self._counter.stored(record)
        self._counter.shell.done.show_aside(not_erased)

    @Slot()
    def _hide(self) -> None:
        """Behind the lock nothing stays revealed, and the second person's word is good no more."""
        shell = self._counter.shell
        shell.approval.forget()
        shell.typed_review.hide_digits()
        if self._draft is not None:
            self._draft = replace(self._draft, approval=None)

    @Slot()
    def _forget(self) -> None:
        self._taken = self._draft = None
        if self._has_looked:
            self._has_looked = False
            self._counter.bridge.ask(lambda desk: desk.scans.forget(), self._forgotten)

    def _forgotten(self, _done: None) -> None:
        """Nothing of the last customer is left."""


def _stored(
    draft: ExceptionDraft,
    details: ServiceDetails,
    statements: Statements,
    clerk: SignedInClerk,
    to_be_erased: TakenScan | None,
    desk: Desk,
) -> tuple[RecordView, KnownFailure | None]:
    """On the intake thread: the record, and why the scanner's file could not be erased, if it was to be."""
    scans: ScanDesk = desk.scans
    slip = scans.confirm(draft, details, statements, clerk)
    failure = None if to_be_erased is None else scans.erase(slip, to_be_erased.file)
    return desk.record(slip.record_id)[0], failure
