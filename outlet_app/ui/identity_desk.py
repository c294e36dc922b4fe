"""What a clerk does not do alone with a card, from where it is asked for by way of a supervisor and back.

One more number on one identity than the policy's, told when the card is
looked at; and whatever the record itself is refused for without a second
person: a replacement that began within the policy's minutes and ended behind
them, a limit that was reached meanwhile.
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.approvals import Approval
from outlet_app.intake.journey import State
from outlet_app.ui.counter import Counter
from outlet_app.ui.mend_views import Replacement

_MENDED_BY_A_SUPERVISOR = frozenset({FailureCode.IDENTITY_LIMIT, FailureCode.SECOND_PERSON_NEEDED})


class IdentityDesk(QObject):
    """Asks once a customer; an approval is good as long as the draft, for the same clerk."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        self._page = counter.shell.identity_approval
        self._approved: UUID | None = None
        """The draft that a supervisor approved: a card that is read anew makes another one."""
        counter.shell.review.supervisor_wanted.connect(self._ask)
        counter.refused.connect(self._refused)
        self._page.given.connect(self._approve)
        self._page.left.connect(self._back)
        counter.draft_hidden.connect(self._page.forget)
        counter.draft_dropped.connect(self._forget)

    @Slot()
    def _ask(self) -> None:
        counter = self._counter
        if counter.draft is not None and self._approved == counter.draft.record_id:
            counter.shell.review.holder_confirmed.emit()
            return
        self._open(FailureCode.IDENTITY_LIMIT, 2)

    @Slot(object)
    def _refused(self, failure: KnownFailure) -> None:
        """The record was refused for want of a second person: ask where the clerk stands."""
        if self._counter.state is State.DETAILS and failure.code in _MENDED_BY_A_SUPERVISOR:
            self._approved = None
            self._open(failure.code, 3)

    def _open(self, why: FailureCode, step: int) -> None:
        self._page.forget()
        self._page.ask_for(why, step)
        self._counter.shell.show_page(self._page)

    @Slot(str, str)
    def _approve(self, number: str, pin: str) -> None:
        counter = self._counter
        draft, clerk, replacing = counter.draft, counter.clerk, counter.replacing
        if draft is None or clerk is None:
            return
        refused = partial(self._not_approved, counter.visit)
        if replacing is None:
            counter.bridge.ask(
                lambda desk: desk.approve_identity(draft, clerk, number, pin),
                partial(self._identity_approved, draft.record_id),
                refused,
            )
        else:
            counter.bridge.ask(
                lambda desk: desk.mending.approve_replacement(number, pin, replacing.refers_to, clerk),
                partial(self._replacement_approved, draft.record_id, replacing),
                refused,
            )

    def _identity_approved(self, record_id: UUID, _answer: None) -> None:
        if self._is_here(record_id):
            self._approved = record_id
            self._go_on()

    def _replacement_approved(self, record_id: UUID, replacing: Replacement, approval: Approval) -> None:
        if self._is_here(record_id):
            self._counter.replacing = Replacement(replacing.refers_to, approval)
            self._go_on()

    def _is_here(self, record_id: UUID) -> bool:
        return self._counter.draft is not None and self._counter.draft.record_id == record_id

    def _go_on(self) -> None:
        """With what the clerk did last: to the details, or the record once more."""
        shell = self._counter.shell
        steps: dict[State, Callable[[], object]] = {
            State.REVIEW: shell.review.holder_confirmed.emit,
            State.DETAILS: shell.service.confirm.click,
        }
        step = steps.get(self._counter.state)
        if step is not None:
            self._back()
            step()

    def _not_approved(self, visit: int, failure: KnownFailure) -> None:
        if visit == self._counter.visit:
            self._page.show_failure(failure)

    @Slot()
    def _back(self) -> None:
        shell = self._counter.shell
        self._page.forget()
        if shell.page is self._page:
            shell.show_page(shell.service if self._counter.state is State.DETAILS else shell.review)

    @Slot()
    def _forget(self) -> None:
        self._approved = None
        self._page.forget()
