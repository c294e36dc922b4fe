"""What was found before the button holds while nobody writes, and no longer than time leaves it as it is."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel
from outlet_app.intake import confirming
from outlet_app.intake.service import Draft, Intake
from outlet_app.intake.settled import HOLDS_S
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from tests.intake.counter import CLERK, Clock, draft, register
from tests.passing_time import DAY_S, PassingTime
from tests.trust.acting_operator import NOW, PACK, ActingOperator

DAYS = 5


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that everything about the queue is asked."""
    found: list[str] = []
    as_it_is = confirming.check_again

    def noted(*arguments: Any) -> None:
        found.append("asked")
        as_it_is(*arguments)

    monkeypatch.setattr(confirming, "check_again", noted)
    return found


@pytest.fixture
def rules(home: Path, operator: ActingOperator, intake: Intake) -> Callable[..., None]:
    def put(**changes: int) -> None:
        with closing(open_database(home / FILE_NAME).conn) as connection:
            pack = operator.policy(replace(PACK, number=2, **changes))
            EnrolmentStore(Database(connection)).put_policy("T001-1", 2, pack, NOW)

    return put


def prepared(intake: Intake, n: int) -> Draft:
    ready = draft(intake, n)
    intake.prepare(ready, CLERK, Channel.COUNTER)
    return ready


def pressed(intake: Intake, ready: Draft) -> FailureCode | None:
    try:
        intake.confirm(ready, CLERK, Channel.COUNTER)
    except KnownFailure as failure:
        return failure.code
    return None


def test_what_was_found_before_is_not_asked_again_at_the_button(intake: Intake, asked: list[str]) -> None:
    ready = prepared(intake, 1)
    assert asked == ["asked"]
    assert pressed(intake, ready) is None
    assert asked == ["asked"]


def test_it_is_asked_again_when_anybody_wrote_meanwhile(
    intake: Intake, home: Path, clock: Clock, asked: list[str]
) -> None:
    ready = prepared(intake, 1)
    with closing(Intake.open(home, clock)) as beside:
        register(beside, 2)
    asked.clear()
    assert pressed(intake, ready) is None
    assert asked == ["asked"]


def test_it_is_asked_again_of_another_draft_and_when_minutes_have_passed(
    intake: Intake, clock: Clock, passing: PassingTime, asked: list[str]
) -> None:
    ready = prepared(intake, 1)
    passing.wait(clock, HOLDS_S)
    asked.clear()
    assert pressed(intake, ready) is None
    assert asked == ["asked"]
    other = replace(prepared(intake, 2), details=draft(intake, 3).details)
    asked.clear()
    assert pressed(intake, other) is None
    assert asked == ["asked"]


def test_what_takes_anothers_place_is_asked_again_whatever_comes(intake: Intake, asked: list[str]) -> None:
    slip = register(intake, 1)
    ready = replace(prepared(intake, 2), refers_to=slip.record_id)
    intake.prepare(ready, CLERK, Channel.COUNTER)
    asked.clear()
    pressed(intake, ready)
    assert asked == ["asked"]


@pytest.mark.parametrize("left_s", [1, 300, 599, 600, 601, 899, 900, 901, 5000])
@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("most_days_without_contact", FailureCode.CONTACT_OVERDUE),
        ("most_waiting_days", FailureCode.QUEUE_TOO_OLD),
    ],
)
def test_a_limit_that_time_alone_reaches_counts_at_the_very_moment(
    intake: Intake,
    rules: Callable[..., None],
    clock: Clock,
    passing: PassingTime,
    left_s: int,
    rule: str,
    code: FailureCode,
) -> None:
    rules(**{rule: DAYS})
    register(intake, 1)
    passing.wait(clock, DAYS * DAY_S - left_s)
    early, late = draft(intake, 2), draft(intake, 3)
    intake.prepare(early, CLERK, Channel.COUNTER)
    passing.wait(clock, left_s - 1)
    assert pressed(intake, early) is None
    intake.prepare(late, CLERK, Channel.COUNTER)
    passing.wait(clock, 1)
    assert pressed(intake, late) is code
