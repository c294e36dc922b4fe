"""The speed limit of a line on real connections, and the system's own count of what went over one."""

import socket
import sys
import threading
import time

import pytest

from campaigns.faults.faults import Fault, FaultKind, Message, Part, nothing
from campaigns.faults.proxy import FaultProxy
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState, Slip
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.client import Request, ServerClient, TimeLimits
from outlet_app.sync.line_meter import LineMeter
from outlet_app.sync.link_limits import LEAST_BYTES_A_DAY, LinkLimits
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.worker import SyncWorker
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import QUICK, OutletUnderTest, wall_clock
from tests.sync.man_in_the_middle import through
from tests.sync.strange_servers import answers, http_answer, strange_server


def test_a_slow_pace_does_not_run_into_the_time_limits(outlet: OutletUnderTest) -> None:
    """Held back for longer than an exchange may take: that is nobody's silence."""
    for order in range(4):
        outlet.register(card=f"person-{order}")
    brisk = TimeLimits(connect_s=2, silence_s=1, whole_s=1)
    link = LinkLimits(most_bytes_a_s=12_000)
    begun = time.monotonic()
    report = send(outlet.home, Sending(outlet.clock, limits=brisk, link=link))
    assert (report.sent, report.left) == (4, 0)
    assert time.monotonic() - begun > 1.5


def test_stop_is_heard_while_bytes_are_held_back(outlet: OutletUnderTest) -> None:
    for order in range(5):
        outlet.register(card=f"person-{order}")
    worker = SyncWorker(
        outlet.home, lambda _: None, wall_clock, limits=TimeLimits(), link=LinkLimits(most_bytes_a_s=200)
    )
    worker.start()
    threading.Event().wait(1.0)
    begun = time.monotonic()
    assert worker.stop()
    assert time.monotonic() - begun < 1


def test_an_answer_is_read_no_faster_than_the_limit() -> None:
    body = b'{"a":"' + b"x" * 12_000 + b'"}'
    with strange_server(answers(http_answer("200 OK", body))) as server:
        meter = LineMeter(bytes_per_s=8_000)
        with ServerClient(parse_address(server.url), QUICK, meter) as client:
            begun = time.monotonic()
            client.exchange(Request("GET", "/v1/probe", {}))
            took_s = time.monotonic() - begun
    assert took_s >= 1.5, "12 kB at 64 kbit/s"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere messages are counted, with a tenth on top")
def test_the_systems_count_outlives_the_connection() -> None:
    meter = LineMeter()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        with near, far:
            meter.begins(near)
            near.sendall(b"x" * 100_000)
            received = 0
            while received < 100_000:
                received += len(far.recv(65_536))
            far.sendall(b"y" * 10_000)
            received = 0
            while received < 10_000:
                received += len(near.recv(65_536))
            carried = meter.carried()
            assert 110_000 <= carried < 110_000 + 20_000
            meter.ends()
    assert meter.carried() >= carried
    meter.begins(near)
    assert meter.carried() >= carried, "a handle that is closed says nothing, and takes nothing away"


def test_a_line_that_breaks_off_while_bytes_are_held_back_doubles_and_loses_nothing(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slips = [outlet.register(card=f"person-{order}") for order in range(3)]
    link = LinkLimits(most_bytes_a_day=LEAST_BYTES_A_DAY, most_bytes_a_s=24_000)
    cut = Fault(FaultKind.CUT, 1, Message.REQUEST, Part.BODY, 0.5)
    with FaultProxy(operator.port, nothing) as proxy:
        through(proxy, outlet)
        proxy.script = lambda connection, _: cut if connection == 0 else None
        with pytest.raises(KnownFailure, match=FailureCode.SERVER_ERROR):
            send(outlet.home, Sending(outlet.clock, limits=QUICK, link=link))
        assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.QUEUED}
        report = send(outlet.home, Sending(outlet.clock, once=True, limits=QUICK, link=link))
    assert (report.accepted, report.left) == (3, 0)
    held = [record["sequence"] for record in operator.records() if record["id"] in _ids(slips)]
    assert sorted(held) == [1, 2, 3]


def _ids(slips: list[Slip]) -> set[str]:
    return {str(slip.record_id) for slip in slips}
