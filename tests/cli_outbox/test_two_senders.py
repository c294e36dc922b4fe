"""Senders that meet on one data folder: one sends, the other says so, a dead one leaves nothing behind."""

import json
import queue
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from campaigns.faults.faults import Fault, FaultKind, Message, Part, nothing
from campaigns.faults.proxy import FaultProxy
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.link_status import LinkState, LinkStatus
from outlet_app.sync.worker import SyncWorker
from tests.cli_outbox.conftest import Terminal
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import wall_clock
from tests.sync.man_in_the_middle import through

ONCE = ("sync", "run", "--once", "--json")
BUSY = [{"done": True, "busy": True}]
HELD = Fault(FaultKind.DELAY, 1, Message.ANSWER, Part.BODY, 0.5, seconds=600)
"""The sender has half the answer to its records, and waits for the rest."""


@pytest.fixture
def proxy(operator: OperatorUnderTest, joined: Terminal) -> Iterator[FaultProxy]:
    with FaultProxy(operator.port, nothing) as found:
        through(found, joined.outlet)
        yield found


@contextmanager
def held_up(joined: Terminal, proxy: FaultProxy) -> Iterator["subprocess.Popen[str]"]:
    """A sender of its own process that stands still in the middle of an answer."""
    proxy.script = lambda connection, _: HELD if connection == 0 else None
    with joined.process(*ONCE) as process:
        try:
            assert proxy.struck.wait(30)
            yield process
        finally:
            process.kill()


def test_beside_a_sender_at_work_another_says_so_and_sends_nothing(
    joined: Terminal, proxy: FaultProxy
) -> None:
    slip = joined.outlet.register()
    with held_up(joined, proxy) as first:
        second = joined(*ONCE)
        assert (second.code, second.lines) == (0, BUSY)
        assert joined.outlet.state(slip.record_id) is RecordState.SENDING
        assert first.poll() is None
    assert len({request.connection for request in proxy.requests}) == 1


def test_a_sender_that_was_killed_keeps_nobody_waiting(joined: Terminal, proxy: FaultProxy) -> None:
    """Neither its lock nor its lease of a minute outlives it."""
    slips = [joined.outlet.register(card=f"person-{order}") for order in range(3)]
    with held_up(joined, proxy) as first:
        first.kill()
        first.wait(10)

        ran = joined(*ONCE)

    assert (ran.code, ran.last["sent"], ran.last["accepted"], ran.last["left"]) == (0, 3, 3, 0)
    answers = [line["answer"] for line in ran.lines if line.get("event") == "answered"]
    assert answers == ["duplicate"] * 3, "the operator had taken them from the first"
    assert {joined.outlet.state(slip.record_id) for slip in slips} == {RecordState.ACCEPTED}


def test_beside_the_counter_s_sender_the_command_says_so(joined: Terminal, proxy: FaultProxy) -> None:
    slip = joined.outlet.register()
    proxy.script = lambda connection, _: HELD if connection == 0 else None
    worker = SyncWorker(joined.home, lambda _: None, wall_clock, look_s=0.1)
    worker.start()
    try:
        assert proxy.struck.wait(30)
        ran = joined(*ONCE)
    finally:
        assert worker.stop()

    assert (ran.code, ran.lines) == (0, BUSY)
    assert joined.outlet.state(slip.record_id) is RecordState.QUEUED, "stopped in order"
    assert joined(*ONCE).last["accepted"] == 1


def test_beside_the_command_the_counter_s_sender_waits_and_then_goes_on(
    joined: Terminal, proxy: FaultProxy
) -> None:
    slip = joined.outlet.register()
    told: queue.Queue[LinkStatus] = queue.Queue()
    with held_up(joined, proxy) as first:
        worker = SyncWorker(joined.home, told.put, wall_clock, look_s=0.1)
        worker.start()
        try:
            for _ in range(3):
                status = told.get(timeout=10)
                assert (status.state, status.failure, status.queued) == (LinkState.WAITING, None, 1)
            first.kill()
            while told.get(timeout=20).queued:
                pass
        finally:
            assert worker.stop()
    assert joined.outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_of_two_senders_started_together_each_ends_in_order_and_every_record_is_sent_once(
    joined: Terminal, proxy: FaultProxy
) -> None:
    slips = [joined.outlet.register(card=f"person-{order}") for order in range(3)]
    processes = [joined.process(*ONCE) for _ in range(2)]
    lasts = []
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        lasts.append(json.loads(out.splitlines()[-1]))

    assert sum(last.get("sent", 0) for last in lasts) == 3
    assert {joined.outlet.state(slip.record_id) for slip in slips} == {RecordState.ACCEPTED}
    assert len([request for request in proxy.requests if request.body_bytes > 5_000]) == 1
