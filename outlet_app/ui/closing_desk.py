"""What the page of the day's end asks of the intake: of one of its own, so that no registration waits for it.

Where no day was closed for years, a hundred thousand numbers have bytes and signatures to be looked at.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from outlet_app.contract.day_words import OpenRun
from outlet_app.domain.registrations import local_number
from outlet_app.intake.day import DaySoFar
from outlet_app.intake.roles import Act, may
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.ui.day_views import ClosedView, ComparisonView, DayLine, DayView

_MOST_LINES = 200


class ClosingDesk:
    """Takes and gives values only; raises KnownFailure for what a person can act on."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._clock = clock

    def look(self, clerk: SignedInClerk) -> DayView:
        """The day so far, as this person sees it; KnownFailure NOT_ENROLLED, ROLE_NOT_ALLOWED."""
        with self._intake() as intake:
            intake.people.admit(clerk, Act.CLOSE_DAY)
            return _view(intake, intake.day.look(), clerk)

    def close(self, number: str, pin: str, *, sign_open: bool) -> ClosedView:
        """Close it; KnownFailure of DayEnd.close."""
        with self._intake() as intake:
            before = intake.day.last_number()
            kept = intake.day.close(number, pin, sign_open=sign_open).closing
        return ClosedView(
            kept.day,
            kept.number,
            kept.last - kept.first + 1,
            sum(run.last - run.first + 1 for run in kept.open),
            again=kept.number == before,
        )

    @contextmanager
    def _intake(self) -> Iterator[Intake]:
        """For one question, on whatever thread asks it."""
        with closing(Intake.open(self._home, self._clock)) as intake:
            yield intake


def _view(intake: Intake, day: DaySoFar, clerk: SignedInClerk) -> DayView:
    enrolment = intake.enrolment()
    assert enrolment is not None, "who closes a day was admitted"
    last = day.last_closing
    return DayView(
        outlet=enrolment.outlet,
        terminal=enrolment.terminal,
        day=day.day,
        opened_on=day.opened_on,
        records=day.records,
        slips=day.slips_shown,
        in_journal=day.in_journal,
        with_operator=day.answered,
        open=tuple(_line(enrolment.outlet, run) for run in day.open[:_MOST_LINES]),
        open_count=day.open_count,
        differences=day.differences[:_MOST_LINES],
        comparison=_comparison(day),
        needs_supervisor=bool(day.differences) and not may(clerk.role, Act.CLOSE_OVER_DIFFERENCES),
        closed=last is not None and day.last < day.first and last.closing.day >= day.day,
    )


def _comparison(day: DaySoFar) -> ComparisonView | None:
    if day.last_result is None:
        return None
    result = day.last_result.result
    return ComparisonView(result.operator_time, result.differences[:_MOST_LINES], result.difference_count)


def _line(outlet: str, run: OpenRun) -> DayLine:
    first = local_number(outlet, run.terminal, run.first)
    last = "" if run.first == run.last else local_number(outlet, run.terminal, run.last)
    return DayLine(first, run.state, run.code, last)
