"""The clock that nobody sets goes on, is the same in every process, and ends with a start of the machine."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest

from outlet_app import boot_clock
from outlet_app.boot_clock import BootMoment, boot_now

SAY = "from outlet_app.boot_clock import boot_now; now = boot_now(); print(now.boot, now.ms)"


def test_every_process_of_the_machine_goes_by_the_same_clock() -> None:
    before = boot_now()
    said = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, check=True)
    boot, ms = said.stdout.split()
    after = boot_now()
    assert before.boot == boot == after.boot
    assert before.ms <= int(ms) <= after.ms


def test_it_tells_what_passed_and_nothing_of_another_start() -> None:
    earlier, later = BootMoment("one", 1_000), BootMoment("one", 3_500)
    assert later.passed_since(earlier) == timedelta(seconds=2.5)
    assert later.passed_since(later) == timedelta()
    assert later.passed_since(None) is None
    assert later.passed_since(BootMoment("another", 1_000)) is None
    assert earlier.passed_since(later) is None, "the machine was started anew under the same name"


def test_a_wall_clock_that_is_set_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = boot_now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    after = boot_now()
    assert after.boot == before.boot
    passed = after.passed_since(before)
    assert passed is not None
    assert passed < timedelta(seconds=5)


def test_where_a_start_has_no_name_its_moment_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_clock, "_boot_name", lambda: None)
    monkeypatch.setattr(boot_clock, "seconds_awake_and_asleep", lambda: 5_000.0)
    walls = iter((1_000_000.0, 1_000_030.0, 1_400_000.0))
    monkeypatch.setattr(time, "time", lambda: next(walls))
    first, same, other = boot_now(), boot_now(), boot_now()
    assert same.passed_since(first) == timedelta()
    assert other.passed_since(first) is None, "a clock that was set is judged as a start"


@pytest.mark.parametrize("wall", [1_000_100.0, 1_000_400.0, 1_000_500.4])
def test_two_clocks_that_drift_apart_by_a_second_are_of_one_start(
    monkeypatch: pytest.MonkeyPatch, wall: float
) -> None:
    """Wherever the guess lies: at no moment of the clock a start begins by itself."""
    monkeypatch.setattr(boot_clock, "_boot_name", lambda: None)
    monkeypatch.setattr(boot_clock, "seconds_awake_and_asleep", lambda: 5_000.0)
    guesses = []
    for drift_s in (-1.0, 0.0, 1.0):
        monkeypatch.setattr(time, "time", lambda drift_s=drift_s: wall + drift_s)
        guesses.append(boot_now())
    assert all(one.passed_since(other) == timedelta() for one in guesses for other in guesses)


def test_a_named_start_and_a_guessed_one_are_two() -> None:
    named, guessed = BootMoment("at-home", 1_000), BootMoment("at-1790000000", 2_000)
    assert guessed.passed_since(named) is None
