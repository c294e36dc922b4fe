"""What became of the card that was read: still there, gone, or another one in its place.

A module answers 80 both when the card is gone and when the card it read still
lies there, and some modules find a card again that was never lifted. So:

- 80 and then 9F is a card newly laid down, the same one or another;
- 9F without an 80 before it is a module that reads in place, or a swap too
  quick to be seen: the card is read again, silently, and its hash decides;
- 80 from a module that reads in place means that the card is gone;
- a PC/SC reader says itself whether something lies there, and counts cards.
"""

import threading
import time
from collections.abc import Callable

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.pulse import ASKING_S, Pulse
from outlet_app.reader.session import Progress, RawAnswer, ReaderSession

READ_AGAIN_S = 2.0
"""Pause between silent reads of a card that lies on a module which reads in place."""


class CardWatch:
    """A ReaderSession around another one: knows the card that lies there, beats the pulse at each call.

    ``on_removed`` is called once for each delivered card, before anything is
    said of the next one. ``is_outdated`` is asked while no card is known to
    lie there: True ends the wait with KnownFailure INTERRUPTED. So does
    ``is_doubtful`` whatever lies there, and the end of a read, too: a card
    that was read across the machine's sleep may not be its holder's any more.
    """

    def __init__(
        self,
        session: ReaderSession,
        pulse: Pulse,
        on_removed: Callable[[], None],
        is_outdated: Callable[[], bool] = lambda: False,
        is_doubtful: Callable[[], bool] = lambda: False,
    ) -> None:
        self._session = session
        self._pulse = pulse
        self._on_removed = on_removed
        self._is_outdated = is_outdated
        self._is_doubtful = is_doubtful
        self._delivered = False
        self._seen_nothing = False
        self._reads_in_place = False
        self._read_at = 0.0
        self.silent = False
        """True while a card is read of which it is not known whether it is the one delivered before."""
        self.answer = b""
        """The module's whole answer to the last read."""
        self.has_worked = False
        """True once the reader saw itself empty, or a card came to its end."""
        self.has_been_empty = False
        """True once the reader found nothing to read."""
        self.has_served = False
        """True once a card came to its end, good or bad."""

    @property
    def driver(self) -> str:
        """As the session has it."""
        return self._session.driver

    @property
    def port(self) -> str:
        """As the session has it."""
        return self._session.port

    @property
    def sam_number(self) -> str | None:
        """As the session has it."""
        return self._session.sam_number

    @property
    def baud(self) -> int | None:
        """As the session has it."""
        return self._session.baud

    @property
    def bytes_exchanged(self) -> int:
        """As the session has it."""
        return self._session.bytes_exchanged

    @property
    def sees_card(self) -> bool | None:
        """As the session has it."""
        return self._session.sees_card

    def find(self) -> bool:
        """As the session finds, a card known to lie there left out."""
        self._pulse.beat(ASKING_S)
        found = self._session.find()
        self.has_been_empty |= not found
        self.has_worked |= not found
        if not self._delivered:
            return found
        if not found:
            self._seen_nothing = True
            if self._reads_in_place or self.sees_card is False:
                self.card_is_gone()
            return False
        if self._seen_nothing or self.sees_card is not None:
            self.card_is_gone()
        elif self._reads_in_place and time.monotonic() - self._read_at < READ_AGAIN_S:
            return False
        else:
            self.silent = True
        return True

    def select(self) -> None:
        """As the session selects."""
        self._pulse.beat(ASKING_S)
        self._session.select()

    def read(self, progress: Progress | None = None) -> RawAnswer:
        """As the session reads; keeps the answer."""
        self._pulse.beat(ASKING_S)
        raw = self._session.read(progress)
        self._doubt()
        self.answer = raw.answer
        self._read_at = time.monotonic()
        return raw

    def reset(self) -> None:
        """As the session resets."""
        self._pulse.beat(ASKING_S)
        self._session.reset()

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """As the session waits, a second at a time so that the pulse goes on."""
        self._pulse.beat(ASKING_S)
        self._doubt()
        if not self._delivered and self._is_outdated():
            raise KnownFailure(FailureCode.INTERRUPTED, "reader families changed")
        self._session.wait(min(timeout_s, 1.0), stop)

    def _doubt(self) -> None:
        if self._is_doubtful():
            raise KnownFailure(FailureCode.INTERRUPTED, "slept with the reader open")

    def close(self) -> None:
        """As the session closes."""
        self._pulse.beat(ASKING_S)
        self._session.close()

    def card_lies_still(self) -> None:
        """The card that was read silently is the one delivered before."""
        self.silent = False
        self._reads_in_place = True

    def card_delivered(self) -> None:
        """A card was read and told; it is taken to lie there until something else is seen."""
        self._delivered = True
        self._seen_nothing = False
        self.card_is_done()

    def card_is_done(self) -> None:
        """A card came to its end: its document, or what is wrong with it, was told."""
        self.has_worked = self.has_served = True

    def card_is_gone(self) -> None:
        """Tell that the delivered card is gone, if there is one."""
        self.silent = False
        if self._delivered:
            self._delivered = False
            self._on_removed()
