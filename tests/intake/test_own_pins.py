"""PINs set at the counter: changed by their owner, reset by a supervisor, all without a network."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlet_app.contract.roster import roster_from_value
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.journal import Journal
from outlet_app.trust.enrolment import VerifiedEnrolment
from outlet_app.trust.pins import PinWeakness, chance_pin, is_pin, pin_weakness
from tests.intake.counter import Clock
from tests.trust.acting_operator import PACK, PIN, ActingOperator, entry, sign

CLERK, SUPERVISOR, TECHNICIAN = "7001", "7002", "7003"
NEW, WRONG = "161803", "314159"


def code_of(intake: Intake, what: str, *args: str, **more: str) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        getattr(intake.people, what)(*args, **more)
    return caught.value.code


def reset(intake: Intake, number: str = CLERK) -> str:
    return intake.people.reset_pin(number, supervisor=SUPERVISOR, supervisor_pin=PIN)


def new_roster(operator: ActingOperator, terminal: str, device_secret: bytes, pin: str) -> SignedObject:
    """The operator sets CLERK's PIN anew: another salt."""
    known = roster_from_value(operator.roster(terminal, device_secret, number=2).value("roster"))
    fresh = entry("other salt", known.clerks[0].role, pin, device_secret)
    clerks = (replace(fresh, number=CLERK), *known.clerks[1:])
    return sign(operator.rules, Context.ROSTER, replace(known, clerks=clerks).to_value())


def test_a_clerk_changes_the_pin_and_signs_in_with_the_new_one_alone(
    intake: Intake, home: Path, clock: Clock
) -> None:
    intake.people.change_pin(CLERK, PIN, NEW)
    assert code_of(intake, "sign_in", CLERK, PIN) is FailureCode.PIN_WRONG
    again = Intake.open(home, clock)
    assert again.people.sign_in(CLERK, NEW).number == CLERK
    again.people.change_pin(CLERK, NEW, "271829")
    assert again.people.sign_in(CLERK, "271829").number == CLERK
    events = [(entry.event, entry.subject) for entry in Journal(again._db, "T001-1").entries()]
    assert events.count(("pin-changed", CLERK)) == 2
    again.close()


def test_the_old_pin_is_asked_and_its_tries_lock(intake: Intake) -> None:
    for _ in range(PACK.pin_tries):
        assert code_of(intake, "change_pin", CLERK, WRONG, NEW) is FailureCode.PIN_WRONG
    assert code_of(intake, "change_pin", CLERK, PIN, NEW) is FailureCode.CLERK_LOCKED
    assert code_of(intake, "sign_in", CLERK, PIN) is FailureCode.CLERK_LOCKED


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("000000", PinWeakness.ONE_DIGIT),
        ("123456", PinWeakness.DIGITS_IN_A_ROW),
        ("789012", PinWeakness.DIGITS_IN_A_ROW),
        ("987654", PinWeakness.DIGITS_IN_A_ROW),
        ("121212", PinWeakness.PATTERN),
        ("4704704", PinWeakness.PATTERN),
        ("700100", PinWeakness.CLERK_NUMBER),
        ("70017001", PinWeakness.CLERK_NUMBER),
        (PIN, PinWeakness.SAME_AS_BEFORE),
    ],
)
def test_a_pin_that_anybody_would_try_first_is_refused_with_the_reason(
    intake: Intake, pin: str, why: PinWeakness
) -> None:
    with pytest.raises(KnownFailure) as caught:
        intake.people.change_pin(CLERK, PIN, pin)
    assert (caught.value.code, caught.value.detail) == (FailureCode.PIN_NOT_ALLOWED, str(why))
    assert intake.people.sign_in(CLERK, PIN).number == CLERK


@pytest.mark.parametrize("pin", ["", "12345", "abcdef", "１６１８０３"])
def test_a_new_pin_has_six_digits_or_more(intake: Intake, pin: str) -> None:
    assert code_of(intake, "change_pin", CLERK, PIN, pin) is FailureCode.PIN_TOO_SHORT


@given(st.from_regex(r"[0-9A-Za-z_-]{1,12}", fullmatch=True))
def test_a_temporary_pin_is_never_a_weak_one(clerk: str) -> None:
    pin = chance_pin(clerk)
    assert is_pin(pin)
    assert pin_weakness(pin, clerk) is None


def test_a_forgotten_pin_is_reset_and_must_be_changed_before_anything_else(intake: Intake) -> None:
    temporary = reset(intake)
    assert code_of(intake, "sign_in", CLERK, PIN) is FailureCode.PIN_WRONG
    assert code_of(intake, "sign_in", CLERK, temporary) is FailureCode.PIN_MUST_CHANGE
    intake.people.change_pin(CLERK, temporary, NEW)
    assert intake.people.sign_in(CLERK, NEW).number == CLERK
    told = [(e.event, e.subject, e.detail.split(" ")[0]) for e in Journal(intake._db, "T001-1").entries()]
    assert ("approved", SUPERVISOR, "pin-reset") in told
    assert ("pin-reset", CLERK) in [(event, subject) for event, subject, _ in told]
    assert told[-1] == ("signed-in", CLERK, "")


def test_a_reset_lifts_the_lock(intake: Intake) -> None:
    for _ in range(PACK.pin_tries):
        assert code_of(intake, "sign_in", CLERK, WRONG) is FailureCode.PIN_WRONG
    intake.people.change_pin(CLERK, reset(intake), NEW)
    assert intake.people.sign_in(CLERK, NEW).number == CLERK


def test_nobody_but_a_supervisor_resets_and_no_supervisors_pin_is_reset_here(intake: Intake) -> None:
    def refused(number: str, by: str, pin: str = PIN) -> FailureCode:
        return code_of(intake, "reset_pin", number, supervisor=by, supervisor_pin=pin)

    assert refused(CLERK, TECHNICIAN) is FailureCode.ROLE_NOT_ALLOWED
    assert refused(CLERK, CLERK) is FailureCode.SECOND_PERSON_NEEDED
    assert refused(CLERK, SUPERVISOR, WRONG) is FailureCode.PIN_WRONG
    assert refused(SUPERVISOR, SUPERVISOR) is FailureCode.PIN_RESET_BY_OPERATOR
    assert refused("9999", SUPERVISOR) is FailureCode.CLERK_UNKNOWN
    assert intake.people.sign_in(CLERK, PIN).number == CLERK


def test_a_pin_set_anew_by_the_operator_wins_over_one_set_here(
    intake: Intake, operator: ActingOperator, verified: VerifiedEnrolment, clock: Clock
) -> None:
    intake.people.change_pin(CLERK, PIN, NEW)
    roster = new_roster(operator, "T001-1", verified.key.device_secret, "577215")
    EnrolmentStore(intake._db).put_roster("T001-1", 2, roster, clock())
    assert code_of(intake, "sign_in", CLERK, NEW) is FailureCode.PIN_WRONG
    assert intake.people.sign_in(CLERK, "577215").number == CLERK
    intake.people.change_pin(CLERK, "577215", NEW)
    assert intake.people.sign_in(CLERK, NEW).number == CLERK


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM local_pin",
        "UPDATE local_pin SET must_change = 0",
        "UPDATE local_pin SET verifier = zeroblob(32)",
    ],
)
def test_a_pin_that_was_changed_in_the_file_is_good_for_nothing_and_reset_mends_it(
    intake: Intake, tampering: str
) -> None:
    temporary = reset(intake)
    intake._db.execute(tampering)
    for pin in (PIN, temporary):
        assert code_of(intake, "sign_in", CLERK, pin) is FailureCode.PIN_NOT_TRUSTED
    intake.people.change_pin(CLERK, reset(intake), NEW)
    assert intake.people.sign_in(CLERK, NEW).number == CLERK


def test_a_pin_written_into_the_file_is_good_for_nothing(intake: Intake, verified: VerifiedEnrolment) -> None:
    """Who has the key file can make a verifier, but no entry of the journal vouches for it."""
    forged = entry(SUPERVISOR, verified.standing.roster.clerks[1].role, NEW, verified.key.device_secret)
    listed = verified.standing.roster.find(SUPERVISOR)
    assert listed is not None
    intake._db.execute(
        "INSERT INTO local_pin VALUES ('T001-1', ?, ?, ?, ?, 0, '2026-03-02T04:00:00.000Z', ?)",
        (SUPERVISOR, listed.salt, forged.salt, forged.verifier, SUPERVISOR),
    )
    assert code_of(intake, "sign_in", SUPERVISOR, NEW) is FailureCode.PIN_NOT_TRUSTED
