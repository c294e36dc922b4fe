"""A PC's clock that is behind, was set, or was ahead: said, journalled, and no reason to stop."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import FindingCode, Severity
from outlet_app.domain.registrations import Channel
from outlet_app.intake.service import Intake
from outlet_app.intake.timekeeping import Timekeeper
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.journal import Journal, JournalEvent
from tests.intake.counter import CLERK, Clock, card, draft, register
from tests.passing_time import PassingTime
from tests.trust.acting_operator import NOW

TERMINAL = "T001-1"
HOUR = timedelta(hours=1)


@pytest.fixture
def db(home: Path, intake: Intake) -> Iterator[Database]:
    """A second connection to the counter's database."""
    assert intake.enrolment() is not None
    found = open_database(home / FILE_NAME)
    yield found
    found.close()


def jumps(db: Database) -> list[str]:
    entries = Journal(db, TERMINAL).entries(limit=1000)
    return [entry.detail for entry in entries if entry.event == JournalEvent.CLOCK_JUMPED]


def notices(intake: Intake) -> list[FailureCode]:
    return [notice.code for notice in intake.notices()]


def test_a_clock_behind_the_last_entry_is_said_once_and_its_end_too(
    intake: Intake, clock: Clock, db: Database
) -> None:
    assert notices(intake) == []
    intake._workplace._timekeeper._seen = None  # as after a restart
    clock.now = NOW - HOUR
    assert notices(intake) == [FailureCode.CLOCK_BEHIND]
    assert notices(intake) == [FailureCode.CLOCK_BEHIND]
    assert jumps(db) == ["-3600 s behind"]
    intake._workplace._timekeeper._seen = None
    clock.now = NOW + HOUR
    assert notices(intake) == []
    assert jumps(db) == ["-3600 s behind", "right again"]


def test_a_record_is_never_confirmed_before_what_is_known(intake: Intake, clock: Clock) -> None:
    first = register(intake, 1)
    clock.now = NOW - 30 * HOUR
    second = register(intake, 2)
    assert (second.sequence, second.confirmed_at) == (first.sequence + 1, first.confirmed_at)


def test_the_operators_signed_time_counts_as_the_present(intake: Intake, clock: Clock, db: Database) -> None:
    ClockStore(db, TERMINAL).note_operator_time(NOW + 2 * HOUR, tolerance_s=120)
    assert notices(intake) == [FailureCode.CLOCK_BEHIND]
    assert register(intake).confirmed_at == NOW + 2 * HOUR
    clock.now = NOW + 3 * HOUR
    assert notices(intake) == []


def test_a_clock_that_was_ahead_is_set_right_by_the_operator(
    intake: Intake, clock: Clock, db: Database
) -> None:
    clock.now = NOW + timedelta(days=100)
    register(intake, 1)
    clock.now = NOW + HOUR
    assert notices(intake) == [FailureCode.CLOCK_BEHIND], "it cannot be known yet which one is right"
    ClockStore(db, TERMINAL).note_operator_time(NOW + HOUR, tolerance_s=120)
    assert notices(intake) == []
    assert register(intake, 2).confirmed_at == NOW + HOUR


def test_an_entry_by_a_clock_that_is_behind_takes_nothing_from_the_present(
    intake: Intake, clock: Clock, db: Database
) -> None:
    first = register(intake, 1)
    clock.now = NOW - 30 * HOUR
    with pytest.raises(KnownFailure) as unknown:
        intake.people.sign_in("9999", "000000")
    assert unknown.value.code is FailureCode.CLERK_UNKNOWN
    Journal(db, TERMINAL).record(JournalEvent.RECORD_ANSWERED, clock.now)
    assert register(intake, 2).confirmed_at == first.confirmed_at


def test_a_clock_set_while_the_program_runs_is_journalled(
    intake: Intake, clock: Clock, db: Database, passing: PassingTime
) -> None:
    keeper = Timekeeper(clock)
    assert keeper.now(db, TERMINAL) == NOW
    clock.now, passing.s = NOW + timedelta(seconds=50), passing.s + 50
    keeper.now(db, TERMINAL)
    assert jumps(db) == [], "time passed"
    clock.now = NOW + HOUR
    keeper.now(db, TERMINAL)
    assert jumps(db) == ["+3550 s while running"]


def test_days_of_validity_are_a_hint_only_while_the_clock_is_in_doubt(intake: Intake, clock: Clock) -> None:
    expired = replace(
        card(), document=replace(card().document, valid_until=date(2026, 1, 1), long_term=False)
    )
    (sure,) = [f for f in intake.assess(expired) if f.code is FindingCode.DOCUMENT_EXPIRED]
    assert sure.severity is Severity.BLOCK
    with pytest.raises(KnownFailure) as caught:
        confirm_with(intake, expired)
    assert caught.value.code is FailureCode.FINDING_BLOCKS
    clock.now = NOW - HOUR
    (unsure,) = [f for f in intake.assess(expired) if f.code is FindingCode.DOCUMENT_EXPIRED]
    assert unsure.severity is Severity.WARN
    assert confirm_with(intake, expired) == NOW


def test_a_year_out_of_all_packs_does_not_stop_a_counter_whose_clock_is_in_doubt(
    intake: Intake, clock: Clock
) -> None:
    clock.now = NOW + timedelta(days=330)
    with pytest.raises(KnownFailure) as caught:
        register(intake, 1)
    assert caught.value.code is FailureCode.POLICY_OUT_OF_DATE
    intake.journal_read(draft(intake))
    clock.now = NOW
    assert notices(intake) == [FailureCode.CLOCK_BEHIND]
    assert register(intake, 1).sequence == 1


def confirm_with(intake: Intake, read: CardRead) -> datetime:
    return intake.confirm(replace(draft(intake), card=read), CLERK, Channel.COUNTER).confirmed_at
