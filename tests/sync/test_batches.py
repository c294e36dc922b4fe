"""Batches: as many as the server asks for, as long as the line carries, the next on its way in time."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.service import Intake
from outlet_app.store.pacing_store import FIRST_BATCH_BYTES, Pacing
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.events import SyncReport
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stop import Stop
from outlet_app.sync.stores import Stores
from tests.acting_server import ActingServer, acting_server
from tests.intake import counter
from tests.trust.acting_operator import NOW, ActingOperator

TERMINAL = "T001-1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ActingServer]:
    operator = ActingOperator()
    counter.enrolled(tmp_path, operator)
    with acting_server(operator) as found:
        with Stores(tmp_path) as stores:
            stores._db.execute("UPDATE enrolment SET server = ?", (found.url,))
        yield found


def until(is_so: Callable[[], bool], within_s: float = 10) -> bool:
    end = time.monotonic() + within_s
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def register(home: Path, count: int) -> None:
    intake = Intake.open(home, lambda: NOW)
    try:
        for n in range(1, count + 1):
            intake.slip_shown(counter.register(intake, n, person=n).record_id)
    finally:
        intake.close()


def sent(home: Path, limits: TimeLimits | None = None) -> SyncReport:
    return send(home, Sending(lambda: NOW, once=True, limits=limits))


def states(home: Path) -> list[RecordState]:
    with Stores(home) as stores:
        found = stores.outbox(TERMINAL).list_rows()
    return [row.state for row in reversed(found)]


def pace(home: Path, **changes: int) -> None:
    with Stores(home) as stores:
        stores.pacing(TERMINAL).save(replace(Pacing(), **changes))  # type: ignore[arg-type]  # fields of Pacing


def pacing(home: Path) -> Pacing:
    with Stores(home) as stores:
        return stores.pacing(TERMINAL).load()


def test_the_server_says_how_many_records_come_at_once(tmp_path: Path, server: ActingServer) -> None:
    register(tmp_path, 7)
    pace(tmp_path, batch_size=1)
    server.batch_size = 3

    assert sent(tmp_path).accepted == 7

    assert server.batches == [[1], [2, 3, 4], [5, 6, 7]]


def test_the_next_batch_is_on_its_way_while_the_answers_to_the_last_are_stored(
    tmp_path: Path, server: ActingServer
) -> None:
    register(tmp_path, 4)
    pace(tmp_path, batch_size=2)
    server.batch_size = 2
    seen: list[RecordState] = []

    def wait_for_the_first(contacts: int) -> None:
        # the second contact is not answered before the first one's answers are stored
        if contacts == 2:
            assert until(lambda: states(tmp_path)[:2] == [RecordState.ACCEPTED] * 2)
            seen.extend(states(tmp_path))

    server.on_contact = wait_for_the_first

    assert sent(tmp_path).accepted == 4
    assert seen == [RecordState.ACCEPTED] * 2 + [RecordState.SENDING] * 2


def test_a_line_that_breaks_behind_an_answer_leaves_that_answer_stored_and_the_rest_waiting(
    tmp_path: Path, server: ActingServer
) -> None:
    register(tmp_path, 6)
    pace(tmp_path, batch_size=2)
    server.batch_size = 2

    def break_off(contacts: int) -> None:
        if contacts == 2:
            raise ConnectionAbortedError

    server.on_contact = break_off
    server._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # it would print what we raised

    with pytest.raises(KnownFailure) as failure:
        sent(tmp_path)

    assert failure.value.code is FailureCode.SERVER_ERROR
    assert states(tmp_path) == [RecordState.ACCEPTED] * 2 + [RecordState.QUEUED] * 4
    assert server.batches == [[1, 2], [3, 4]], "the run ends with the first failure of the line"
    server.on_contact = lambda _: None
    assert sent(tmp_path).accepted == 4
    assert states(tmp_path) == [RecordState.ACCEPTED] * 6


def test_a_server_that_says_stop_gets_nothing_more(tmp_path: Path, server: ActingServer) -> None:
    register(tmp_path, 4)
    pace(tmp_path, batch_size=1)
    server.stop, server.next_contact_s = True, 600

    report = sent(tmp_path)

    assert (report.sent, report.left, server.batches) == (1, 3, [[1]])
    assert states(tmp_path) == [RecordState.ACCEPTED] + [RecordState.QUEUED] * 3
    # the pause is kept with records waiting too, and where a person asks to send now
    for once in (False, True):
        kept = send(tmp_path, Sending(lambda: NOW, once=once))
        assert (kept.contacts, kept.left) == (0, 3)
        assert kept.next_at is not None


def test_a_batch_is_cut_where_it_would_be_longer_than_the_line_carries(
    tmp_path: Path, server: ActingServer
) -> None:
    register(tmp_path, 5)
    with Stores(tmp_path) as stores:
        (longest,) = stores._db.execute("SELECT max(length(envelope)) FROM sealed").fetchone()
    pace(tmp_path, batch_bytes=2 * longest)

    sent(tmp_path)

    assert server.batches[0] == [1, 2]


def test_a_record_longer_than_any_batch_still_goes_alone(tmp_path: Path, server: ActingServer) -> None:
    register(tmp_path, 3)
    pace(tmp_path, batch_bytes=1)

    assert sent(tmp_path).accepted == 3

    assert server.batches[0] == [1]


def test_a_fast_line_is_given_more_at_once_next_time(tmp_path: Path, server: ActingServer) -> None:
    register(tmp_path, 3)

    sent(tmp_path)

    assert pacing(tmp_path).batch_bytes > FIRST_BATCH_BYTES


def test_a_line_too_slow_for_a_batch_is_given_less_next_time(tmp_path: Path, server: ActingServer) -> None:
    register(tmp_path, 1)
    done = threading.Event()
    server.on_contact = lambda _: done.wait(10)
    with pytest.raises(KnownFailure) as failure:
        sent(tmp_path, TimeLimits(connect_s=1, silence_s=0.1, whole_s=0.2))
    done.set()

    assert failure.value.code is FailureCode.SERVER_TIMEOUT
    assert pacing(tmp_path).batch_bytes == FIRST_BATCH_BYTES // 4


def test_a_stop_gives_up_the_batch_on_its_way_within_a_second(tmp_path: Path, server: ActingServer) -> None:
    register(tmp_path, 4)
    pace(tmp_path, batch_size=2)
    server.batch_size = 2
    stop, second_came, over = Stop(), threading.Event(), threading.Event()

    def hold_up(contacts: int) -> None:
        if contacts == 2:
            second_came.set()
            over.wait(20)

    server.on_contact = hold_up
    sender = threading.Thread(target=send, args=(tmp_path, Sending(lambda: NOW, once=True, stop=stop)))
    sender.start()
    assert second_came.wait(20)
    assert until(lambda: states(tmp_path)[:2] == [RecordState.ACCEPTED] * 2)

    stop.ask()
    sender.join(1)
    over.set()

    assert not sender.is_alive()
    assert states(tmp_path) == [RecordState.ACCEPTED] * 2 + [RecordState.QUEUED] * 2


def test_records_that_the_operator_loses_in_the_middle_of_a_run_are_sent_again_and_counted_once(
    server: ActingServer, tmp_path: Path
) -> None:
    server.batch_size = 2
    sent(tmp_path)
    register(tmp_path, 4)

    def lose_all_before(contact: int) -> None:
        if contact == 3:
            server._head = (0, NO_PREVIOUS)

    server.on_contact = lose_all_before
    report = sent(tmp_path)
    assert server.batches[1:] == [[1, 2], [3, 4], [1, 2]], "what it had just signed for was not sent again"
    assert (report.sent, report.accepted, report.left) == (4, 4, 0)
