"""What stands on the details' page is made ready for its button, and forgotten with its customer."""

from PySide6.QtCore import QObject, Slot

from outlet_app.domain.failures import KnownFailure
from outlet_app.ui.counter import Counter
from outlet_app.ui.desk import Desk


class PreparingDesk(QObject):
    """Asks the intake after each check; what is in the way is said by the check, or at the button."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        self._asked = False
        counter.shell.service.check_wanted.connect(self._prepare)
        counter.draft_dropped.connect(self._forget)

    @Slot(str, str)
    def _prepare(self, number: str, iccid: str) -> None:
        draft, clerk = self._counter.draft, self._counter.clerk
        if draft is None or clerk is None:
            return
        self._asked = True
        self._counter.bridge.ask(
            lambda desk: desk.prepare(draft, number, iccid, clerk), self._done, self._not_prepared
        )

    @Slot()
    def _forget(self) -> None:
        if self._asked:
            self._asked = False
            self._counter.bridge.ask(Desk.forget_prepared, self._done, self._not_prepared)

    def _done(self, _answer: None) -> None:
        """Nothing on the screen follows from it."""

    def _not_prepared(self, _failure: KnownFailure) -> None:
        """The button asks the same, and says it."""
