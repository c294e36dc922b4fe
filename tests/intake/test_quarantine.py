"""Records that are set aside: whose, since when, and closed by a supervisor alone."""

from datetime import timedelta
from uuid import UUID

import pytest

from outlet_app.contract.given_up import given_up_from_value
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.quarantine import Owner, owner_of
from outlet_app.domain.registrations import GiveUpReason, Person, RecordState, Role
from outlet_app.intake.quarantine import GIVE_UP
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.given_up_store import GivenUpStore
from outlet_app.store.journal import Journal
from outlet_app.store.outbox import Outbox
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import CLERK, Clock, register
from tests.trust.acting_operator import PIN

SUPERVISOR = SignedInClerk("7002", Role.SUPERVISOR)
TECHNICIAN = SignedInClerk("7003", Role.TECHNICIAN)
TERMINAL = "T001-1"
ANEW = GiveUpReason.REGISTERED_ANEW


def set_aside(intake: Intake, clock: Clock, n: int = 1, who: str | None = "clerk") -> UUID:
    record_id = register(intake, n, person=n).record_id
    Outbox(intake._db, TERMINAL).quarantine(record_id, "fields-differ", clock(), who=who)
    return record_id


def refused(intake: Intake, record_id: UUID, clerk: SignedInClerk) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        intake.quarantine.give_up(record_id, ANEW, clerk)
    return caught.value.code


@pytest.mark.parametrize(
    ("mender", "owner"),
    [
        ("clerk", Owner.CLERK),
        ("customer", Owner.CLERK),
        ("supervisor", Owner.SUPERVISOR),
        ("operator", Owner.OPERATOR),
        (None, Owner.OPERATOR),
        ("of-a-later-version", Owner.OPERATOR),
    ],
)
def test_each_mender_has_an_owner_at_hand(mender: str | None, owner: Owner) -> None:
    assert owner_of(mender) is owner


def test_a_record_set_aside_says_why_whose_it_is_and_since_when(intake: Intake, clock: Clock) -> None:
    clock.now += timedelta(hours=3)
    since = clock.now
    record_id = set_aside(intake, clock, who="supervisor")
    clock.now += timedelta(hours=2)
    row = intake.record(record_id)
    assert (row.last_error, row.owner, row.set_aside_at) == ("fields-differ", Owner.SUPERVISOR, since)
    assert intake.queue_status().oldest_quarantined_age_s == 2 * 3600
    assert intake.record(register(intake, 2, person=2).record_id).owner is None


def test_a_supervisor_gives_up_and_the_word_is_signed_and_journalled(
    intake: Intake, clock: Clock, verified: VerifiedEnrolment
) -> None:
    record_id = set_aside(intake, clock)
    row = intake.quarantine.give_up(record_id, ANEW, SUPERVISOR)
    assert row.given_up is not None
    assert (row.state, row.owner, row.given_up.reason, row.given_up.told) == (
        RecordState.QUARANTINED,
        None,
        "registered-anew",
        False,
    )
    (signed,) = GivenUpStore(intake._db, TERMINAL).to_tell(10)
    assert signed.is_signed_by(verified.key.public, Context.GIVEN_UP)
    word = given_up_from_value(signed.value("given up"))
    assert (word.sequence, word.code, word.given_up_by) == (
        1,
        "fields-differ",
        Person("7002", Role.SUPERVISOR),
    )
    last = Journal(intake._db, TERMINAL).entries()[-1]
    assert (last.event, last.subject, last.detail) == ("given-up", str(record_id), "registered-anew")
    status = intake.queue_status()
    assert (status.quarantined, status.given_up, status.oldest_quarantined_age_s) == (0, 1, None)
    assert intake.records(state=RecordState.QUARANTINED) == []
    assert [one.record_id for one in intake.records()] == [record_id]


def test_a_clerk_gives_up_with_a_supervisor_only_and_a_technician_never(intake: Intake, clock: Clock) -> None:
    record_id = set_aside(intake, clock)
    assert refused(intake, record_id, CLERK) is FailureCode.SECOND_PERSON_NEEDED
    assert refused(intake, record_id, TECHNICIAN) is FailureCode.ROLE_NOT_ALLOWED
    said = SignedInClerk(CLERK.number, Role.SUPERVISOR)
    assert refused(intake, record_id, said) is FailureCode.SECOND_PERSON_NEEDED
    approval = intake.people.approve(
        SUPERVISOR.number, PIN, GIVE_UP, subject=str(record_id), not_clerk=CLERK.number
    )
    row = intake.quarantine.give_up(record_id, ANEW, CLERK, approval)
    assert row.given_up is not None
    assert row.given_up.by == SUPERVISOR.number


def test_an_approval_for_one_record_gives_up_no_other(intake: Intake, clock: Clock) -> None:
    first, second = set_aside(intake, clock, 1), set_aside(intake, clock, 2)
    approval = intake.people.approve(
        SUPERVISOR.number, PIN, GIVE_UP, subject=str(first), not_clerk=CLERK.number
    )
    with pytest.raises(KnownFailure) as caught:
        intake.quarantine.give_up(second, ANEW, CLERK, approval)
    assert caught.value.code is FailureCode.SECOND_PERSON_NEEDED


def test_only_what_is_set_aside_is_given_up_and_once(intake: Intake, clock: Clock) -> None:
    waiting = register(intake, 1, person=1).record_id
    assert refused(intake, waiting, SUPERVISOR) is FailureCode.RECORD_NOT_MENDABLE
    record_id = set_aside(intake, clock, 2)
    intake.quarantine.give_up(record_id, ANEW, SUPERVISOR)
    assert refused(intake, record_id, SUPERVISOR) is FailureCode.RECORD_NOT_MENDABLE


def test_what_was_given_up_is_not_tried_again(intake: Intake, clock: Clock) -> None:
    record_id = set_aside(intake, clock)
    intake.quarantine.give_up(record_id, ANEW, SUPERVISOR)
    assert intake.mending.retry(record_id).state is RecordState.QUARANTINED


def test_a_record_set_aside_for_too_long_is_told_beside_the_work(intake: Intake, clock: Clock) -> None:
    intake.quarantine.alarm_after_s = 3600
    record_id = set_aside(intake, clock)
    assert intake.quarantine.near() == ()
    clock.now += timedelta(hours=2)
    (notice,) = intake.quarantine.near()
    assert (notice.code, notice.detail) == (FailureCode.QUARANTINE_AGEING, "2 h")
    assert notice in intake.notices()
    intake.quarantine.alarm_after_s = 0
    assert intake.quarantine.near() == ()
    intake.quarantine.alarm_after_s = 3600
    intake.quarantine.give_up(record_id, ANEW, SUPERVISOR)
    assert intake.quarantine.near() == ()


def test_a_closing_leaves_what_was_given_up_out_of_the_open_list(intake: Intake, clock: Clock) -> None:
    first, _second = set_aside(intake, clock, 1), set_aside(intake, clock, 2)
    intake.quarantine.give_up(first, ANEW, SUPERVISOR)
    (run,) = intake.day.look().open
    assert (run.first, run.last, run.state, run.code) == (2, 2, RecordState.QUARANTINED, "fields-differ")
