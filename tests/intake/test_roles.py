"""Who may do what: one table, held to by the use cases against whatever a caller says."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, Role, VoidReason
from outlet_app.intake.roles import ROLES, Act, may
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import Clock, draft
from tests.trust.acting_operator import CLERKS, PIN, ActingOperator

CLERK, SUPERVISOR, TECHNICIAN = Role.CLERK, Role.SUPERVISOR, Role.TECHNICIAN
NUMBERS = {role: number for number, role in CLERKS.items()}

TABLE = {
    Act.REGISTER: {CLERK, SUPERVISOR},
    Act.REVEAL: {CLERK, SUPERVISOR},
    Act.MEND: {CLERK, SUPERVISOR},
    Act.APPROVE: {SUPERVISOR},
    Act.JOIN_ANEW: {SUPERVISOR, TECHNICIAN},
    Act.CLOSE_DAY: {CLERK, SUPERVISOR},
    Act.CLOSE_OVER_DIFFERENCES: {SUPERVISOR},
    Act.GIVE_UP: {CLERK, SUPERVISOR},
}
"""As people are told it; a change here is a change of the rules."""


_SALES = itertools.count(1)


def register(intake: Intake, clerk: SignedInClerk) -> None:
    intake.confirm(draft(intake, next(_SALES)), clerk, Channel.COUNTER)


def void(intake: Intake, clerk: SignedInClerk) -> None:
    taken_by = SignedInClerk(NUMBERS[CLERK], CLERK)
    slip = intake.confirm(draft(intake, next(_SALES)), taken_by, Channel.COUNTER)
    intake.mending.void(slip.record_id, VoidReason.WRONG_NUMBER, clerk, Channel.COUNTER)


def reveal(intake: Intake, clerk: SignedInClerk) -> None:
    intake.journal_reveal(draft(intake).record_id, clerk)


def approve(intake: Intake, clerk: SignedInClerk) -> None:
    intake.people.approve(clerk.number, PIN, "void", subject="x", not_clerk="7009")


def reset(intake: Intake, clerk: SignedInClerk) -> None:
    who = NUMBERS[CLERK if clerk.number == NUMBERS[TECHNICIAN] else TECHNICIAN]
    intake.people.reset_pin(who, supervisor=clerk.number, supervisor_pin=PIN)


USE_CASES: dict[Callable[[Intake, SignedInClerk], None], Act] = {
    register: Act.REGISTER,
    void: Act.MEND,
    reveal: Act.REVEAL,
    approve: Act.APPROVE,
    reset: Act.APPROVE,
}


def outcome(act: Callable[[Intake, SignedInClerk], None], intake: Intake, clerk: SignedInClerk) -> str:
    try:
        act(intake, clerk)
    except KnownFailure as failure:
        return str(failure.code)
    return "done"


def test_the_table_is_what_people_are_told() -> None:
    assert {act: set(roles) for act, roles in ROLES.items()} == TABLE
    assert set(ROLES) == set(Act)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.__name__)
def test_each_use_case_goes_by_the_roster_whatever_the_caller_says(
    intake: Intake, use_case: Callable[[Intake, SignedInClerk], None], role: Role
) -> None:
    expected = "done" if may(role, USE_CASES[use_case]) else "role-not-allowed"
    for said in Role:
        assert outcome(use_case, intake, SignedInClerk(NUMBERS[role], said)) == expected
    assert outcome(use_case, intake, SignedInClerk("9999", SUPERVISOR)) == "clerk-unknown"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(Act))
def test_the_window_is_admitted_by_the_same_table(intake: Intake, act: Act, role: Role) -> None:
    listed = SignedInClerk(NUMBERS[role], role)
    if may(role, act):
        assert intake.people.admit(replace(listed, role=TECHNICIAN), act) == listed
        return
    with pytest.raises(KnownFailure) as caught:
        intake.people.admit(replace(listed, role=SUPERVISOR), act)
    assert caught.value.code is FailureCode.ROLE_NOT_ALLOWED


@pytest.mark.parametrize(
    ("left", "expected"), [({}, "clerk-unknown"), ({"7001": TECHNICIAN}, "role-not-allowed")]
)
def test_a_session_ends_with_the_roster_that_made_it(
    intake: Intake,
    operator: ActingOperator,
    verified: VerifiedEnrolment,
    clock: Clock,
    left: dict[str, Role],
    expected: str,
) -> None:
    clerk = intake.people.sign_in("7001", PIN)
    approval = intake.people.approve("7002", PIN, "void", subject="x", not_clerk="7001")
    assert intake.people.still_as_signed_in(clerk)
    people = left or {"7003": TECHNICIAN}
    roster = operator.roster("T001-1", verified.key.device_secret, number=2, clerks=people)
    EnrolmentStore(intake._db).put_roster("T001-1", 2, roster, clock())
    assert not intake.people.still_as_signed_in(clerk)
    assert outcome(register, intake, clerk) == expected
    with (
        pytest.raises(KnownFailure) as caught,
        intake.people.approved(approval, "void", subject="x", not_clerk="7001"),
    ):
        raise AssertionError("the approver is of the outlet no more")
    assert caught.value.code is FailureCode.CLERK_UNKNOWN


@pytest.mark.parametrize("role", [SUPERVISOR, TECHNICIAN])
def test_a_role_written_into_the_file_opens_nothing(
    intake: Intake, verified: VerifiedEnrolment, role: Role
) -> None:
    """The roster is the operator's signed word: edited, it is noticed before anybody signs in."""
    signed = verified.answer.roster
    body = signed.body.replace(b'"role":"clerk"', f'"role":"{role}"'.encode())
    assert body != signed.body
    edited = SignedObject(signed.key, body, signed.signature)
    intake._db.execute("UPDATE enrolment SET roster = ?, version = version + 1", (edited.encode(),))
    with pytest.raises(KnownFailure) as caught:
        intake.people.sign_in(NUMBERS[CLERK], PIN)
    assert caught.value.code is FailureCode.STORAGE_CORRUPT
