"""A word to stop that also ends the exchange in which a sender may just be waiting."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.client import ServerClient


class Stop:
    """Asked for by any thread, once; the sender hears it between two steps, its client at once."""

    def __init__(self) -> None:
        # taken again by a signal's handler, which runs within whatever holds it
        self._lock = threading.RLock()
        self._asked = threading.Event()
        self._client: ServerClient | None = None

    def ask(self) -> None:
        """Stop as soon as it can be done in order."""
        with self._lock:
            self._asked.set()
            if self._client is not None:
                self._client.close()

    def was_asked(self) -> bool:
        """True from the moment somebody asked."""
        return self._asked.is_set()

    def wait(self, timeout_s: float) -> None:
        """Nothing until somebody asks, or until the time is over."""
        self._asked.wait(timeout_s)

    def heed(self) -> None:
        """KnownFailure INTERRUPTED when somebody asked."""
        if self._asked.is_set():
            raise KnownFailure(FailureCode.INTERRUPTED)

    @contextmanager
    def watching(self, client: ServerClient) -> Iterator[ServerClient]:
        """The client, closed at the end or when somebody asks."""
        with self._lock:
            self._client = client
            if self._asked.is_set():
                client.close()
        try:
            yield client
        finally:
            with self._lock:
                self._client = None
            client.close()
