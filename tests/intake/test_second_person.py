"""A second person's word: given by a supervisor with a PIN, for one act, once."""

from uuid import uuid4

import pytest

from outlet_app.boot_clock import seconds_awake_and_asleep
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Person, Role
from outlet_app.intake.approvals import Approval
from outlet_app.intake.people import SignOut
from outlet_app.intake.service import Intake
from outlet_app.store.journal import Journal
from tests.trust.acting_operator import PACK, PIN

CLERK, SUPERVISOR, TECHNICIAN = "7001", "7002", "7003"
WRONG_PIN = "314159"
RECORD = str(uuid4())


def approve(intake: Intake, number: str = SUPERVISOR, pin: str = PIN, *, not_clerk: str = CLERK) -> Approval:
    return intake.people.approve(number, pin, "void", subject=RECORD, not_clerk=not_clerk)


def refused(intake: Intake, number: str, pin: str = PIN, *, not_clerk: str = CLERK) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        approve(intake, number, pin, not_clerk=not_clerk)
    return caught.value.code


def used(
    intake: Intake,
    approval: Approval | None,
    what: str = "void",
    *,
    subject: str = RECORD,
    clerk: str = CLERK,
) -> Person:
    with intake.people.approved(approval, what, subject=subject, not_clerk=clerk) as person:
        return person


def worthless(intake: Intake, approval: Approval | None, *how: str, **more: str) -> bool:
    with pytest.raises(KnownFailure) as caught:
        used(intake, approval, *how, **more)
    return caught.value.code is FailureCode.SECOND_PERSON_NEEDED


def test_a_supervisors_approval_is_good_once_and_the_journal_names_it(intake: Intake) -> None:
    approval = approve(intake)
    assert used(intake, approval) == Person(SUPERVISOR, Role.SUPERVISOR)
    assert worthless(intake, approval)
    journal = Journal(intake._db, "T001-1")
    last = journal.entries()[-1]
    assert (last.event, last.subject, last.detail) == ("approved", SUPERVISOR, f"void {RECORD}")


def test_nobody_approves_for_himself_and_only_a_supervisor_approves(intake: Intake) -> None:
    assert refused(intake, SUPERVISOR, not_clerk=SUPERVISOR) is FailureCode.SECOND_PERSON_NEEDED
    assert refused(intake, CLERK, not_clerk=SUPERVISOR) is FailureCode.ROLE_NOT_ALLOWED
    assert refused(intake, TECHNICIAN) is FailureCode.ROLE_NOT_ALLOWED
    assert refused(intake, "9999") is FailureCode.CLERK_UNKNOWN


def test_tries_of_an_approval_and_of_a_sign_in_are_counted_together(intake: Intake) -> None:
    for _ in range(PACK.pin_tries):
        assert refused(intake, SUPERVISOR, WRONG_PIN) is FailureCode.PIN_WRONG
    assert refused(intake, SUPERVISOR) is FailureCode.CLERK_LOCKED
    with pytest.raises(KnownFailure) as caught:
        intake.people.sign_in(SUPERVISOR, PIN)
    assert caught.value.code is FailureCode.CLERK_LOCKED


def test_an_approval_counts_for_its_act_its_thing_and_its_clerk_alone(intake: Intake) -> None:
    approval = approve(intake)
    assert worthless(intake, approval, "exception")
    assert worthless(intake, approval, subject=str(uuid4()))
    assert worthless(intake, approval, clerk="7004")
    assert used(intake, approval).number == SUPERVISOR


def test_an_approval_that_people_did_not_make_is_worthless(intake: Intake) -> None:
    made_up = Approval(Person(SUPERVISOR, Role.SUPERVISOR), "void", RECORD, CLERK)
    assert worthless(intake, None)
    assert worthless(intake, made_up)
    approve(intake)
    assert worthless(intake, made_up)


def test_an_act_that_fails_leaves_the_approval_good(intake: Intake) -> None:
    approval = approve(intake)
    with (
        pytest.raises(KnownFailure),
        intake.people.approved(approval, "void", subject=RECORD, not_clerk=CLERK),
    ):
        raise KnownFailure(FailureCode.DISK_FULL)
    assert used(intake, approval).number == SUPERVISOR


def test_another_approval_takes_the_place_of_the_first(intake: Intake) -> None:
    first = approve(intake)
    second = approve(intake)
    assert worthless(intake, first)
    assert used(intake, second).number == SUPERVISOR


def test_behind_the_idle_lock_an_approval_waits_for_its_clerk(intake: Intake) -> None:
    clerk = intake.people.sign_in(CLERK, PIN)
    approval = approve(intake)
    intake.people.sign_out(clerk, SignOut.IDLE)
    assert worthless(intake, approval), "nobody is there"
    with pytest.raises(KnownFailure):
        intake.people.sign_in(CLERK, WRONG_PIN)
    assert worthless(intake, approval)
    intake.people.sign_in(CLERK, PIN)
    assert used(intake, approval).number == SUPERVISOR


def test_what_is_approved_on_the_locked_page_takes_no_waiting_approval_away(intake: Intake) -> None:
    clerk = intake.people.sign_in(CLERK, PIN)
    approval = approve(intake)
    intake.people.sign_out(clerk, SignOut.IDLE)
    temporary = intake.people.reset_pin(CLERK, supervisor=SUPERVISOR, supervisor_pin=PIN)
    intake.people.change_pin(CLERK, temporary, "902713")
    intake.people.sign_in(CLERK, "902713")
    assert used(intake, approval).number == SUPERVISOR


@pytest.mark.parametrize("why", [SignOut.LEFT, SignOut.ROSTER, SignOut.TROUBLE])
def test_whoever_leaves_takes_no_approval_along(intake: Intake, why: SignOut) -> None:
    clerk = intake.people.sign_in(CLERK, PIN)
    approval = approve(intake)
    intake.people.sign_out(clerk, why)
    intake.people.sign_in(CLERK, PIN)
    assert worthless(intake, approval)


def test_somebody_else_at_the_counter_ends_what_waited(intake: Intake) -> None:
    clerk = intake.people.sign_in(CLERK, PIN)
    approval = approve(intake)
    intake.people.sign_out(clerk, SignOut.IDLE)
    other = intake.people.sign_in(SUPERVISOR, PIN)
    assert worthless(intake, approval)
    intake.people.sign_out(other, SignOut.IDLE)
    intake.people.sign_in(CLERK, PIN)
    assert worthless(intake, approval)


def test_an_approval_waits_no_longer_than_the_draft(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = intake.people.sign_in(CLERK, PIN)
    approval = approve(intake)
    intake.people.sign_out(clerk, SignOut.IDLE)
    over = seconds_awake_and_asleep() + PACK.draft_minutes * 60 + 1
    monkeypatch.setattr("outlet_app.intake.approvals.seconds_awake_and_asleep", lambda: over)
    intake.people.sign_in(CLERK, PIN)
    assert worthless(intake, approval)
