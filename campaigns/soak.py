"""``python -m campaigns.soak``: readers, reader processes and the PC/SC service taken away by the hundred.

One run, two counters: one at a simulated serial port, one at an empty PC/SC
reader. In an order that the seed decides the port vanishes and comes back, a
reader process is killed, or the service is stopped and started. Each time the
reader must be ready again soon, and in the end nothing may be left over.
"""

import math
import queue
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import click
import psutil
from filelock import FileLock

from outlet_app.bootstrap import reader_command
from outlet_app.reader.events import ReaderEvent, Ready, Trouble
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.reader.simulator.vpcd_front import READERS
from outlet_app.reader.station import ReaderStation
from outlet_app.settings import Settings, load_settings

READY_S = 2.0
"""The 95th percentile of the times until a reader is ready again must not be above this."""

_BOUND_S = 60.0
_SETTLE_S = 5.0
_LONGEST_PAUSE_S = 0.3


class Blow(StrEnum):
    """What is done to a reader."""

    PORT = "port closed and reopened"
    PROCESS = "reader process killed"
    SERVICE = "PC/SC service stopped and started"


class Service(Protocol):
    """The machine's PC/SC service with the virtual reader; both calls return when it is done."""

    def start(self) -> None:
        """Start it."""

    def stop(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class Count:
    """Handles, threads and child processes of a process."""

    handles: int
    threads: int
    children: int

    @classmethod
    def of(cls, process: psutil.Process) -> "Count":
        """As they are now."""
        return cls(process.num_fds(), process.num_threads(), len(process.children(recursive=True)))

    def exceeds(self, other: "Count") -> bool:
        """True when any of them is more than there."""
        return self.handles > other.handles or self.threads > other.threads or self.children > other.children


@dataclass(slots=True)
class Verdict:
    """Seconds until ready again by kind of blow, in their order, and what was left over."""

    seconds: dict[Blow, list[float]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)

    def percentile95_s(self, blow: Blow) -> float:
        """The time that 95 of 100 do not exceed."""
        ordered = sorted(self.seconds[blow])
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    @property
    def holds(self) -> bool:
        """Nothing left over, and ready again in time."""
        return not self.leaks and all(self.percentile95_s(blow) <= READY_S for blow in self.seconds)


class _Counter:
    """A station at one port, and the process behind it."""

    def __init__(self, port_text: str, settings: Settings) -> None:
        self._port_text = port_text
        self._events: queue.SimpleQueue[ReaderEvent] = queue.SimpleQueue()
        self._station = ReaderStation(reader_command(settings, port_text), self._events.put)

    def start(self) -> None:
        self._station.start()
        self.until(Ready)

    def close(self) -> None:
        self._station.stop()

    def until(self, kind: type[ReaderEvent]) -> None:
        """Wait for an event; AssertionError when it does not come."""
        deadline = time.monotonic() + _BOUND_S
        while (remaining_s := deadline - time.monotonic()) > 0:
            try:
                if isinstance(self._events.get(timeout=remaining_s), kind):
                    return
            except queue.Empty:
                break
        raise AssertionError(f"{self._port_text}: no {kind.__name__} within {_BOUND_S:.0f} s")

    @property
    def process(self) -> psutil.Process:
        """The reader process that is alive now."""
        [found] = [each for each in psutil.Process().children() if self._port_text in _command_of(each)]
        return found


@dataclass(frozen=True, slots=True)
class _Bench:
    simulator: Simulator
    service: Service
    serial: _Counter
    pcsc: _Counter

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


def soak(rounds: dict[Blow, int], service: Service, folder: Path, seed: int) -> Verdict:
    """All rounds in an order made from the seed; ``service`` runs before and after."""
    chance = random.Random(seed)  # noqa: S311 - an order that can be repeated
    blows = [blow for blow, count in rounds.items() for _ in range(count)]
    chance.shuffle(blows)
    verdict = Verdict()
    empty = Count.of(psutil.Process())
    with _bench(service, folder) as bench:
        for blow in rounds:
            # what is loaded and opened once and kept is no leak
            bench.strike(blow, chance)
        before = {name: count() for name, count in bench.counts().items()}
        for blow in blows:
            verdict.seconds.setdefault(blow, []).append(bench.strike(blow, chance))
        for name, count in bench.counts().items():
            verdict.leaks += _leaks(name, before[name], count)
    verdict.leaks += _leaks("after the end", empty, lambda: Count.of(psutil.Process()))
    return verdict


@contextmanager
def _bench(service: Service, folder: Path) -> Iterator[_Bench]:
    settings = load_settings(None)
    with ExitStack() as stack:
        simulator = stack.enter_context(closing(Simulator(SimulatorOptions(pty=folder / "reader"))))
        counters = [
            stack.enter_context(closing(_Counter(port, settings)))
            for port in (simulator.port_text, f"pcsc:{READERS[0]}")
        ]
        for counter in counters:
            counter.start()
        yield _Bench(simulator, service, *counters)


def _leaks(name: str, before: Count, count: Callable[[], Count]) -> list[str]:
    """Empty when no more is there than before; what is on its way out is given a moment."""
    deadline = time.monotonic() + _SETTLE_S
    while (now := count()).exceeds(before):
        if time.monotonic() > deadline:
            return [f"{name}: {before} became {now}"]
        threading.Event().wait(0.05)
    return []


def _command_of(process: psutil.Process) -> list[str]:
    """Empty for one that has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@click.command()
@click.option(
    "--rounds", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Of each kind."
)
@click.option("--seed", type=int, default=1, show_default=True)
def main(*, rounds: int, seed: int) -> None:
    """Ready again within 2 s at the 95th percentile each time, and nothing left over."""
    from tests.pcscd_fixture import LOCK, PcscService  # noqa: PLC0415 - brings pytest, only this command needs it

    with tempfile.TemporaryDirectory() as folder, FileLock(LOCK, timeout=3600):
        service = PcscService(Path(folder))
        service.start()
        try:
            verdict = soak(dict.fromkeys(Blow, rounds), service, Path(folder), seed)
        finally:
            service.stop()
    for blow, seconds in verdict.seconds.items():
        median_s = sorted(seconds)[len(seconds) // 2]
        click.echo(
            f"{blow}: {len(seconds)} times, ready again after {median_s:.2f} s (median), "
            f"{verdict.percentile95_s(blow):.2f} s (95th percentile), {max(seconds):.2f} s (slowest)"
        )
    click.echo("left over: " + ("; ".join(verdict.leaks) or "nothing"))
    sys.exit(0 if verdict.holds else 1)


if __name__ == "__main__":
    main()
