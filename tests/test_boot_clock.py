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
    assert first.boot == same.boot
    assert other.boot != first.boot, "a clock that was set is judged as a start"
