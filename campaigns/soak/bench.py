"""Two counters, one at a simulated serial port and one at an empty PC/SC reader, and what is done to them."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from campaigns.soak.counter import Counter
from campaigns.soak.leaks import Count
from campaigns.soak.verdict import Blow
from outlet_app.reader.events import Ready, Trouble
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.reader.simulator.vpcd_front import READERS
from outlet_app.settings import load_settings

_LONGEST_PAUSE_S = 0.3


class Service(Protocol):
    """The machine's PC/SC service with the virtual reader; both calls return when it is done."""

    def start(self) -> None:
        """Start it."""

    def stop(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What stands ready while a soak runs."""

    simulator: Simulator
    service: Service
    serial: Counter
    pcsc: Counter

    def strike(self, blow: Blow, chance: random.Random) -> float:
        """One blow; seconds from the moment the reader could be had again until it is ready."""
        threading.Event().wait(chance.uniform(0, _LONGEST_PAUSE_S))
        hit = self.pcsc if blow is Blow.SERVICE else self.serial
        if blow is Blow.PROCESS:
            hit = chance.choice((self.serial, self.pcsc))
            hit.process.kill()
        else:
            back = self._take_away(blow)
            hit.until(Trouble)
            back()
        struck_at = time.monotonic()
        hit.until(Ready)
        return time.monotonic() - struck_at

    def counts(self) -> dict[str, Callable[[], Count]]:
        """What is counted: this process and the two reader processes."""
        return {
            "this process": lambda: Count.of(psutil.Process()),
            "reader process of the serial port": lambda: Count.of(self.serial.process),
            "reader process of the PC/SC reader": lambda: Count.of(self.pcsc.process),
        }

    def _take_away(self, blow: Blow) -> Callable[[], None]:
        if blow is Blow.SERVICE:
            self.service.stop()
            return self.service.start
        self.simulator.unplug()
        return self.simulator.plug


@contextmanager
def open_bench(service: Service, folder: Path) -> Iterator[Bench]:
    """Both counters ready, ended afterwards; ``service`` runs before and after."""
    settings = load_settings(None)
    with ExitStack() as stack:
        simulator = stack.enter_context(closing(Simulator(SimulatorOptions(pty=folder / "reader"))))
        counters = [
            stack.enter_context(closing(Counter(port, settings)))
            for port in (simulator.port_text, f"pcsc:{READERS[0]}")
        ]
        for counter in counters:
            counter.start()
        yield Bench(simulator, service, *counters)
