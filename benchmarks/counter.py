"""A counter without a window: an enrolled data folder, fictional customers, the use case as it is."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

from outlet_app.domain.registrations import Channel
from outlet_app.intake.service import Draft, Intake
from tests.intake import counter
from tests.trust.acting_operator import ActingOperator

PERSONS = 500
"""Customers who come again and again: fewer than would be refused for coming too often."""


class BenchmarkCounter:
    """One intake; each registration is of another number and SIM."""

    def __init__(self, home: Path) -> None:
        self.home = home
        counter.enrolled(home, ActingOperator())
        self.present = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
        self.intake = Intake.open(home, lambda: self.present)
        self._numbers = itertools.count(1)

    def next_draft(self) -> Draft:
        """A complete draft, as it stands before the clerk's last touch."""
        number = next(self._numbers)
        return counter.draft(self.intake, number, person=number % PERSONS)

    def prepare(self, draft: Draft) -> None:
        """What the window does as soon as number and SIM are typed, before the button can be pressed."""
        self.intake.prepare(draft, counter.CLERK, Channel.COUNTER)

    def confirm(self, draft: Draft) -> None:
        """From the draft to the durable record."""
        self.intake.confirm(draft, counter.CLERK, Channel.COUNTER)

    def close(self) -> None:
        """Close the intake."""
        self.intake.close()
