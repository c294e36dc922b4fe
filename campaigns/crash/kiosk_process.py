"""A kiosk with an acting clerk in a process of its own, which stops at named points and asks.

``python -m campaigns.crash.kiosk_process FOLDER``; the folder only marks the
process. One JSON order on standard input: ``clerk``, ``pin``, ``sales``,
``stops`` (pairs of the index of a sale, or -1 for any time, and a point) and
``wait_for_answer``. Lines on standard output are those of the acting clerk and
``at INDEX POINT``; there the thread that came to the point stands still until
a line comes in.
"""

import json
import os
import sys
import threading
from typing import Any

from campaigns.crash.acting_clerk import ActingClerk, Sale
from outlet_app import checkpoints
from outlet_app.checkpoints import Point
from outlet_app.cli.kiosk import start_kiosk
from outlet_app.settings import load_settings

ANY_TIME = -1


class Stops:
    """The acting clerk's audience: passes lines on, and stands still at each wanted point once.

    A card is read before its sale is confirmed, everything else comes after.
    """

    def __init__(self, stops: list[tuple[int, Point]], *, wait_for_answer: bool) -> None:
        self._wanted = list(stops)
        self._answer_wanted = wait_for_answer
        self._serving = self._confirming = ANY_TIME
        self._lock = threading.Lock()

    def tell(self, line: str) -> None:
        """One line, whole, from any thread; nobody there to read it any more ends this process."""
        try:
            os.write(1, f"{line}\n".encode())
        except BrokenPipeError:
            os._exit(1)

    def serving(self, index: int) -> None:
        """The card of this sale may be read now."""
        self._serving = index

    def confirming(self, index: int) -> None:
        """All points of this sale may be reached now."""
        self._confirming = index

    def waits_for_answer(self) -> bool:
        """As the order says."""
        return self._answer_wanted

    def reached(self, point: Point) -> None:
        """Called at every point, on whatever thread reaches it."""
        current = self._serving if point is Point.CARD_READ else self._confirming
        with self._lock:
            stop = next((s for s in self._wanted if s[1] is point and s[0] in {ANY_TIME, current}), None)
            if stop is None:
                return
            self._wanted.remove(stop)
            self.tell(f"at {stop[0]} {point}")
            if not sys.stdin.readline():
                os._exit(1)


def main() -> int:
    """Run one kiosk by its order."""
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    stops = [(index, Point(point)) for index, point in order["stops"]]
    audience = Stops(stops, wait_for_answer=order["wait_for_answer"])
    checkpoints.listener = audience.reached
    sales = [Sale(*parts) for parts in order["sales"]]
    clerk = ActingClerk(order["clerk"], order["pin"], sales, audience)
    return start_kiosk(load_settings(None), windowed=True, at_work=clerk.begin)


if __name__ == "__main__":
    sys.exit(main())
