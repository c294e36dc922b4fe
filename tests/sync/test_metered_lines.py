"""Sending over a metered line: hours, the day's size and the speed, with a real operator."""

import queue
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.pacing_store import Pacing
from outlet_app.sync.events import SyncReport
from outlet_app.sync.link_limits import LEAST_BYTES_A_DAY, UNLIMITED, Held, LinkLimits
from outlet_app.sync.link_status import LinkState, LinkStatus
from outlet_app.sync.metering import CONTACT_BYTES
from outlet_app.sync.reconciling import reconcile
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.sending_hours import SendingHours, parse_sending_hours
from outlet_app.sync.stores import Stores
from outlet_app.sync.worker import SyncWorker
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import QUICK, OutletUnderTest, wall_clock
from tests.paced_line import PacedLine
from tests.sync.man_in_the_middle import through
from tests.sync.strange_servers import answers, http_answer, strange_server

SIZED = LinkLimits(most_bytes_a_day=LEAST_BYTES_A_DAY)


def hours_from(moment: datetime) -> SendingHours:
    """Two hours, of which the first begins then."""
    begins = moment.astimezone(timestamps.CHINA)
    return parse_sending_hours(f"{begins:%H:%M}-{begins + timedelta(hours=2):%H:%M}")


def closed() -> LinkLimits:
    return LinkLimits(hours_from(wall_clock() + timedelta(hours=3)))


def sent(outlet: OutletUnderTest, link: LinkLimits, *, once: bool = False) -> SyncReport:
    outlet.events = []
    return send(outlet.home, Sending(outlet.clock, once, outlet.events.append, limits=QUICK, link=link))


def used(outlet: OutletUnderTest) -> int:
    with Stores(outlet.home) as stores:
        return stores.traffic().of(timestamps.china_day(wall_clock())).bytes


def use(outlet: OutletUnderTest, count: int) -> None:
    with Stores(outlet.home) as stores:
        stores.traffic().add(timestamps.china_day(wall_clock()), count)


@pytest.fixture
def line(operator: OperatorUnderTest, outlet: OutletUnderTest) -> Iterator[PacedLine]:
    """Counts what goes to the operator and back."""
    found = PacedLine(operator.port)
    through(found, outlet)
    yield found
    found.close()


def test_outside_the_hours_not_a_byte_goes_by_itself(outlet: OutletUnderTest, line: PacedLine) -> None:
    slip = outlet.register()
    report = sent(outlet, closed())
    assert report.hold is not None
    assert (report.hold.why, report.left, report.contacts) == (Held.HOURS, 1, 0)
    assert timedelta(hours=2, minutes=58) < report.hold.until - wall_clock() <= timedelta(hours=3)
    assert report.to_json()["held_until"] == timestamps.to_text(report.hold.until)
    assert (line.carried.there, line.carried.back) == (0, 0)
    assert outlet.state(slip.record_id) is RecordState.QUEUED


def test_within_the_hours_it_is_sent(outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    report = sent(outlet, LinkLimits(hours_from(wall_clock() - timedelta(hours=1))))
    assert (report.hold, report.left) == (None, 0)
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_who_asks_is_sent_for_outside_the_hours_and_beyond_the_size(outlet: OutletUnderTest) -> None:
    slips = [outlet.register(), outlet.register(card="person-1")]
    use(outlet, 2 * LEAST_BYTES_A_DAY)
    link = LinkLimits(closed().hours, LEAST_BYTES_A_DAY)
    report = sent(outlet, link, once=True)
    assert (report.hold, report.sent, report.left) == (None, 2, 0)
    assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.ACCEPTED}
    assert used(outlet) > 2 * LEAST_BYTES_A_DAY, "what was asked for is counted all the same"


def test_who_asks_does_not_pass_over_the_time_that_the_server_asked_for(outlet: OutletUnderTest) -> None:
    busy = answers(http_answer("429 Busy", b"{}", headers=("Retry-After: 600",)))
    with strange_server(busy) as server:
        through(server, outlet)
        with pytest.raises(KnownFailure, match=FailureCode.SERVER_BUSY):
            sent(outlet, closed(), once=True)
        assert sent(outlet, closed(), once=True).contacts == 0
    assert len(server.requests) == 1


def test_the_hours_end_in_the_middle_of_a_run_and_the_rest_waits(outlet: OutletUnderTest) -> None:
    """The terminal's clock is three hours behind, as the operator's first signed word tells it."""
    slips = [outlet.register(card=f"person-{order}") for order in range(3)]
    with Stores(outlet.home) as stores:
        (terminal,) = stores.enrolments.terminals()
        stores.pacing(terminal).save(Pacing(batch_size=1))
    outlet.clock = lambda: wall_clock() - timedelta(hours=3)
    report = sent(outlet, LinkLimits(hours_from(outlet.clock() - timedelta(hours=1))))
    assert (report.contacts, report.sent, report.left) == (1, 1, 2)
    assert report.hold is not None
    assert report.hold.why is Held.HOURS
    states = [outlet.state(slip.record_id) for slip in slips]
    assert states == [RecordState.ACCEPTED, RecordState.QUEUED, RecordState.QUEUED]


def test_both_ways_are_counted_and_no_less_than_what_went_over_the_line(
    outlet: OutletUnderTest, line: PacedLine
) -> None:
    outlet.register()
    sent(outlet, SIZED)
    carried = line.carried.there + line.carried.back
    assert carried > 3_000
    assert carried <= used(outlet) <= carried * 1.5 + 2_000, "heads of packets are a few hundred bytes"
    before = used(outlet)
    outlet.register(card="person-1")
    sent(outlet, SIZED)
    carried_now = line.carried.there + line.carried.back - carried
    assert carried_now <= used(outlet) - before <= carried_now * 1.5 + 2_000


def test_a_day_that_is_used_up_sends_nothing_and_the_next_one_does(
    outlet: OutletUnderTest, line: PacedLine
) -> None:
    outlet.register()
    use(outlet, LEAST_BYTES_A_DAY - CONTACT_BYTES + 1)
    report = sent(outlet, SIZED)
    assert report.hold is not None
    assert (report.hold.why, report.left) == (Held.DAY_SIZE, 1)
    assert report.hold.until.astimezone(timestamps.CHINA).time().isoformat() == "00:00:00"
    assert line.carried.there == 0
    outlet.clock = lambda: wall_clock() + timedelta(days=1)
    assert sent(outlet, SIZED).left == 0


def test_batches_become_smaller_as_the_day_is_used_up_and_never_pass_it(
    outlet: OutletUnderTest, line: PacedLine
) -> None:
    for order in range(12):
        outlet.register(card=f"person-{order}")
    use(outlet, LEAST_BYTES_A_DAY - CONTACT_BYTES - 14_000)
    report = sent(outlet, SIZED)
    assert report.contacts >= 1
    assert 0 < report.sent < 12
    assert report.left == 12 - report.sent
    assert report.hold is not None
    assert report.hold.why is Held.DAY_SIZE
    assert used(outlet) <= LEAST_BYTES_A_DAY
    held_at = line.carried.there
    assert sent(outlet, SIZED).contacts == 0
    assert line.carried.there == held_at, "nothing is tried again and again"


def test_a_comparison_that_somebody_asks_for_counts_too(outlet: OutletUnderTest) -> None:
    outlet.register()
    sent(outlet, SIZED)
    before = used(outlet)
    reconcile(outlet.home, outlet.clock, QUICK, link=LinkLimits(closed().hours, LEAST_BYTES_A_DAY))
    assert used(outlet) > before + 1_000


def test_a_contact_that_fails_is_counted(outlet: OutletUnderTest) -> None:
    with strange_server(answers(http_answer("200 OK", b"x" * 5_000))) as server:
        through(server, outlet)
        with pytest.raises(KnownFailure):
            sent(outlet, SIZED)
    assert used(outlet) > 5_000


def test_the_counter_says_why_it_waits_and_sends_nothing(outlet: OutletUnderTest, line: PacedLine) -> None:
    outlet.register()
    told: queue.Queue[LinkStatus] = queue.Queue()
    link = closed()
    worker = SyncWorker(outlet.home, told.put, wall_clock, limits=QUICK, link=link, look_s=0.1)
    worker.start()
    try:
        for _ in range(3):
            status = told.get(timeout=10)
            assert status.state is LinkState.WAITING
            assert status.held is not None
            assert status.held.why is Held.HOURS
            assert status.next_contact_at == status.held.until
            assert status.queued == 1
            worker.wake()
    finally:
        assert worker.stop()
    assert line.carried.there == 0


def test_a_terminal_that_was_revoked_is_not_said_to_wait_for_an_hour(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    with Stores(outlet.home) as stores:
        (terminal,) = stores.enrolments.terminals()
    operator.revoke(terminal)
    with pytest.raises(KnownFailure, match=FailureCode.TERMINAL_REVOKED):
        outlet.send()
    told: queue.Queue[LinkStatus] = queue.Queue()
    worker = SyncWorker(outlet.home, told.put, wall_clock, limits=QUICK, link=closed(), look_s=0.1)
    worker.start()
    try:
        status = told.get(timeout=10)
    finally:
        assert worker.stop()
    assert (status.state, status.held) == (LinkState.TROUBLE, None)


def test_without_limits_nothing_is_counted(outlet: OutletUnderTest, tmp_path: Path) -> None:
    outlet.register()
    sent(outlet, UNLIMITED)
    with Stores(outlet.home) as stores:
        assert stores._db.execute("SELECT count(*) FROM traffic").fetchone() == (0,)


def test_the_counter_goes_on_by_itself_once_the_hours_begin(outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    told: queue.Queue[LinkStatus] = queue.Queue()
    later = timedelta(0)
    worker = SyncWorker(
        outlet.home, told.put, lambda: wall_clock() + later, limits=QUICK, link=closed(), look_s=0.1
    )
    worker.start()
    try:
        assert told.get(timeout=10).held is not None
        later = timedelta(hours=3)
        while told.get(timeout=10).queued:
            pass
    finally:
        assert worker.stop()
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_who_asks_at_the_counter_is_sent_for_once(outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    told: queue.Queue[LinkStatus] = queue.Queue()
    worker = SyncWorker(outlet.home, told.put, wall_clock, limits=QUICK, link=closed(), look_s=0.1)
    worker.start()
    try:
        assert told.get(timeout=10).queued == 1
        worker.send_now()
        while told.get(timeout=10).queued:
            pass
        assert outlet.state(slip.record_id) is RecordState.ACCEPTED
        second = outlet.register(card="person-1")
        while not told.get(timeout=10).queued:
            pass
        for _ in range(3):
            assert told.get(timeout=10).queued == 1
    finally:
        assert worker.stop()
    assert outlet.state(second.record_id) is RecordState.QUEUED
