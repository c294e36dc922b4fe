"""What the window shows of a day's end, as values."""

from dataclasses import dataclass
from datetime import date, datetime

from outlet_app.domain.days import Difference
from outlet_app.domain.registrations import RecordState


@dataclass(frozen=True, slots=True)
class DayLine:
    """A local number, or the first of several in a row up to ``last``, their state and what holds back."""

    number: str
    state: RecordState
    code: str | None = None
    last: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The youngest comparison with the operator; ``since`` is when the operator answered."""

    since: datetime
    differences: tuple[Difference, ...]
    difference_count: int


@dataclass(frozen=True, slots=True)
class DayView:
    """The day so far: four counts side by side, what is open, and what differs.

    ``outlet`` and ``terminal`` make local numbers of the sequences. ``may_close`` is False where
    a supervisor has to. ``closed`` is True where nothing was done since the closing before.
    """

    outlet: str
    terminal: str
    day: date
    opened_on: date
    records: int
    slips: int
    in_journal: int
    with_operator: int
    open: tuple[DayLine, ...]
    open_count: int
    differences: tuple[Difference, ...]
    comparison: ComparisonView | None
    needs_supervisor: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class ClosedView:
    """A closing that was kept."""

    day: date
    number: int
    records: int
    open_count: int
    again: bool
