"""How often a module is asked for a card, and whether the card it gives is the one it gave before."""

import hashlib
import threading
import time

from outlet_app.reader.waits import FIND_PAUSE_S


class FindPacing:
    """Keeps two finds apart, however quickly a session is asked."""

    def __init__(self) -> None:
        self._asked_at = -FIND_PAUSE_S

    def keep(self) -> None:
        """Come back late rather than let the module be asked too soon after the last time."""
        # the pause is the protocol's own, at most FIND_PAUSE_S
        time.sleep(max(0.0, self._asked_at + FIND_PAUSE_S - time.monotonic()))
        self._asked_at = time.monotonic()

    @staticmethod
    def pause(timeout_s: float, stop: threading.Event) -> None:
        """The pause between two finds, shorter when there is less time or ``stop`` is set."""
        stop.wait(min(timeout_s, FIND_PAUSE_S))


class LastCard:
    """The card that a module read last: read again without having been seen gone, it is marked."""

    def __init__(self) -> None:
        self._answer_hash: bytes | None = None
        self._seen_gone = True

    def is_gone(self) -> None:
        """The module found nothing: no card, or the same one still lying there [2+]."""
        self._seen_gone = True

    def is_read(self, answer: bytes) -> bool:
        """Note the answer to a read; True when the last one was the same and nothing was seen between."""
        answer_hash = hashlib.sha256(answer).digest()
        in_place = not self._seen_gone and answer_hash == self._answer_hash
        self._answer_hash = answer_hash
        self._seen_gone = False
        return in_place
