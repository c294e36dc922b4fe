"""The clock that nobody sets, turned by hand: time passes only when a test says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from outlet_app import boot_clock
from outlet_app.boot_clock import BootMoment

HOUR_S = 3600
DAY_S = 86_400
YEAR_S = 365 * DAY_S


class TurnedClock(Protocol):
    """A system clock of a test, which is set by hand."""

    now: datetime


@dataclass
class PassingTime:
    """``s`` seconds since the start of the machine that ``boot`` names."""

    s: float = 1000.0
    boot: str = "first"

    def __call__(self) -> BootMoment:
        return BootMoment(self.boot, round(self.s * 1000))

    def wait(self, clock: "TurnedClock", seconds: float) -> None:
        """So long by both clocks."""
        self.s += seconds
        clock.now += timedelta(seconds=seconds)

    def start_anew(self) -> None:
        """The machine was off for a while and is on again."""
        self.boot += "+"
        self.s = 10.0


def take_over(monkeypatch: pytest.MonkeyPatch) -> PassingTime:
    """From here on the program asks this clock."""
    passing = PassingTime()
    monkeypatch.setattr(boot_clock, "boot_now", passing)
    return passing
