"""Signing in, slips, records and figures as the window sees them."""

from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.policy import BUILT_IN
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState, Role
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.journal import Journal
from tests.intake.counter import CLERK, Clock, card, register
from tests.passing_time import PassingTime
from tests.trust.acting_operator import PACK, PIN


def refusal(intake: Intake, number: str, pin: str) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        intake.people.sign_in(number, pin)
    return caught.value.code


def test_a_clerk_signs_in_offline_with_number_and_pin(intake: Intake) -> None:
    assert intake.people.sign_in("7001", PIN) == SignedInClerk("7001", Role.CLERK)
    assert intake.people.sign_in("7002", PIN) == SignedInClerk("7002", Role.SUPERVISOR)


def test_wrong_pins_lock_the_clerk_and_the_lock_survives_reopening(
    intake: Intake, home: Path, clock: Clock, passing: PassingTime
) -> None:
    for _ in range(PACK.pin_tries):
        assert refusal(intake, "7001", "000000") is FailureCode.PIN_WRONG
    assert refusal(intake, "7001", PIN) is FailureCode.CLERK_LOCKED
    again = Intake.open(home, clock)
    assert refusal(again, "7001", PIN) is FailureCode.CLERK_LOCKED
    assert again.people.sign_in("7002", PIN).number == "7002"
    passing.wait(clock, PACK.pin_lock_s)
    assert again.people.sign_in("7001", PIN).number == "7001"
    again.close()


def test_nobody_signs_in_whom_the_roster_does_not_name(intake: Intake, home: Path, clock: Clock) -> None:
    assert refusal(intake, "9999", PIN) is FailureCode.CLERK_UNKNOWN
    stranger = Intake.open(home.parent / "other", clock)
    assert refusal(stranger, "7001", PIN) is FailureCode.NOT_ENROLLED
    stranger.close()


def test_the_view_says_who_this_terminal_is(intake: Intake) -> None:
    view = intake.enrolment()
    assert view is not None
    assert (view.terminal, view.outlet, view.outlet_name, view.operator, view.test, view.revoked) == (
        "T001-1",
        "T001",
        "Example outlet",
        "Example operator",
        True,
        False,
    )


def test_the_pack_in_force_is_the_operators_and_the_built_in_one_before(
    intake: Intake, home: Path, clock: Clock
) -> None:
    assert intake.policy() == PACK
    stranger = Intake.open(home.parent / "other", clock)
    assert stranger.policy() == BUILT_IN
    stranger.close()


def test_a_slip_stored_but_never_shown_is_there_after_a_start(
    intake: Intake, home: Path, clock: Clock
) -> None:
    first, second = register(intake, 1), register(intake, 2, person=2)
    intake.slip_shown(first.record_id)
    again = Intake.open(home, clock)
    assert again.slips_not_shown() == [second]
    assert again.slip(second.record_id) == second
    again.slip_shown(second.record_id)
    assert again.slips_not_shown() == []
    again.close()


def test_the_same_person_is_counted_and_another_is_not(intake: Intake) -> None:
    for n in range(1, 4):
        register(intake, n, person=1)
    register(intake, 4, person=2)
    assert intake.same_identity_count(card(1)) == 3
    assert intake.same_identity_count(card(2)) == 1
    assert intake.same_identity_count(card(3)) == 0


def test_records_are_paged_youngest_first(intake: Intake) -> None:
    for n in range(1, 6):
        register(intake, n, person=n)
    first = intake.records(limit=3)
    assert [row.sequence for row in first] == [5, 4, 3]
    assert [row.sequence for row in intake.records(3, before_sequence=first[-1].sequence)] == [2, 1]
    assert intake.records(state=RecordState.ACCEPTED) == []
    row = first[0]
    assert (row.family_initial, row.phone_mask, row.clerk) == ("样", "138••••0005", "7001")


def test_today_begins_at_midnight_in_china(intake: Intake, clock: Clock) -> None:
    start = clock.now
    register(intake, 1)
    clock.now = start + timedelta(hours=11, minutes=59)  # 23:59 in China
    register(intake, 2, person=2)
    assert (intake.today_counts().stored, intake.today_counts().waiting) == (2, 2)
    clock.now = start + timedelta(hours=12)
    assert intake.today_counts().stored == 0
    register(intake, 3, person=3)
    assert intake.today_counts().stored == 1


def test_a_reveal_is_journalled_with_record_and_clerk(intake: Intake, home: Path) -> None:
    slip = register(intake)
    intake.journal_reveal(slip.record_id, CLERK)
    db = open_database(home / FILE_NAME)
    last = Journal(db, "T001-1").entries()[-1]
    db.close()
    assert (last.event, last.subject, last.detail) == ("revealed", str(slip.record_id), "7001")


def test_a_card_is_judged_by_the_day_in_china(intake: Intake, clock: Clock) -> None:
    last_day = card(valid_until=clock.now.date(), long_term=False)
    assert intake.assess(last_day) == ()
    clock.now = clock.now.replace(hour=16)
    assert [str(finding.code) for finding in intake.assess(last_day)] == ["document-expired"]
