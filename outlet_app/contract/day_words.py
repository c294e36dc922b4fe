"""What a terminal signs about its days: that one is closed, and what comparing it showed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.header import member
from outlet_app.contract.malformed import Malformed
from outlet_app.domain import timestamps
from outlet_app.domain.days import Difference, DifferenceKind
from outlet_app.domain.registrations import Person, RecordState, Role

MOST_RUNS = 5_000
MOST_DIFFERENCES = 1_000
"""So many are named; how many there are is said beside them."""

_DIFFERENCE_FIELDS = frozenset({"sequence", "kind", "here", "there"})
_RUN_FIELDS = frozenset({"terminal", "first", "last", "state", "code"})


@dataclass(frozen=True, slots=True)
class OpenRun:
    """Numbers in a row that no decision of the operator answers for, all in the same state for one reason."""

    terminal: str
    first: int
    last: int
    state: RecordState
    code: str | None

    def to_value(self) -> dict[str, Any]:
        """The JSON object within a closing."""
        return {
            "terminal": self.terminal,
            "first": self.first,
            "last": self.last,
            "state": str(self.state),
            "code": self.code,
        }


@dataclass(frozen=True, slots=True)
class DayClosing:
    """Numbers ``first`` to ``last`` are closed (``last`` = ``first`` - 1: none); the terminal signs it.

    ``number`` counts the terminal's closings, ``previous`` is the hex SHA-256
    of the body of the one before. ``root`` is the hash of the range, its leaves
    of standing MADE (64 zeros without numbers), ``head`` the last envelope's
    hash. ``opened_on`` and ``day`` are the days in China of the first record
    and the last. ``open`` are all records of this device that are not
    decided. Counts and differences are what the terminal found on itself.
    """

    number: int
    previous: str
    terminal: str
    outlet: str
    opened_on: date
    day: date
    closed_at: datetime
    clock_behind_s: int
    first: int
    last: int
    root: str
    head: str
    journal_length: int
    journal_head: str
    slips_shown: int
    counts: dict[str, int]
    open: tuple[OpenRun, ...]
    differences: tuple[Difference, ...]
    difference_count: int
    closed_by: Person

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the context day-closing."""
        return {
            "number": self.number,
            "previous": self.previous,
            "terminal": self.terminal,
            "outlet": self.outlet,
            "opened_on": self.opened_on.isoformat(),
            "day": self.day.isoformat(),
            "closed_at": timestamps.to_text(self.closed_at),
            "clock_behind_s": self.clock_behind_s,
            "first": self.first,
            "last": self.last,
            "root": self.root,
            "head": self.head,
            "journal_length": self.journal_length,
            "journal_head": self.journal_head,
            "slips_shown": self.slips_shown,
            "counts": dict(self.counts),
            "open": [run.to_value() for run in self.open],
            "differences": [_difference_value(one) for one in self.differences],
            "difference_count": self.difference_count,
            "closed_by": {"number": self.closed_by.number, "role": str(self.closed_by.role)},
        }


@dataclass(frozen=True, slots=True)
class DayResult:
    """What one comparison showed; signed by the terminal's key.

    ``here`` and ``there`` are the hashes of the range ``first`` to ``last`` at
    terminal and operator. ``answers`` are the hex SHA-256 of the bodies of the
    operator's signed answers that it rests on. ``waiting`` records are on the
    terminal alone because they were not sent yet, which is no difference.
    """

    number: int
    terminal: str
    at: datetime
    operator_time: datetime
    first: int
    last: int
    here: str
    there: str
    waiting: int
    differences: tuple[Difference, ...]
    difference_count: int
    answers: tuple[str, ...]

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the context day-result."""
        return {
            "number": self.number,
            "terminal": self.terminal,
            "at": timestamps.to_text(self.at),
            "operator_time": timestamps.to_text(self.operator_time),
            "first": self.first,
            "last": self.last,
            "here": self.here,
            "there": self.there,
            "waiting": self.waiting,
            "differences": [_difference_value(one) for one in self.differences],
            "difference_count": self.difference_count,
            "answers": list(self.answers),
        }


def closing_from_value(value: dict[str, Any]) -> DayClosing:
    """The closing of a signed value."""
    first = canonical.integer(value, "first", least=1)
    person = canonical.exactly(value.get("closed_by"), frozenset({"number", "role"}), "closed_by")
    counts = value.get("counts")
    if not isinstance(counts, dict) or len(counts) > len(RecordState):
        raise Malformed("counts")
    return DayClosing(
        number=canonical.integer(value, "number", least=1),
        previous=canonical.hash_text(value, "previous"),
        terminal=canonical.text(value, "terminal", most=64),
        outlet=canonical.text(value, "outlet", most=64),
        opened_on=_day(value, "opened_on"),
        day=_day(value, "day"),
        closed_at=_moment(value, "closed_at"),
        clock_behind_s=canonical.integer(value, "clock_behind_s"),
        first=first,
        last=canonical.integer(value, "last", least=first - 1),
        root=canonical.hash_text(value, "root"),
        head=canonical.hash_text(value, "head"),
        journal_length=canonical.integer(value, "journal_length"),
        journal_head=canonical.hash_text(value, "journal_head"),
        slips_shown=canonical.integer(value, "slips_shown"),
        counts={
            str(member(RecordState, {"state": name}, "state")): canonical.integer(counts, name)
            for name in counts
        },
        open=tuple(_run(form) for form in canonical.array(value, "open", most=MOST_RUNS)),
        differences=_differences(value),
        difference_count=canonical.integer(value, "difference_count"),
        closed_by=Person(canonical.text(person, "number", most=64), member(Role, person, "role")),
    )


def result_from_value(value: dict[str, Any]) -> DayResult:
    """The result of a signed value."""
    answers = canonical.array(value, "answers")
    return DayResult(
        number=canonical.integer(value, "number", least=1),
        terminal=canonical.text(value, "terminal", most=64),
        at=_moment(value, "at"),
        operator_time=_moment(value, "operator_time"),
        first=canonical.integer(value, "first", least=1),
        last=canonical.integer(value, "last", least=1),
        here=canonical.hash_text(value, "here"),
        there=canonical.hash_text(value, "there"),
        waiting=canonical.integer(value, "waiting"),
        differences=_differences(value),
        difference_count=canonical.integer(value, "difference_count"),
        answers=tuple(canonical.hash_text({"answer": one}, "answer") for one in answers),
    )


def _difference_value(one: Difference) -> dict[str, Any]:
    return {"sequence": one.sequence, "kind": str(one.kind), "here": one.here, "there": one.there}


def _differences(value: dict[str, Any]) -> tuple[Difference, ...]:
    found = []
    for form in canonical.array(value, "differences", most=MOST_DIFFERENCES):
        one = canonical.exactly(form, _DIFFERENCE_FIELDS, "difference")
        found.append(
            Difference(
                canonical.integer(one, "sequence"),
                member(DifferenceKind, one, "kind"),
                canonical.optional_text(one, "here", most=64),
                canonical.optional_text(one, "there", most=64),
            )
        )
    return tuple(found)


def _run(form: Any) -> OpenRun:
    value = canonical.exactly(form, _RUN_FIELDS, "open")
    first = canonical.integer(value, "first", least=1)
    return OpenRun(
        canonical.text(value, "terminal", most=64),
        first,
        canonical.integer(value, "last", least=first),
        member(RecordState, value, "state"),
        canonical.optional_text(value, "code", most=64),
    )


def _day(value: dict[str, Any], field: str) -> date:
    try:
        return date.fromisoformat(canonical.text(value, field, most=10))
    except ValueError as exc:
        raise Malformed(field) from exc


def _moment(value: dict[str, Any], field: str) -> datetime:
    try:
        return timestamps.from_text(canonical.text(value, field))
    except ValueError as exc:
        raise Malformed(field) from exc
