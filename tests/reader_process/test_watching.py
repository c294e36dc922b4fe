"""The reading loop against readers that the simulator does not play: reading in place, and wedged."""

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader import events
from outlet_app.reader.events import ReaderEvent
from outlet_app.reader.host import keep_telling_alive
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.session import Progress, RawAnswer
from outlet_app.reader.simulator.cards import SimulatedCard, card
from outlet_app.reader.slumber import Slumber
from outlet_app.reader.watching import WatchLoop
from tests.pcscd_fixture import until

_Event = TypeVar("_Event", bound=ReaderEvent)


class ModuleThatReadsInPlace:
    """Finds and reads the same card again and again without its being lifted; seen with some modules [1]."""

    driver = "in-place"
    port = "serial:/dev/in-place"
    sam_number: str | None = None
    baud: int | None = 115200
    sees_card: bool | None = None
    bytes_exchanged = 0

    def __init__(self) -> None:
        self.card: SimulatedCard | None = None
        self.reads = 0
        self.looks_at_nothing = 0
        self.fails_with: KnownFailure | None = None
        self._last: bytes | None = None
        self._seen_gone = True

    def find(self) -> bool:
        if self.looks_at_nothing:
            self.looks_at_nothing -= 1
            return False
        if self.card is None:
            self._seen_gone = True
        return self.card is not None

    def select(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with

    def read(self, progress: Progress | None = None) -> RawAnswer:
        assert self.card is not None
        self.reads += 1
        answer = self.card.text_block + self.card.photo
        in_place = not self._seen_gone and answer == self._last
        self._last = answer
        self._seen_gone = False
        return RawAnswer(self.card.text_block, self.card.photo, answer, read_in_place=in_place)

    def reset(self) -> None:
        """Nothing to reset."""

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        stop.wait(min(timeout_s, 0.02))

    def close(self) -> None:
        """Nothing to close."""


class WedgedModule(ModuleThatReadsInPlace):
    """Never comes back from find, as a driver that hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def find(self) -> bool:
        self.let_go.wait(30)
        return False


class Watched:
    """A loop on a thread, and what it told."""

    def __init__(self, open_session: Callable[[], ModuleThatReadsInPlace]) -> None:
        self.told: queue.Queue[ReaderEvent] = queue.Queue()
        self.pulse = Pulse()
        self.stop = threading.Event()
        self._loop = WatchLoop(open_session, self.told.put, self.pulse, self.stop)
        self.thread = threading.Thread(target=self._loop.run)
        self.thread.start()

    def next(self) -> ReaderEvent:
        return self.told.get(timeout=10)

    def until(self, kind: type[_Event]) -> _Event:
        while not isinstance(event := self.next(), kind):
            pass
        return event

    def expect(self, *kinds: type[ReaderEvent]) -> None:
        assert [type(self.next()) for _ in kinds] == list(kinds)

    def is_silent_for(self, seconds: float) -> bool:
        try:
            self.told.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def module() -> ModuleThatReadsInPlace:
    return ModuleThatReadsInPlace()


@pytest.fixture
def watched(module: ModuleThatReadsInPlace) -> Iterator[Watched]:
    one = Watched(lambda: module)
    yield one
    one.stop.set()
    one.thread.join(10)
    assert not one.thread.is_alive()


def sha256_of(name: str) -> str:
    lying = card(name)
    return hashlib.sha256(lying.text_block + lying.photo).hexdigest()


WHOLE_READ = (events.Found, events.Selected, events.Reading, events.DocumentRead)


def test_a_card_that_is_read_again_in_place_is_told_once(
    module: ModuleThatReadsInPlace, watched: Watched
) -> None:
    module.card = card("resident-id")
    watched.until(events.DocumentRead)
    assert isinstance(watched.next(), events.Waiting)
    assert watched.is_silent_for(0.5)
    assert module.reads == 2


def test_its_removal_is_told_when_it_happens(module: ModuleThatReadsInPlace, watched: Watched) -> None:
    module.card = card("resident-id")
    watched.until(events.DocumentRead)
    watched.expect(events.Waiting)
    assert watched.is_silent_for(0.3)
    module.card = None
    watched.expect(events.Removed)


def test_a_swap_too_quick_to_be_seen_is_noticed_by_what_is_read(
    module: ModuleThatReadsInPlace, watched: Watched
) -> None:
    module.card = card("resident-id")
    watched.until(events.DocumentRead)
    watched.expect(events.Waiting)
    assert watched.is_silent_for(0.3)
    module.card = card("second-man")
    watched.expect(events.Removed, *WHOLE_READ[:3])
    second = watched.next()
    assert isinstance(second, events.DocumentRead)
    assert second.card.provenance.answer_sha256 == sha256_of("second-man")
    assert hashlib.sha256(second.answer).hexdigest() == sha256_of("second-man")


def test_the_same_card_lifted_and_laid_down_is_told_again(
    module: ModuleThatReadsInPlace, watched: Watched
) -> None:
    module.card = card("resident-id")
    watched.until(events.DocumentRead)
    watched.expect(events.Waiting)
    assert watched.is_silent_for(0.3)
    module.card = None
    watched.expect(events.Removed)
    module.card = card("resident-id")
    watched.expect(*WHOLE_READ)


def test_a_card_lifted_during_the_silent_read_is_gone_without_trouble(
    module: ModuleThatReadsInPlace, watched: Watched
) -> None:
    module.fails_with = None
    module.card = card("resident-id")
    watched.until(events.DocumentRead)
    module.fails_with = KnownFailure(FailureCode.CARD_REMOVED)
    watched.until(events.Removed)
    module.fails_with = None
    module.card = None
    assert not any(isinstance(event, events.Trouble) for event in list(watched.told.queue))


def test_a_card_delivered_before_the_reader_was_lost_is_removed_before_the_next(
    module: ModuleThatReadsInPlace, watched: Watched
) -> None:
    module.card = card("resident-id")
    watched.until(events.DocumentRead)
    module.fails_with = KnownFailure(FailureCode.READER_UNPLUGGED)
    told: list[type[ReaderEvent]] = []
    while events.Trouble not in told:
        told.append(type(watched.next()))
    module.fails_with = None
    while events.DocumentRead not in told:
        told.append(type(watched.next()))
    assert told.count(events.Removed) == 1


@pytest.mark.parametrize(
    ("looks_at_nothing", "then", "marked"),
    [(0, "resident-id", True), (1, "resident-id", False), (0, "second-man", False)],
)
def test_a_card_that_the_reader_opened_again_gives_once_more_is_marked_as_not_lifted(
    looks_at_nothing: int, then: str, marked: bool
) -> None:
    first, again = ModuleThatReadsInPlace(), ModuleThatReadsInPlace()
    first.card = card("resident-id")
    again.looks_at_nothing, again.card = looks_at_nothing, card(then)
    sessions = iter((first, again))
    watched = Watched(lambda: next(sessions))
    try:
        watched.until(events.DocumentRead)
        first.fails_with = KnownFailure(FailureCode.READER_UNPLUGGED)
        watched.until(events.Ready)
        watched.until(events.Removed)
        assert watched.until(events.DocumentRead).card.read_in_place is marked
    finally:
        watched.stop.set()
        watched.thread.join(10)


class ReaderThatFlaps(ModuleThatReadsInPlace):
    """Answers once each time it is opened, and is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.finds = 0

    def find(self) -> bool:
        self.finds += 1
        if self.finds % 2 == 0:
            raise KnownFailure(FailureCode.READER_UNPLUGGED)
        return False


def test_a_reader_that_comes_and_goes_is_told_and_not_opened_without_a_pause() -> None:
    reader = ReaderThatFlaps()
    watched = Watched(lambda: reader)
    try:
        watched.expect(events.Ready, events.Waiting, events.Recovering)
        for _ in range(2):
            watched.expect(events.Ready, events.Waiting, events.Trouble, events.Recovering)
        assert reader.finds == 6
    finally:
        watched.stop.set()
        watched.thread.join(10)


def test_a_wedged_driver_silences_the_process() -> None:
    module = WedgedModule()
    watched = Watched(lambda: module)
    told: queue.Queue[ReaderEvent] = queue.Queue()
    watched.until(events.Waiting)
    watched.pulse.beat(0.5)
    beating = threading.Thread(
        target=keep_telling_alive, args=(told.put, watched.pulse, watched.stop, Slumber())
    )
    beating.start()
    try:
        assert isinstance(told.get(timeout=5), events.Alive)
        until(lambda: watched.pulse.age_s() is None, "the end of the pulse")
        told.queue.clear()
        with pytest.raises(queue.Empty):
            told.get(timeout=2.5)
    finally:
        watched.stop.set()
        module.let_go.set()
        beating.join(10)
        watched.thread.join(10)


def test_the_pulse_is_lost_when_the_bound_is_over() -> None:
    pulse = Pulse()
    pulse.beat(60)
    age_s = pulse.age_s()
    assert age_s is not None
    assert 0 <= age_s < 5
    pulse.beat(0)
    time.sleep(0.01)
    assert pulse.age_s() is None


def test_a_bug_in_the_loop_ends_it(module: ModuleThatReadsInPlace) -> None:
    def open_session() -> ModuleThatReadsInPlace:
        raise ZeroDivisionError

    loop = WatchLoop(open_session, lambda _: None, Pulse(), threading.Event())
    with pytest.raises(ZeroDivisionError):
        loop.run()
