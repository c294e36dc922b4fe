"""The station against real processes that behave badly, each a few lines of Python."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from outlet_app.domain.failures import FailureCode
from outlet_app.reader.events import Alive, DocumentRead, ReaderEvent, Ready, Recovering, Trouble, Waiting
from outlet_app.reader.lines import write_event
from outlet_app.reader.station import ReaderStation
from outlet_app.reader.steps import Rung
from tests.reader_process.cards import ANSWER, AT, CARD
from tests.reader_process.conftest import started_processes

READY = write_event(Ready(AT, "fake", "serial:/dev/x", None))
WAITING = write_event(Waiting(AT))
ALIVE = write_event(Alive(AT, 0.0))
ASKS_FOR_ANOTHER = write_event(Recovering(AT, Rung.RESTART))
DOCUMENT = write_event(DocumentRead(AT, CARD, ANSWER), reveal=True, raw=True)

UNTIL_INPUT_ENDS = "sys.stdin.read()"
FOR_EVER = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"


def says(*lines: str, then: str = UNTIL_INPUT_ENDS) -> list[str]:
    """A process that writes these lines and then does something."""
    program = "import sys, time, signal, os\n"
    program += "".join(f"print({line!r}, flush=True)\n" for line in lines)
    return [sys.executable, "-S", "-E", "-c", program + then]


class Listener:
    """Keeps the events of a station in their order."""

    def __init__(self) -> None:
        self.events: queue.Queue[ReaderEvent] = queue.Queue()

    def __call__(self, event: ReaderEvent) -> None:
        self.events.put(event)

    def next(self, timeout_s: float = 10.0) -> ReaderEvent:
        return self.events.get(timeout=timeout_s)


def told_its_end(heard: Listener) -> FailureCode:
    """The rung and the trouble that the end of a process is told by."""
    restarted, trouble = heard.next(15.0), heard.next()
    assert isinstance(restarted, Recovering)
    assert restarted.rung is Rung.RESTART
    assert isinstance(trouble, Trouble)
    return trouble.code


Start = Callable[..., tuple[ReaderStation, Listener]]


@pytest.fixture
def start() -> Iterator[Start]:
    stations: list[ReaderStation] = []

    def start_one(command: list[str], **times: object) -> tuple[ReaderStation, Listener]:
        listener = Listener()
        station = ReaderStation(command, listener, **({"pauses_s": (0.05, 0.1, 0.2)} | times))  # type: ignore[arg-type]  # times by name
        stations.append(station)
        station.start()
        return station, listener

    yield start_one
    for station in stations:
        station.stop()
    assert started_processes() == []
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("reader")] == []


def test_events_arrive_in_their_order(start: Start) -> None:
    _, heard = start(says(READY, WAITING, DOCUMENT))
    ready = heard.next()
    assert isinstance(ready, Ready)
    assert heard.next() == Waiting(AT)
    read = heard.next()
    assert isinstance(read, DocumentRead)
    assert read.card == CARD
    assert read.answer == ANSWER


def test_lines_that_are_no_events_are_passed_over(start: Start) -> None:
    long = "x" * 100_000
    _, heard = start(says("garbage", '{"event":"unheard-of"}', long, "", READY))
    assert isinstance(heard.next(), Ready)


def test_a_process_that_ends_is_reported_and_started_again(start: Start) -> None:
    _, heard = start(says(READY, then="os._exit(3)"))
    for _ in range(3):
        assert isinstance(heard.next(), Ready)
        assert told_its_end(heard) is FailureCode.READER_PROCESS_STOPPED


def test_a_process_that_gives_up_with_a_code_is_reported_by_that_code(start: Start) -> None:
    line = '{"error":{"code":"driver-file-malformed","what":"x","do":"y"}}'
    _, heard = start(says(line, then="os._exit(2)"))
    assert told_its_end(heard) is FailureCode.DRIVER_FILE_MALFORMED


def test_a_process_whose_alive_stays_away_is_ended_by_force(start: Start) -> None:
    _, heard = start(says(ALIVE, READY, then=FOR_EVER), silence_s=0.5)
    assert isinstance(heard.next(), Alive)
    assert isinstance(heard.next(), Ready)
    (first,) = started_processes()
    assert told_its_end(heard) is FailureCode.READER_PROCESS_STOPPED
    assert not first.is_running()
    assert isinstance(heard.next(), Alive)


def test_a_process_that_never_begins_is_started_again(start: Start) -> None:
    _, heard = start(says(), start_s=0.4)
    assert told_its_end(heard) is FailureCode.READER_PROCESS_STOPPED


def test_a_process_that_asks_for_another_is_replaced_at_once_and_without_trouble(start: Start) -> None:
    _, heard = start(says(READY, ASKS_FOR_ANOTHER, then="os._exit(0)"), pauses_s=(60.0,))
    assert isinstance(heard.next(), Ready)
    assert heard.next() == Recovering(AT, Rung.RESTART)
    assert isinstance(heard.next(), Ready)


def test_a_process_that_asks_for_another_again_soon_is_told(start: Start) -> None:
    _, heard = start(says(READY, ASKS_FOR_ANOTHER, then="os._exit(0)"))
    for _ in range(2):
        assert isinstance(heard.next(), Ready)
        assert heard.next() == Recovering(AT, Rung.RESTART)
    trouble = heard.next()
    assert isinstance(trouble, Trouble)
    assert trouble.code is FailureCode.READER_NO_ANSWER
    assert isinstance(heard.next(), Ready)


def test_a_program_that_does_not_exist_is_reported(start: Start) -> None:
    _, heard = start(["/no/such/program"])
    assert told_its_end(heard) is FailureCode.READER_PROCESS_STOPPED


def test_stopping_ends_even_a_process_that_ignores_it(start: Start) -> None:
    station, heard = start(says(READY, then=FOR_EVER))
    heard.next()
    (child,) = started_processes()
    begun = time.monotonic()
    station.stop()
    assert time.monotonic() - begun < 9.0
    assert not child.is_running()
    assert heard.events.empty()


def test_stopping_twice_or_during_a_pause_is_harmless(start: Start) -> None:
    station, heard = start(says(then="os._exit(0)"), pauses_s=(60.0,))
    told_its_end(heard)
    begun = time.monotonic()
    station.stop()
    station.stop()
    assert time.monotonic() - begun < 2.0


def test_a_listener_that_fails_does_not_stop_the_station() -> None:
    heard: queue.Queue[ReaderEvent] = queue.Queue()

    def listen(event: ReaderEvent) -> None:
        heard.put(event)
        raise RuntimeError("a bug in the listener")

    station = ReaderStation(says(READY, WAITING), listen)
    station.start()
    try:
        assert isinstance(heard.get(timeout=10), Ready)
        assert isinstance(heard.get(timeout=10), Waiting)
    finally:
        station.stop()


def test_pauses_grow_until_a_reader_gets_ready(start: Start) -> None:
    _, heard = start(says(then="os._exit(1)"), pauses_s=(0.05, 0.6))
    moments = []
    for _ in range(4):
        told_its_end(heard)
        moments.append(time.monotonic())
    assert moments[3] - moments[1] > 1.1


def test_a_flood_of_lines_does_not_fill_the_memory(start: Start) -> None:
    flood = f"import itertools\nfor _ in itertools.count(): os.write(1, {(WAITING * 1).encode()!r} + b'\\n')"
    station, heard = start(says(then=flood))
    for _ in range(2000):
        heard.next()
    station.stop()
    assert started_processes() == []
