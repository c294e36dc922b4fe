"""The speed limit of a line: bytes are let through at their time, and nothing is saved up."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.sync.line_meter import LineMeter
from outlet_app.sync.pace import Pace

BYTES_PER_S = 8_000
"""64 kbit/s."""


class Hours:
    """A clock that passes only while it is waited for, a little late each time."""

    def __init__(self, late_s: float = 0.0) -> None:
        self.s = 100.0
        self._late_s = late_s

    def __call__(self) -> float:
        return self.s

    def wait(self, seconds: float) -> None:
        self.s += seconds + self._late_s


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3_000), st.floats(0, 2)), min_size=1, max_size=40),
    st.floats(0, 0.02),
)
def test_never_more_has_passed_than_the_time_was_good_for(
    pieces: list[tuple[int, float]], late_s: float
) -> None:
    clock = Hours(late_s)
    pace = Pace(BYTES_PER_S, now=clock, wait=clock.wait)
    begun, passed = clock.s, 0
    for count, idle_s in pieces:
        clock.s += idle_s
        pace.take(count)
        passed += count
        assert passed <= (clock.s - begun) * BYTES_PER_S + 1e-6


@pytest.mark.parametrize("late_s", [0.0, 0.002, 0.02])
def test_waking_up_late_costs_no_speed(late_s: float) -> None:
    clock = Hours(late_s)
    pace = Pace(BYTES_PER_S, now=clock, wait=clock.wait)
    begun, count = clock.s, 40 * BYTES_PER_S // pace.piece_bytes
    for _ in range(count):
        pace.take(pace.piece_bytes)
    rate = count * pace.piece_bytes / (clock.s - begun)
    assert 0.99 * BYTES_PER_S < rate <= BYTES_PER_S


def test_a_line_that_was_idle_has_saved_nothing_up() -> None:
    clock = Hours()
    pace = Pace(BYTES_PER_S, now=clock, wait=clock.wait)
    pace.take(1)
    clock.s += 3600
    before = clock.s
    pace.take(BYTES_PER_S)
    assert clock.s == pytest.approx(before + 1.0)


def test_what_was_held_back_is_told_apart_from_silence() -> None:
    clock = Hours()
    pace = Pace(BYTES_PER_S, now=clock, wait=clock.wait)
    clock.s += 50
    pace.take(BYTES_PER_S * 3)
    assert pace.held_s == pytest.approx(3.0)


def test_the_end_wakes_whoever_is_held_back() -> None:
    pace = Pace(1_000)
    waiting = threading.Thread(target=pace.take, args=(600_000,))
    waiting.start()
    begun = time.monotonic()
    pace.end()
    waiting.join(5)
    assert not waiting.is_alive()
    pace.take(600_000)
    assert time.monotonic() - begun < 5, "nobody is held back any more"


@pytest.mark.parametrize(
    ("bytes_per_s", "piece_bytes"), [(1_000, 1_400), (8_000, 1_400), (44_000, 5_000), (1_000_000, 8_192)]
)
def test_a_long_message_goes_in_pieces_of_an_eighth_of_a_second_or_a_packet(
    bytes_per_s: int, piece_bytes: int
) -> None:
    meter = LineMeter(bytes_per_s)
    meter.end()
    data = bytes(range(256)) * 100
    pieces = list(meter.pieces(data))
    assert b"".join(pieces) == data
    assert max(len(piece) for piece in pieces) == piece_bytes
    assert list(meter.pieces(b"")) == []


def test_a_tenth_is_left_for_what_goes_around_the_messages() -> None:
    meter = LineMeter(11_000)
    assert meter.pace is not None
    begun = time.monotonic()
    meter.passed(5_000)
    assert 0.5 <= meter.held_s <= time.monotonic() - begun


def test_without_a_speed_limit_a_message_goes_whole() -> None:
    meter = LineMeter()
    assert list(meter.pieces(b"x" * 100_000)) == [b"x" * 100_000]
    assert meter.held_s == 0
