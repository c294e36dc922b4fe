"""The sending thread of the counter: it wakes, waits, tells how things stand, and ends when told."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.link_status import LinkState, LinkStatus
from outlet_app.sync.sender_lock import sender_lock
from outlet_app.sync.worker import STOP_S, SyncWorker
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest, wall_clock
from tests.sync.man_in_the_middle import through
from tests.sync.strange_servers import answers, http_answer, says_nothing, strange_server

Starts = Callable[..., "Watched"]


class Watched:
    """A worker and what it told."""

    def __init__(
        self, home: Path, *, clock: Callable[[], datetime] = wall_clock, look_s: float = 0.1
    ) -> None:
        self.told: queue.Queue[LinkStatus] = queue.Queue()
        self.before_telling: Callable[[], None] = lambda: None
        self.worker = SyncWorker(home, self._tell, clock, limits=TimeLimits(2, 10, 20), look_s=look_s)

    def _tell(self, status: LinkStatus) -> None:
        self.told.put(status)
        self.before_telling()

    def until(self, fits: Callable[[LinkStatus], bool], within_s: float = 10) -> LinkStatus:
        end = time.monotonic() + within_s
        while True:
            status = self.told.get(timeout=max(0.01, end - time.monotonic()))
            if fits(status):
                return status


@pytest.fixture
def starts() -> Iterator[Starts]:
    begun: list[Watched] = []

    def start(home: Path, **how: object) -> Watched:
        watched = Watched(home, **how)  # type: ignore[arg-type]  # passed on as they are
        begun.append(watched)
        watched.worker.start()
        return watched

    yield start
    ended = [watched.worker.stop() for watched in begun]
    assert all(ended)
    assert not [thread for thread in threading.enumerate() if thread.name == "sync"]


def test_a_record_goes_out_as_soon_as_the_worker_is_woken(outlet: OutletUnderTest, starts: Starts) -> None:
    watched = starts(outlet.home, look_s=60)
    first = watched.until(lambda status: status.state is LinkState.ONLINE)
    assert first.last_contact_at is not None
    slip = outlet.register()

    watched.worker.wake()

    watched.until(lambda status: status.queued == 0)
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_a_record_of_another_program_is_found_without_waking(outlet: OutletUnderTest, starts: Starts) -> None:
    watched = starts(outlet.home)
    watched.until(lambda status: status.state is LinkState.ONLINE)

    slip = outlet.register()

    while outlet.state(slip.record_id) is not RecordState.ACCEPTED:
        watched.until(lambda _: True)


def test_trouble_is_told_with_its_cause_and_ends_by_itself(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, starts: Starts
) -> None:
    own_operator.stop()
    slip = own_outlet.register()
    watched = starts(own_outlet.home)
    status = watched.until(lambda status: status.state is LinkState.TROUBLE)
    assert status.failure == FailureCode.SERVER_REFUSED_CONNECTION
    assert status.queued == 1
    assert status.oldest_queued_age_s is not None
    assert status.next_contact_at is not None

    own_operator.start()

    status = watched.until(lambda status: status.state is LinkState.ONLINE, within_s=30)
    assert (status.failure, status.queued) == (None, 0)
    assert own_outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_a_server_that_asks_to_wait_is_no_trouble(outlet: OutletUnderTest, starts: Starts) -> None:
    busy = answers(http_answer("429 Busy", b"{}", headers=("Retry-After: 600",)))
    with strange_server(busy) as server:
        through(server, outlet)
        watched = starts(outlet.home)
        status = watched.until(lambda status: status.failure is not None)
        for _ in range(5):
            watched.until(lambda _: True)

    assert (status.state, status.failure) == (LinkState.WAITING, FailureCode.SERVER_BUSY)
    assert status.next_contact_at is not None
    assert (status.next_contact_at - outlet.clock()).total_seconds() > 500
    assert len(server.requests) == 1


def test_it_ends_in_time_though_the_server_is_silent(outlet: OutletUnderTest, starts: Starts) -> None:
    slip = outlet.register()
    with strange_server(says_nothing) as server:
        through(server, outlet)
        watched = starts(outlet.home)
        assert server.request_came.wait(5)
        started = time.monotonic()

        assert watched.worker.stop()

        assert time.monotonic() - started < STOP_S
    assert outlet.state(slip.record_id) is RecordState.QUEUED


def test_before_joining_it_says_so_and_goes_on_after(
    operator: OperatorUnderTest, tmp_path: Path, starts: Starts
) -> None:
    outlet = OutletUnderTest(tmp_path / "later")
    watched = starts(outlet.home)
    status = watched.until(lambda _: True)
    assert (status.state, status.failure) == (LinkState.TROUBLE, FailureCode.NOT_ENROLLED)

    outlet.enrol(operator.url, operator.code(operator.outlet()))

    watched.until(lambda status: status.state is LinkState.ONLINE)


def test_a_revoked_terminal_is_in_trouble(
    operator: OperatorUnderTest, outlet: OutletUnderTest, starts: Starts
) -> None:
    slip = outlet.register()
    operator.revoke(slip.local_number.split("-")[1])

    status = starts(outlet.home).until(lambda status: status.failure is not None)

    assert (status.state, status.failure) == (LinkState.TROUBLE, FailureCode.TERMINAL_REVOKED)


def test_a_fork_is_told(outlet: OutletUnderTest, tmp_path: Path, starts: Starts) -> None:
    copy = outlet.copied_to(tmp_path / "copy")
    outlet.register()
    outlet.send()
    copy.register(card="person-8")

    assert starts(copy.home).until(lambda status: status.last_contact_at is not None).fork == 1


def test_while_another_sender_works_it_waits(outlet: OutletUnderTest, starts: Starts) -> None:
    slip = outlet.register()
    with sender_lock(outlet.home) as mine:
        assert mine
        watched = starts(outlet.home)
        status = watched.until(lambda _: True)
        assert (status.state, status.queued) == (LinkState.WAITING, 1)
    watched.until(lambda status: status.queued == 0)
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_what_nobody_expected_is_told_as_trouble_and_lived_through(
    outlet: OutletUnderTest, starts: Starts, caplog: pytest.LogCaptureFixture
) -> None:
    broken = threading.Event()

    def clock() -> datetime:
        if broken.is_set():
            broken.clear()
            raise RuntimeError("the clock fell off the wall")
        return wall_clock()

    watched = starts(outlet.home, clock=clock)
    watched.until(lambda status: status.state is LinkState.ONLINE)
    slip = outlet.register()
    broken.set()

    watched.until(lambda status: status.state is LinkState.TROUBLE)

    watched.until(lambda status: status.state is LinkState.ONLINE and status.queued == 0)
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert "unexpected error" in caplog.text


def test_a_listener_that_fails_does_not_end_it(outlet: OutletUnderTest, starts: Starts) -> None:
    watched = starts(outlet.home)

    def fail() -> None:
        watched.before_telling = lambda: None
        raise ValueError("a page was gone")

    watched.before_telling = fail
    watched.until(lambda _: True)

    slip = outlet.register()
    watched.worker.wake()
    while outlet.state(slip.record_id) is not RecordState.ACCEPTED:
        watched.until(lambda _: True)


def test_one_that_was_never_started_stops_too(tmp_path: Path) -> None:
    assert Watched(tmp_path).worker.stop()
