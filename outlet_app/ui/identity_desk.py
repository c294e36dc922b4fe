"""Beyond the policy's number on one identity: from the card's page by way of a supervisor to the details."""

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from outlet_app.domain.failures import KnownFailure
from outlet_app.intake.journey import State
from outlet_app.ui.counter import Counter


class IdentityDesk(QObject):
    """Asks once a customer; an approval is good as long as the draft, for the same clerk."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        self._approved: UUID | None = None
        """The draft that a supervisor approved: a card that is read anew makes another one."""
        shell = counter.shell
        shell.review.supervisor_wanted.connect(self._ask)
        shell.identity_approval.given.connect(self._approve)
        shell.identity_approval.left.connect(self._back)
        counter.draft_hidden.connect(shell.identity_approval.forget)
        counter.draft_dropped.connect(self._forget)

    @Slot()
    def _ask(self) -> None:
        counter = self._counter
        if counter.draft is not None and self._approved == counter.draft.record_id:
            counter.shell.review.holder_confirmed.emit()
            return
        counter.shell.identity_approval.forget()
        counter.shell.show_page(counter.shell.identity_approval)

    @Slot(str, str)
    def _approve(self, number: str, pin: str) -> None:
        counter = self._counter
        draft, clerk = counter.draft, counter.clerk
        if draft is None or clerk is None:
            return
        counter.bridge.ask(
            lambda desk: desk.approve_identity(draft, clerk, number, pin),
            partial(self._take_approval, draft.record_id),
            partial(self._not_approved, counter.visit),
        )

    def _take_approval(self, record_id: UUID, _answer: None) -> None:
        counter = self._counter
        if counter.draft is None or counter.draft.record_id != record_id:
            return
        self._approved = record_id
        if counter.state is not State.REVIEW:
            return
        counter.shell.identity_approval.forget()
        counter.shell.review.holder_confirmed.emit()

    def _not_approved(self, visit: int, failure: KnownFailure) -> None:
        if visit == self._counter.visit:
            self._counter.shell.identity_approval.show_failure(failure)

    @Slot()
    def _back(self) -> None:
        shell = self._counter.shell
        shell.identity_approval.forget()
        if shell.page is shell.identity_approval:
            shell.show_page(shell.review)

    @Slot()
    def _forget(self) -> None:
        self._approved = None
        self._counter.shell.identity_approval.forget()
