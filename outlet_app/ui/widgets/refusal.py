"""Why number and PIN did not do; a lock is counted down as it runs."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from outlet_app.boot_clock import seconds_awake_and_asleep
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import _
from outlet_app.store.sign_in_store import ClerkLocked
from outlet_app.texts.failures import failure_text
from outlet_app.texts.pins import weakness_text
from outlet_app.texts.sentences import sentences
from outlet_app.ui.figures import countdown

_TICK_MS = 250


class Refusal(QObject):
    """Says a failure in the language in force, and the true time that a lock still has.

    ``say(verdict, words)`` shows it; the verdict is one of a field's, ``hint``
    when nothing is wrong.
    """

    def __init__(self, parent: QObject, say: Callable[[str, str], None]) -> None:
        super().__init__(parent)
        self._say = say
        self._failure: KnownFailure | None = None
        self._ends_at_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.retranslate)

    def show(self, failure: KnownFailure) -> None:
        """Say this failure until it is dropped; a lock until it has ended."""
        self._failure = failure
        if isinstance(failure, ClerkLocked):
            # what runs here is not the clock of the wall: setting that changes nothing, sleep counts
            self._ends_at_s = seconds_awake_and_asleep() + failure.left_s
            self._timer.start()
        else:
            self._timer.stop()
        self.retranslate()

    def drop(self) -> None:
        """Nothing is wrong, or nothing yet."""
        self._failure = None
        self._timer.stop()
        self.retranslate()

    def retranslate(self) -> None:
        """The words as they are true now."""
        failure = self._failure
        if failure is None:
            self._say("hint", "")
            return
        text = failure_text(failure.code)
        if isinstance(failure, ClerkLocked):
            self._say(*self._lock_words(text.what))
        elif failure.code is FailureCode.PIN_NOT_ALLOWED:
            self._say("wrong", sentences(weakness_text(failure.detail), text.do))
        else:
            self._say("wrong", sentences(text.what, text.do))

    def _lock_words(self, what: str) -> tuple[str, str]:
        left_s = self._ends_at_s - seconds_awake_and_asleep()
        if left_s <= 0:
            self._timer.stop()
            return "caution", _("The lock has ended. Type the PIN again.")
        left = _("Time left: {time}").format(time=countdown(left_s))
        return "wrong", sentences(what, left)
