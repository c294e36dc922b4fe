"""Each limit of the policy, just below and just at it: before the card is asked for, and again at the end."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, VoidReason
from outlet_app.intake.limits import SAME_IDENTITY
from outlet_app.intake.service import Intake
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.pacing_store import Pacing, PacingStore
from tests.intake.counter import CLERK, Clock, draft, register
from tests.trust.acting_operator import NOW, PACK, PIN, ActingOperator

NOON_IN_CHINA = datetime.fromisoformat("2026-03-02T12:00:00+08:00")
ONE_IN_CHINA = NOON_IN_CHINA + timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A rule, how many records wait, the moments at which it does not hold yet and does, and what is said."""

    changes: dict[str, Any]
    waiting: tuple[int, int]
    at: tuple[datetime, datetime]
    code: FailureCode
    near: FailureCode | None


CASES = {
    "records": Case({"most_waiting": 3}, (2, 3), (NOW, NOW), FailureCode.QUEUE_FULL, None),
    "age": Case(
        {"most_waiting_days": 5},
        (1, 1),
        (NOW + 5 * DAY - timedelta(seconds=1), NOW + 5 * DAY),
        FailureCode.QUEUE_TOO_OLD,
        FailureCode.QUEUE_AGEING,
    ),
    "contact": Case(
        {"most_days_without_contact": 5},
        (0, 0),
        (NOW + 5 * DAY - timedelta(seconds=1), NOW + 5 * DAY),
        FailureCode.CONTACT_OVERDUE,
        FailureCode.CONTACT_DUE,
    ),
    "closed already": Case(
        {"opens": 8 * 60, "closes": 13 * 60},
        (0, 0),
        (ONE_IN_CHINA - timedelta(seconds=1), ONE_IN_CHINA),
        FailureCode.OUTSIDE_HOURS,
        None,
    ),
    "open over midnight": Case(
        {"opens": 20 * 60, "closes": 13 * 60},
        (0, 0),
        (ONE_IN_CHINA - timedelta(seconds=1), ONE_IN_CHINA),
        FailureCode.OUTSIDE_HOURS,
        None,
    ),
}


@pytest.fixture
def rules(home: Path, operator: ActingOperator, intake: Intake) -> Callable[..., None]:
    """Puts a pack with changes in force, as a contact does."""

    def put(**changes: Any) -> None:
        assert intake.enrolment() is not None
        db = open_database(home / FILE_NAME)
        pack = replace(PACK, number=2, **changes)
        assert EnrolmentStore(db).put_policy("T001-1", 2, operator.policy(pack), NOW)
        db.close()

    return put


def refusal(work: Callable[[], object]) -> FailureCode | None:
    try:
        work()
    except KnownFailure as failure:
        return failure.code
    return None


@pytest.mark.parametrize("name", CASES)
def test_a_limit_holds_from_its_figure_on_before_the_card_and_at_the_end(
    name: str, intake: Intake, rules: Callable[..., None], clock: Clock
) -> None:
    case = CASES[name]
    clock.now = min(NOW, *case.at)
    for n in range(case.waiting[0]):
        register(intake, n + 1)
    rules(**case.changes)
    clock.now = case.at[0]
    assert refusal(intake.limits.check) is None
    assert {notice.code for notice in intake.notices()} == ({case.near} if case.near else set())
    for n in range(case.waiting[0], case.waiting[1]):
        register(intake, n + 1)
    ready = draft(intake, 50)
    clock.now = case.at[1]
    assert refusal(intake.limits.check) is case.code
    assert refusal(lambda: intake.confirm(ready, CLERK, Channel.COUNTER)) is case.code
    assert intake.notices() == ()
    held = intake.limits.holds()
    assert held is not None
    assert held.code is case.code
    assert intake.queue_status().queued == case.waiting[1], "records stay to be looked at, nothing was added"


def test_before_the_first_minute_nothing_is_registered(
    intake: Intake, rules: Callable[..., None], clock: Clock
) -> None:
    rules(opens=12 * 60 + 1, closes=18 * 60)
    clock.now = NOON_IN_CHINA
    assert refusal(intake.limits.check) is FailureCode.OUTSIDE_HOURS
    assert refusal(lambda: register(intake)) is FailureCode.OUTSIDE_HOURS
    clock.now = NOON_IN_CHINA + timedelta(minutes=1)
    assert register(intake).sequence == 1


def test_most_of_the_records_that_may_wait_are_told_beforehand(
    intake: Intake, rules: Callable[..., None]
) -> None:
    rules(most_waiting=5)
    for n in range(3):
        register(intake, n + 1)
    assert intake.notices() == ()
    register(intake, 4)
    (notice,) = intake.notices()
    assert (notice.code, notice.detail) == (FailureCode.QUEUE_NEARLY_FULL, "4 of 5")


def test_a_contact_counts_from_the_last_one_and_not_from_the_enrolment(
    intake: Intake, rules: Callable[..., None], clock: Clock, home: Path
) -> None:
    rules(most_days_without_contact=5)
    clock.now = NOW + 6 * DAY
    assert refusal(intake.limits.check) is FailureCode.CONTACT_OVERDUE
    db = open_database(home / FILE_NAME)
    PacingStore(db, "T001-1").save(Pacing(last_contact_at=NOW + 5 * DAY))
    db.close()
    assert refusal(intake.limits.check) is None


def test_a_contact_counts_that_a_clock_noted_which_is_far_behind(
    intake: Intake, rules: Callable[..., None], clock: Clock, home: Path
) -> None:
    rules(most_days_without_contact=5)
    clock.now = NOW - 2000 * DAY
    with closing(open_database(home / FILE_NAME).conn) as connection:
        db = Database(connection)
        PacingStore(db, "T001-1").save(Pacing(last_contact_at=clock.now))
        ClockStore(db, "T001-1").note_operator_time(NOW + 6 * DAY, tolerance_s=120)
    assert refusal(intake.limits.check) is None


def test_hours_are_not_asked_of_a_clock_that_is_in_doubt(
    intake: Intake, rules: Callable[..., None], home: Path
) -> None:
    rules(opens=1, closes=2)
    assert refusal(intake.limits.check) is FailureCode.OUTSIDE_HOURS
    db = open_database(home / FILE_NAME)
    ClockStore(db, "T001-1").note_operator_time(NOW + timedelta(hours=1), tolerance_s=60)
    db.close()
    assert refusal(intake.limits.check) is None


def test_beyond_the_number_on_one_identity_a_supervisor_approves_this_very_draft(
    intake: Intake, rules: Callable[..., None]
) -> None:
    rules(most_same_identity=2)
    register(intake, 1)
    one = draft(intake, 2)
    assert one.card is not None
    assert not intake.limits.needs_supervisor(one.card.document)
    intake.confirm(one, CLERK, Channel.COUNTER)
    ready, other = draft(intake, 3), draft(intake, 4)
    assert intake.limits.needs_supervisor(one.card.document)
    assert refusal(lambda: intake.confirm(ready, CLERK, Channel.COUNTER)) is FailureCode.IDENTITY_LIMIT
    approval = intake.people.approve(
        "7002", PIN, SAME_IDENTITY, subject=str(ready.record_id), not_clerk=CLERK.number
    )
    elsewhere = refusal(lambda: intake.confirm(other, CLERK, Channel.COUNTER, approval))
    assert elsewhere is FailureCode.SECOND_PERSON_NEEDED
    slip = intake.confirm(ready, CLERK, Channel.COUNTER, approval)
    assert intake.record(slip.record_id).approver == "7002"
    assert register(intake, 5, person=1).sequence == 4, "another person is no repeat"


def test_no_limit_stops_a_registration_from_being_taken_back(
    intake: Intake, rules: Callable[..., None]
) -> None:
    slip = register(intake)
    rules(most_waiting=1, opens=1, closes=2)
    assert refusal(lambda: register(intake, 2)) is not None
    voided = intake.mending.void(slip.record_id, next(iter(VoidReason)), CLERK, Channel.COUNTER)
    assert voided.sequence == 2


def test_zero_is_no_limit(intake: Intake, rules: Callable[..., None], clock: Clock) -> None:
    rules(most_waiting=0, most_waiting_days=0, most_days_without_contact=0, most_same_identity=0)
    for n in range(8):
        register(intake, n + 1)
    clock.now = NOW + 90 * DAY
    register(intake, 9)
    assert intake.queue_status().queued == 9
