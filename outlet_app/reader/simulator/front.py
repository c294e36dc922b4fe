"""What every front of the simulator is: the side on which a host meets the simulated reader."""

import threading
from collections.abc import Callable
from typing import Protocol


class Front(Protocol):
    """One way to the module. A front is used from one thread; it serves hosts on a thread of its own."""

    @property
    def port_text(self) -> str:
        """Port by which a host reaches it, as ``outlet reader read --port`` takes it."""

    def plug(self) -> None:
        """Be reachable; plugging what is plugged in changes nothing."""

    def unplug(self) -> None:
        """Be gone, in the middle of an answer too; the same for what is gone already."""

    def card_changed(self) -> None:
        """The card on the module was laid, lifted or swapped."""


class Worker:
    """One thread that can be started again after it ended. ``halt`` tells its target to end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._halt = threading.Event()

    def start(self, target: Callable[[threading.Event], None]) -> None:
        """Run ``target`` with a fresh ``halt``; the one before must have ended."""
        self.stop()
        self._halt = halt = threading.Event()
        self._thread = threading.Thread(target=target, args=(halt,), name=self._name)
        self._thread.start()

    def stop(self) -> None:
        """Tell the target to end and wait until it has."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
