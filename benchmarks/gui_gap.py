"""Longest gap of a 5 ms timer on the GUI thread during one registration through the real window.

From the home page with a ready reader to the slip with the operator's
receipt; the start of the program is left out, and no pictures are taken.
"""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from benchmarks.simulated_reader import SimulatedReader, simulated_reader
from outlet_app.cli.demo.scene import CLERK, PIN, set_scene
from outlet_app.cli.kiosk import start_kiosk
from outlet_app.intake.journey import State
from outlet_app.settings import load_settings
from outlet_app.ui.app import Kiosk
from outlet_app.ui.rehearsal import Rehearsal, RehearsalScript

TICK_MS = 5
LIMIT_MS = 50.0
RATES = (115200, 9600)


class GapWatch(QObject):
    """A timer that should fire every TICK_MS, and the longest time by which it did not."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self.longest_in = ""
        self._kiosk: Kiosk | None = None
        self._last: float | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def begin(self, kiosk: Kiosk) -> None:
        """Watch a kiosk from its home page on."""
        self._kiosk = kiosk
        kiosk.closed.connect(self._timer.stop)
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        now = perf_counter()
        state = self._kiosk.counter.state if self._kiosk is not None else State.SIGNED_OUT
        if self._last is not None and state is not State.SIGNED_OUT:
            gap_ms = (now - self._last) * 1000 - TICK_MS
            if gap_ms > self.longest_ms:
                self.longest_ms, self.longest_in = gap_ms, str(state)
        self._last = now


def main() -> None:
    """Print a line for each rate; exit code 1 when a gap is above the limit."""
    print(f"longest gap of a {TICK_MS} ms timer on the GUI thread during a registration")
    worst = max(_measured(baud) for baud in RATES)
    if worst > LIMIT_MS:
        raise SystemExit(f"above the limit of {LIMIT_MS:.0f} ms")


def _measured(baud: int) -> float:
    watch = GapWatch()
    environ = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="outlet-bench-") as name, set_scene(Path(name)) as scene:
        link = Path(name, "reader")
        scene.join()
        os.environ["OUTLET_HOME"] = str(scene.home)
        try:
            # the simulator is told by another thread: waiting for its answer is not the window's work
            with simulated_reader(link, baud) as reader, ThreadPoolExecutor(1) as hand:
                scene.use_reader(f"serial:{link}")
                rehearsal = Rehearsal(_script(reader, hand), None)
                start_kiosk(load_settings(None), windowed=True, at_work=_both(watch, rehearsal))
        finally:
            os.environ.clear()
            os.environ.update(environ)
    if not rehearsal.succeeded:
        raise SystemExit(f"the registration got stuck at {rehearsal.stuck_at}")
    print(f"  {baud:>6} baud: {watch.longest_ms:5.1f} ms, in {watch.longest_in}; limit {LIMIT_MS:.0f} ms")
    return watch.longest_ms


def _both(watch: GapWatch, rehearsal: Rehearsal) -> Callable[[Kiosk], None]:
    def begin(kiosk: Kiosk) -> None:
        watch.begin(kiosk)
        rehearsal.begin(kiosk)

    return begin


def _script(reader: SimulatedReader, hand: ThreadPoolExecutor) -> RehearsalScript:
    return RehearsalScript(
        clerk=CLERK,
        pin=PIN,
        number="13800130001",
        iccid="89860012345678901238",
        lay_card=partial(_soon, hand, reader, "lay sample"),
        lift_card=partial(_soon, hand, reader, "lift"),
    )


def _soon(hand: ThreadPoolExecutor, reader: SimulatedReader, line: str) -> None:
    hand.submit(reader.tell, line)


if __name__ == "__main__":
    main()
