"""Readers that stay open over many faults: the loop that watches each, and the hand that lays cards on it."""

import queue
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

from outlet_app.bootstrap import reader_command
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.events import ReaderEvent, Ready
from outlet_app.reader.ports import parse_port
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.simulator.answers import Answer
from outlet_app.reader.simulator.cards import SimulatedCard
from outlet_app.reader.simulator.faults import parse_fault
from outlet_app.reader.simulator.front import Front
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.pty_front import PtyFront
from outlet_app.reader.simulator.requests import Request
from outlet_app.reader.simulator.tcp_front import TcpFront
from outlet_app.reader.simulator.vpcd_front import VpcdFront
from outlet_app.reader.station import ReaderStation
from outlet_app.reader.waits import Waits
from outlet_app.reader.watching import WatchLoop
from outlet_app.settings import load_settings
from tests.pcscd_fixture import until

LIBRARY_SOURCE = Path(__file__).parent / "frames_library.c"
QUICK = Waits(probe_s=0.1, status_s=0.4, number_s=0.4, find_s=0.4, select_s=0.4, read_s=0.6, reset_s=0.4)
"""Waits of a module that is quick, so that silence is found out quickly."""

_READY_S = 30.0
_END_S = 40.0

Tell = Callable[[ReaderEvent], None]


class HeardModule(SimulatedModule):
    """Counts what it was asked, so that a test knows that the host has looked since."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        self.asked += 1
        return answer


class Lane:
    """One simulated reader, watched from ``open`` to ``close`` by whatever ``watch`` starts.

    ``watch`` takes who is told and gives what ends it.
    """

    def __init__(
        self, module: HeardModule, front: Front, watch: Callable[[Tell], Callable[[], None]]
    ) -> None:
        self.module = module
        self._front = front
        self._watch = watch
        self._events: queue.SimpleQueue[ReaderEvent] = queue.SimpleQueue()
        self._end: Callable[[], None] = lambda: None

    def open(self) -> None:
        self._front.plug()
        self._end = self._watch(self._events.put)
        deadline = monotonic() + _READY_S
        while not isinstance(event := self.next_event(deadline), Ready):
            assert event is not None, "the reader did not get ready"

    def close(self) -> None:
        self._end()
        self.module.lift()
        self._front.unplug()

    def lay(self, card: SimulatedCard, *faults: str) -> None:
        """What was told before is forgotten; the faults are there before the card is."""
        self.module.clear_faults()
        while not self._events.empty():
            self._events.get()
        for fault in faults:
            self.module.add_fault(parse_fault(fault))
        self.module.lay(card)
        self._front.card_changed()

    def mend(self, *, pulled_out: bool) -> None:
        """Lift the card and take back all faults; plug in what was pulled out."""
        self.module.lift()
        self._front.card_changed()
        self.module.clear_faults()
        if pulled_out:
            self._front.plug()

    def lift_seen(self) -> None:
        """Take the card away, and let the host see that; the PC/SC service sees a swap as it is."""
        if isinstance(self._front, VpcdFront):
            return
        self.module.lift()
        wanted = self.module.asked + 2
        until(lambda: self.module.asked >= wanted, "a look of the host at the empty reader")

    def plug(self) -> None:
        self._front.plug()

    def next_event(self, deadline: float) -> ReaderEvent | None:
        """None when nothing was told by then."""
        try:
            return self._events.get(timeout=max(0.0, deadline - monotonic()))
        except queue.Empty:
            return None


def serial_lane(link: Path, *, patient: bool) -> Lane:
    module = HeardModule()
    return _looped(module, PtyFront(module, link, pace=False), _catalogue(patient=patient))


def tcp_lane(*, patient: bool) -> Lane:
    module = HeardModule()
    return _looped(module, TcpFront(module, 0, pace=False), _catalogue(patient=patient))


def pcsc_lane(form: str, slot: int) -> Lane:
    module = HeardModule()
    return _looped(module, VpcdFront(module, form=form, slot=slot), load_catalogue())


def pcsc_lanes(form: str) -> list[Callable[[], Lane]]:
    """Both slots of one virtual reader: a reader that hangs holds up the other slot, not the other reader."""
    slots = {"pages": (0, 1), "tunnel": (2, 3)}[form]
    return [partial(pcsc_lane, form, slot) for slot in slots]


def library_lane(folder: Path) -> Lane:
    """A maker's library in the reader process itself, kept alive as at the counter."""
    folder.mkdir()
    module = HeardModule()
    link = folder / "line"
    port = f"sdt:{_built(folder, link)}?port=1001"
    config = folder / "outlet.toml"
    config.write_text(f'[reader]\nport = "{port}"\n')

    def watch(tell: Tell) -> Callable[[], None]:
        station = ReaderStation(reader_command(load_settings(config)), tell, pauses_s=(0.05,))
        station.start()
        return station.stop

    return Lane(module, PtyFront(module, link, pace=False), watch)


def _built(folder: Path, link: Path) -> Path:
    library = folder / "libframes.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-Wno-unused-parameter"]
    subprocess.run([*command, f'-DDEVICE="{link}"', "-o", library, LIBRARY_SOURCE], check=True)
    return library


def _looped(module: HeardModule, front: Front, catalogue: Catalogue) -> Lane:
    """Watched by the reader process's own loop, on a thread."""

    def watch(tell: Tell) -> Callable[[], None]:
        stop = threading.Event()
        loop = WatchLoop(lambda: open_reader(parse_port(front.port_text), catalogue), tell, Pulse(), stop)
        thread = threading.Thread(target=loop.run, name=f"loop at {front.port_text}")
        thread.start()

        def end() -> None:
            stop.set()
            thread.join(_END_S)

        return end

    return Lane(module, front, watch)


def _catalogue(*, patient: bool) -> Catalogue:
    shipped = load_catalogue()
    if patient:
        return shipped
    return Catalogue(tuple(replace(driver, waits=QUICK) for driver in shipped.drivers))
