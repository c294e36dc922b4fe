"""What the limits of a metered line allow: by the day in China, whatever is done to the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from operator_backend.nonces import LIFE_S
from outlet_app.contract.bundle import MAX_RECORD_BYTES
from outlet_app.domain import timestamps
from outlet_app.domain.timestamps import CHINA
from outlet_app.store.clock_store import ClockStore
from outlet_app.sync.link_limits import LEAST_BYTES_A_DAY, LEAST_BYTES_A_S, UNLIMITED, Held, LinkLimits
from outlet_app.sync.metering import CONTACT_BYTES, Metering
from outlet_app.sync.sending_hours import parse_sending_hours
from outlet_app.sync.stores import Stores
from tests.intake.counter import Clock
from tests.passing_time import DAY_S, HOUR_S, PassingTime, take_over
from tests.store.filled import install
from tests.trust.acting_operator import ActingOperator

SIZED = LinkLimits(most_bytes_a_day=LEAST_BYTES_A_DAY)
NIGHTS = LinkLimits(parse_sending_hours("22:00-06:00"))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)


class Line:
    """A terminal's limits over the stores, and the two clocks."""

    def __init__(self, stores: Stores, passing: PassingTime) -> None:
        (self.terminal,) = stores.enrolments.terminals()
        self.stores = stores
        self.passing = passing
        self.clock = Clock(NOON)

    def of(self, limits: LinkLimits) -> Metering:
        return Metering(limits, self.stores.traffic(), self.clocks, self.clock)

    @property
    def clocks(self) -> ClockStore:
        return self.stores.clock(self.terminal)

    def contact(self) -> None:
        """The operator's word on the time, which is right."""
        self.clocks.note_operator_time(self.clock.now, tolerance_s=120)

    def use(self, count: int) -> None:
        self.stores.traffic().add(timestamps.china_day(self.clocks.best_known(self.clock())), count)

    def pass_by(self, seconds: float) -> None:
        self.passing.wait(self.clock, seconds)


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    install(tmp_path, ActingOperator().enrol())
    with Stores(tmp_path) as stores:
        yield Line(stores, take_over(monkeypatch))


def held(found: Metering) -> tuple[Held, datetime] | None:
    hold = found.hold()
    return None if hold is None else (hold.why, hold.until)


def test_without_limits_nothing_is_held_nor_counted(line: Line) -> None:
    found = line.of(UNLIMITED)
    line.use(10**12)
    assert (found.hold(), found.room(), found.used_today()) == (None, None, None)
    with found.line() as meter:
        assert meter is None


def test_outside_the_hours_it_waits_for_them(line: Line) -> None:
    tonight = NOON.replace(hour=22)
    assert held(line.of(NIGHTS)) == (Held.HOURS, tonight)
    line.pass_by(10 * HOUR_S - 1)
    assert held(line.of(NIGHTS)) == (Held.HOURS, tonight)
    line.pass_by(1)
    assert line.of(NIGHTS).hold() is None
    line.pass_by(8 * HOUR_S - 1)
    assert line.of(NIGHTS).hold() is None, "over midnight"
    line.pass_by(1)
    assert held(line.of(NIGHTS)) == (Held.HOURS, tonight + timedelta(days=1))


def test_a_day_that_is_used_up_ends_at_midnight_in_china(line: Line) -> None:
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    line.use(LEAST_BYTES_A_DAY - CONTACT_BYTES)
    assert line.of(SIZED).hold() is None
    line.use(1)
    assert held(line.of(SIZED)) == (Held.DAY_SIZE, midnight)
    line.pass_by(12 * HOUR_S - 1)
    assert held(line.of(SIZED)) == (Held.DAY_SIZE, midnight)
    line.pass_by(1)
    assert line.of(SIZED).hold() is None
    assert line.of(SIZED).used_today() == 0


def test_a_day_that_is_used_up_within_the_hours_goes_on_at_the_first_hour_of_the_next(line: Line) -> None:
    mornings = LinkLimits(parse_sending_hours("09:00-13:00"), LEAST_BYTES_A_DAY)
    line.use(LEAST_BYTES_A_DAY)
    tomorrow = NOON.replace(hour=9) + timedelta(days=1)
    assert held(line.of(mornings)) == (Held.DAY_SIZE, tomorrow)


def test_a_batch_has_no_more_than_its_share_of_what_is_left(line: Line) -> None:
    rooms = []
    for _ in range(20):
        rooms.append(line.of(SIZED).room() or 0)
        line.use(LEAST_BYTES_A_DAY // 20)
    assert rooms == sorted(rooms, reverse=True)
    for used, room in enumerate(rooms):
        assert room < LEAST_BYTES_A_DAY - used * LEAST_BYTES_A_DAY // 20
    assert line.of(SIZED).room() == 0


def test_the_longest_record_fits_into_the_least_day(line: Line) -> None:
    room = line.of(SIZED).room()
    assert room is not None
    assert room > MAX_RECORD_BYTES


def test_the_longest_record_is_through_while_its_nonce_is_good() -> None:
    assert MAX_RECORD_BYTES * 1.1 / LEAST_BYTES_A_S < LIFE_S * 0.6


def test_a_record_too_long_for_the_rest_of_the_day_waits_for_the_next_or_for_a_higher_limit(
    line: Line,
) -> None:
    line.use(LEAST_BYTES_A_DAY // 2)
    room = line.of(SIZED).room()
    assert room is not None
    line.of(SIZED).wait_for_room(room + 1)
    assert held(line.of(SIZED)) == (Held.DAY_SIZE, NOON.replace(hour=0) + timedelta(days=1))
    higher = LinkLimits(most_bytes_a_day=2 * LEAST_BYTES_A_DAY)
    assert line.of(higher).hold() is None
    line.pass_by(DAY_S)
    assert line.of(SIZED).hold() is None


@pytest.mark.parametrize("hours", [-10 * 365 * 24, -36, -13, -1, 13, 36])
def test_a_clock_that_is_set_opens_no_day_that_is_used_up(line: Line, hours: int) -> None:
    line.contact()
    line.use(LEAST_BYTES_A_DAY)
    line.clock.now += timedelta(hours=hours)
    for _ in range(12):
        hold = line.of(SIZED).hold()
        assert hold is not None
        assert hold.why is Held.DAY_SIZE
        line.pass_by(HOUR_S - 1)
    line.pass_by(12)
    assert line.of(SIZED).hold() is None, "but true midnight does"


def test_when_it_goes_on_is_said_by_the_clock_as_it_is_set(line: Line) -> None:
    line.contact()
    line.clock.now += timedelta(hours=5)
    assert held(line.of(NIGHTS)) == (Held.HOURS, NOON.replace(hour=22) + timedelta(hours=5))


def test_after_a_start_with_a_clock_far_behind_the_day_is_still_used_up(line: Line) -> None:
    line.contact()
    line.use(LEAST_BYTES_A_DAY)
    line.passing.start_anew()
    line.clock.now -= timedelta(days=400)
    assert line.of(SIZED).hold() is not None


def test_a_clock_that_was_years_ahead_holds_nothing_for_years(line: Line) -> None:
    line.clock.now += timedelta(days=4000)
    line.use(LEAST_BYTES_A_DAY)
    line.clock.now -= timedelta(days=4000)
    assert held(line.of(SIZED)) == (Held.DAY_SIZE, NOON.replace(hour=0) + timedelta(days=1))
    line.pass_by(12 * HOUR_S)
    assert line.of(SIZED).hold() is None


def test_two_programs_count_together(line: Line, tmp_path: Path) -> None:
    first = line.of(SIZED)
    with Stores(tmp_path) as others:
        second = Metering(SIZED, others.traffic(), others.clock(line.terminal), line.clock)
        line.use(LEAST_BYTES_A_DAY // 2)
        assert second.used_today() == first.used_today() == LEAST_BYTES_A_DAY // 2
        others.traffic().add(timestamps.china_day(NOON), LEAST_BYTES_A_DAY // 2)
        assert first.hold() is not None
        assert second.hold() is not None


def test_what_went_over_the_line_is_kept_at_its_end_at_the_latest(line: Line) -> None:
    found = line.of(SIZED)
    with found.line() as meter:
        assert meter is not None
        meter.passed(1_000)
        found.note()
        assert found.used_today() == 1_100, "a tenth on top where the system does not count"
        found.note()
        assert found.used_today() == 1_100, "once"
        meter.passed(1_000)
    assert found.used_today() == 2_200
    with found.line():
        pass
    assert found.used_today() == 2_200
