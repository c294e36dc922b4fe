"""A kiosk with an acting clerk in a process of its own, killed or killing at a named point.

One JSON order on standard input: ``clerk``, ``pin``, ``sales``, ``point``,
``victim`` (``self``, ``reader``, a process id, or empty), ``wait_for_answer``.
Lines on standard output are those of the acting clerk, and ``killed VICTIM``.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

import psutil

from outlet_app import checkpoints
from outlet_app.checkpoints import Point
from outlet_app.cli.kiosk import start_kiosk
from outlet_app.settings import load_settings
from tests.flow.acting_clerk import ActingClerk


class Killer:
    """Kills the victim once, at its point of the last sale: from its confirmation on, for a card at once."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._point = order["point"]
        self._victim = str(order["victim"])
        self._last = len(order["sales"]) - 1
        self._answer_wanted = bool(order["wait_for_answer"])
        self._armed = threading.Event()
        if self._victim and self._point == Point.CARD_READ:
            self._armed.set()

    def confirming(self, index: int) -> None:
        """The sale of this index is about to be confirmed."""
        if self._victim and index == self._last and self._point != Point.CARD_READ:
            self._armed.set()

    def waits_for_answer(self) -> bool:
        """Wait for the operator's answer until the victim is dead."""
        return self._answer_wanted

    def reached(self, point: Point) -> None:
        """Called at every point, on whatever thread reaches it."""
        if point != self._point or not self._armed.is_set():
            return
        self._armed.clear()
        if self._victim == "self":
            os.kill(os.getpid(), signal.SIGKILL)
        for process in self._victims():
            process.kill()
        self._answer_wanted = False
        tell(f"killed {self._victim}")

    def _victims(self) -> list[psutil.Process]:
        if self._victim != "reader":
            return [psutil.Process(int(self._victim))]
        return [child for child in psutil.Process().children() if "watch" in child.cmdline()]


def tell(line: str) -> None:
    """One line, whole, from any thread."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def main() -> int:
    """Run one kiosk by its order."""
    order = json.loads(sys.stdin.readline())
    killer = Killer(order)
    checkpoints.listener = killer.reached
    clerk = ActingClerk(
        order["clerk"],
        order["pin"],
        [(number, iccid) for number, iccid in order["sales"]],
        tell,
        killer.confirming,
        killer.waits_for_answer,
    )
    return start_kiosk(load_settings(None), windowed=True, at_work=clerk.begin)


if __name__ == "__main__":
    sys.exit(main())
