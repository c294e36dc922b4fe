"""What people at the counter should know before the next customer, although nothing is refused yet."""

from dataclasses import dataclass

from outlet_app.domain.failures import FailureCode
from outlet_app.intake.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know, by the code whose words say what it is and what to do; no identity data."""

    code: FailureCode
    detail: str = ""


def notices(workplace: Workplace, *, journal_is_broken: bool) -> tuple[Notice, ...]:
    """Everything that is so now, most urgent first."""
    workplace.now()
    found = []
    if journal_is_broken:
        found.append(Notice(FailureCode.JOURNAL_BROKEN))
    if workplace.clock_behind_s:
        found.append(Notice(FailureCode.CLOCK_BEHIND, f"{workplace.clock_behind_s} s"))
    return tuple(found)
