"""A word to stop that also ends the exchange in which a sender may just be waiting."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.client import ServerClient

SLICE_S = 0.25
"""A signal that comes just before a wait begins is heard when the wait ends: it must be a short one."""


class Stop:
    """Asked for by any thread, once; the sender hears it between two steps, its client at once."""

    def __init__(self) -> None:
        # a signal's handler asks too, within whatever it interrupts: so a lock that it may take again, and a
        # queue, which may be put to while it is waited at; the lock within an Event would never come free
        self._lock = threading.RLock()
        self._asked = False
        self._word: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._client: ServerClient | None = None

    def ask(self) -> None:
        """Stop as soon as it can be done in order."""
        with self._lock:
            self._asked = True
            self._word.put(None)
            if self._client is not None:
                self._client.close()

    def was_asked(self) -> bool:
        """True from the moment somebody asked."""
        return self._asked

    def wait(self, timeout_s: float) -> None:
        """Nothing until somebody asks, or until the time is over."""
        until = time.monotonic() + timeout_s
        while not self._asked and (left_s := until - time.monotonic()) > 0:
            with suppress(queue.Empty):
                self._word.get(timeout=min(left_s, SLICE_S))
                # for whoever waits next
                self._word.put(None)

    def heed(self) -> None:
        """KnownFailure INTERRUPTED when somebody asked."""
        if self._asked:
            raise KnownFailure(FailureCode.INTERRUPTED)

    @contextmanager
    def watching(self, client: ServerClient) -> Iterator[ServerClient]:
        """The client, closed at the end or when somebody asks."""
        with self._lock:
            self._client = client
            if self._asked:
                client.close()
        try:
            yield client
        finally:
            with self._lock:
                self._client = None
            client.close()
