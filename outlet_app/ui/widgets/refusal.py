"""Why a PIN did not do, said below its line; a lock is counted down as it runs."""

import time

from PySide6.QtCore import QObject, QTimer

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import _
from outlet_app.store.sign_in_store import ClerkLocked
from outlet_app.texts.failures import failure_text
from outlet_app.ui.figures import countdown
from outlet_app.ui.widgets.fields import Field

_TICK_MS = 250


class Refusal(QObject):
    """Says a failure under a field, in the language in force, and the true time that a lock still has."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._field = field
        self._failure: KnownFailure | None = None
        self._ends_at_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.retranslate)

    def show(self, failure: KnownFailure) -> None:
        """Say this failure until it is dropped; a lock until it has ended."""
        self._failure = failure
        if isinstance(failure, ClerkLocked):
            # what runs here is not the clock of the wall: setting that changes nothing
            self._ends_at_s = time.monotonic() + failure.left_s
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
            self._field.say("hint", _("Six digits or more"))
            return
        text = failure_text(failure.code)
        if not isinstance(failure, ClerkLocked):
            self._field.say("wrong", f"{text.what} {text.do}")
            return
        left_s = self._ends_at_s - time.monotonic()
        if left_s <= 0:
            self._timer.stop()
            self._field.say("caution", _("The lock has ended. Type the PIN again."))
        else:
            left = _("Time left: {time}").format(time=countdown(left_s))
            self._field.say("wrong", f"{text.what} {left}")
