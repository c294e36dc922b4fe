"""A machine that slept with its reader open: processes are stopped and go on, while the clocks run."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import pytest

from outlet_app.reader import events
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.session import Progress, RawAnswer
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator
from outlet_app.reader.slumber import SLEPT_S, Slumber
from outlet_app.reader.steps import Rung
from outlet_app.reader.watching import WatchLoop
from tests.pcscd_fixture import until
from tests.reader_process.conftest import BOUND_S, Watch
from tests.reader_process.test_watching import ModuleThatReadsInPlace

SILENCE_S = 2.0
ASLEEP_S = SLEPT_S + 1.0
"""Longer than both the station's patience and what counts as sleep."""

STATION = f"""
import sys
from outlet_app.bootstrap import reader_command
from outlet_app.reader.lines import write_event
from outlet_app.reader.station import ReaderStation
from outlet_app.settings import load_settings

command = reader_command(load_settings(None), sys.argv[1])
station = ReaderStation(
    command, lambda event: print(write_event(event), flush=True), silence_s={SILENCE_S}
)
station.start()
sys.stdin.read()
station.stop()
"""


class Clocks:
    """Two clocks that a test sets: one stands still in sleep, the other does not."""

    def __init__(self) -> None:
        self.awake_s = 100.0
        self.asleep_s = 0.0

    def awake(self) -> float:
        return self.awake_s

    def always(self) -> float:
        return 1_000_000.0 + self.awake_s + self.asleep_s


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def slumber(clocks: Clocks) -> Slumber:
    return Slumber(clocks.awake, clocks.always)


def test_a_clock_that_ran_on_while_the_other_stood_still_is_sleep(clocks: Clocks, slumber: Slumber) -> None:
    slumber.begin()
    assert not slumber.tick()
    clocks.asleep_s += 3600
    assert slumber.slept
    slumber.begin()
    assert not slumber.slept


def test_a_tick_that_was_due_long_ago_is_sleep(clocks: Clocks, slumber: Slumber) -> None:
    slumber.begin()
    slumber.tick()
    clocks.awake_s += 1.2
    assert not slumber.tick()
    assert not slumber.slept
    clocks.awake_s += 600
    assert slumber.tick()
    assert not slumber.tick()
    assert slumber.slept


def test_each_sleep_is_noticed_though_the_tick_is_not_the_first_to_see_it(
    clocks: Clocks, slumber: Slumber
) -> None:
    slumber.begin()
    slumber.tick()
    clocks.awake_s += 600
    assert slumber.slept
    slumber.begin()
    assert not slumber.tick()
    assert not slumber.slept


def test_a_loop_that_takes_long_over_one_question_has_not_slept(clocks: Clocks, slumber: Slumber) -> None:
    slumber.begin()
    for _ in range(20):
        clocks.awake_s += 1.0
        slumber.tick()
    assert not slumber.slept


class ModuleAsleepWhileReading(ModuleThatReadsInPlace):
    """The machine sleeps for an hour in the middle of the first read."""

    def __init__(self, clocks: Clocks) -> None:
        super().__init__()
        self._clocks = clocks

    def read(self, progress: Progress | None = None) -> RawAnswer:
        answer = super().read(progress)
        if self.reads == 1:
            self._clocks.asleep_s += 3600
            self.card = card("second-man")
        return answer


def test_what_was_read_across_the_sleep_is_dropped(clocks: Clocks, slumber: Slumber) -> None:
    module = ModuleAsleepWhileReading(clocks)
    module.card = card("resident-id")
    told: list[events.ReaderEvent] = []
    stop = threading.Event()

    def tell(event: events.ReaderEvent) -> None:
        told.append(event)
        if isinstance(event, events.DocumentRead):
            stop.set()

    WatchLoop(lambda: module, tell, Pulse(), stop, slumber=slumber).run()
    [read] = [event for event in told if isinstance(event, events.DocumentRead)]
    assert read.card.text_block == card("second-man").text_block
    assert [event.rung for event in told if isinstance(event, events.Recovering)] == [Rung.REOPEN]
    assert not any(isinstance(event, events.Trouble) for event in told)


def _stopped(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_STOPPED


def test_a_reader_process_that_slept_opens_its_reader_anew_whatever_became_of_the_port(
    watch: Watch, reader: Simulator
) -> None:
    watching = watch("--port", reader.port_text)
    watching.until("alive")
    watching.until("alive")
    process = psutil.Process(watching.process.pid)
    process.suspend()
    until(lambda: _stopped(process), "the sleep")
    reader.unplug()
    reader.lay("resident-id")
    reader.plug()
    threading.Event().wait(ASLEEP_S)
    process.resume()
    assert watching.until("recovering")["rung"] == "reopen"
    assert watching.names_until("document") == [
        "ready",
        "waiting",
        "found",
        "selected",
        "reading",
        "document",
    ]


def test_a_card_read_before_and_after_the_sleep_is_not_taken_for_one_that_stayed(
    watch: Watch, reader: Simulator
) -> None:
    reader.lay("resident-id")
    watching = watch("--port", reader.port_text)
    watching.until("document")
    watching.until("alive")
    process = psutil.Process(watching.process.pid)
    process.suspend()
    until(lambda: _stopped(process), "the sleep")
    reader.lay("second-man")
    threading.Event().wait(ASLEEP_S)
    process.resume()
    names = watching.names_until("document")
    assert names.index("removed") < names.index("found")
    assert "trouble" not in names


@pytest.fixture
def counter(reader: Simulator) -> Iterator[subprocess.Popen[bytes]]:
    """A station and its reader process in a process group of their own."""
    station = subprocess.Popen(
        [sys.executable, "-c", STATION, reader.port_text],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    yield station
    station.communicate(timeout=BOUND_S)


def _names_until(counter: subprocess.Popen[bytes], name: str) -> list[str]:
    assert counter.stdout is not None
    names: list[str] = []
    while not names or names[-1] != name:
        names.append(json.loads(counter.stdout.readline())["event"])
    return names


def test_a_station_that_slept_too_does_not_blame_the_process(counter: subprocess.Popen[bytes]) -> None:
    for _ in range(2):
        _names_until(counter, "alive")
    [before] = psutil.Process(counter.pid).children()
    os.killpg(counter.pid, signal.SIGSTOP)
    until(lambda: _stopped(before), "the sleep")
    threading.Event().wait(ASLEEP_S)
    os.killpg(counter.pid, signal.SIGCONT)
    names = _names_until(counter, "ready")
    assert "recovering" in names
    assert "trouble" not in names
    assert [each.pid for each in psutil.Process(counter.pid).children()] == [before.pid]
