"""The day closed: signed over by somebody with a PIN, gap-free whatever the clock says, differences named."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from outlet_app.contract.day_words import OpenRun, closing_from_value
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.signing import Context
from outlet_app.domain.days import DifferenceKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Person, RecordState, Role, Slip
from outlet_app.intake.service import Intake
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME
from outlet_app.store.day_store import StoredClosing
from outlet_app.store.journal import Journal
from outlet_app.store.outbox import Outbox
from outlet_app.store.own_leaves import made_leaves
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import Clock, register
from tests.trust.acting_operator import NOW, PIN, ActingOperator

CLERK, SUPERVISOR, TECHNICIAN = "7001", "7002", "7003"
TERMINAL = "T001-1"


def sold(intake: Intake, n: int = 1) -> Slip:
    """A registration whose slip was seen."""
    slip = register(intake, n, person=n)
    intake.slip_shown(slip.record_id)
    return slip


def answer(intake: Intake, operator: ActingOperator, slip: Slip) -> None:
    """The operator's receipt for a record."""
    outbox = Outbox(intake._db, TERMINAL)
    (row,) = [one for one in outbox.lease_due(50, NOW) if one.record_id == slip.record_id]
    receipt = operator.receipt(row.record_id, TERMINAL, row.sequence, row.envelope_sha256)
    outbox.apply_receipt(receipt, operator.sign_receipt(receipt).encode(), NOW)


def close(intake: Intake, who: str = CLERK, *, sign_open: bool = True) -> StoredClosing:
    return intake.day.close(who, PIN, sign_open=sign_open)


def refused(intake: Intake, who: str = CLERK, pin: str = PIN, *, sign_open: bool = True) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        intake.day.close(who, pin, sign_open=sign_open)
    return caught.value.code


def edited(home: Path, statement: str, *values: object) -> None:
    """What somebody with the file and SQLite at hand can do, whatever the triggers say."""
    with closing(sqlite3.connect(home / FILE_NAME)) as connection, connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in found:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement, values)
        for _, sql in found:
            connection.execute(sql)


def kinds(intake: Intake) -> list[tuple[int, DifferenceKind]]:
    return [(one.sequence, one.kind) for one in intake.day.look().differences]


def test_a_closing_is_signed_over_the_numbers_since_the_one_before(
    intake: Intake, verified: VerifiedEnrolment
) -> None:
    for n in (1, 2, 3):
        sold(intake, n)
    first = close(intake)
    sold(intake, 4)
    second = close(intake)
    assert [(one.closing.first, one.closing.last) for one in (first, second)] == [(1, 3), (4, 4)]
    assert second.closing.previous == hashlib.sha256(first.signed.body).hexdigest()
    assert first.closing.previous == NO_PREVIOUS
    assert first.signed.is_signed_by(verified.key.public, Context.DAY_CLOSING)
    assert closing_from_value(first.signed.value("closing")) == first.closing
    assert first.closing.root == made_leaves(intake._db, TERMINAL, 1, 3).range_hash(1, 3)
    assert first.closing.closed_by == Person(CLERK, Role.CLERK)
    assert (first.closing.slips_shown, first.closing.counts["queued"]) == (3, 3)
    journal = Journal(intake._db, TERMINAL).entries()
    (told,) = [entry for entry in journal if entry.event == "day-closed" and entry.detail.endswith("open 3")]
    assert (told.subject, told.detail) == (CLERK, f"{first.closing.day} 1-3, open 3")


def test_the_open_list_is_signed_over_or_the_day_stays_open(intake: Intake) -> None:
    sold(intake, 1)
    sold(intake, 2)
    assert refused(intake, sign_open=False) is FailureCode.DAY_HAS_OPEN
    kept = close(intake)
    assert kept.closing.open == (OpenRun(TERMINAL, 1, 2, RecordState.QUEUED, None),)


def test_a_day_whose_records_are_all_decided_needs_nothing_signed_over(
    intake: Intake, operator: ActingOperator
) -> None:
    answer(intake, operator, sold(intake))
    kept = close(intake, sign_open=False)
    assert (kept.closing.open, kept.closing.counts["accepted"]) == ((), 1)


def test_closing_twice_gives_the_same_closing(intake: Intake, clock: Clock) -> None:
    sold(intake)
    first = close(intake)
    clock.now += timedelta(minutes=5)
    assert close(intake) == first
    clock.now += timedelta(days=1)
    empty = close(intake)
    assert (empty.closing.number, empty.closing.first, empty.closing.last) == (2, 2, 1)
    assert empty.closing.root == NO_PREVIOUS


def test_two_closings_of_one_day_share_no_number_and_leave_none_out(intake: Intake, clock: Clock) -> None:
    sold(intake, 1)
    first = close(intake).closing
    clock.now += timedelta(minutes=1)
    sold(intake, 2)
    second = close(intake).closing
    assert first.day == second.day == date(2026, 3, 2)
    assert (first.last + 1, second.last) == (second.first, 2)


def test_a_clock_behind_takes_no_day_back_and_is_told(intake: Intake, clock: Clock) -> None:
    sold(intake, 1)
    clock.now -= timedelta(days=3)
    sold(intake, 2)
    closing_ = close(intake).closing
    assert closing_.day >= closing_.opened_on == date(2026, 3, 2)
    assert closing_.clock_behind_s >= 3 * 86_400 - 60


def test_a_day_past_midnight_is_that_of_its_records(intake: Intake, clock: Clock) -> None:
    sold(intake, 1)
    clock.now += timedelta(hours=20)
    assert close(intake).closing.day == date(2026, 3, 2)


def test_a_wrong_pin_and_a_technician_close_nothing(intake: Intake, home: Path) -> None:
    sold(intake)
    assert refused(intake, pin="000000") is FailureCode.PIN_WRONG
    assert refused(intake, TECHNICIAN) is FailureCode.ROLE_NOT_ALLOWED
    assert intake.day.last_number() == 0
    with closing(sqlite3.connect(home / FILE_NAME)) as db:
        approved = db.execute("SELECT subject FROM journal WHERE event = 'approved'").fetchall()
    assert approved == [], "what they may not do they did not approve either"


def test_over_a_difference_a_supervisor_alone_closes(intake: Intake) -> None:
    register(intake, 1)
    assert kinds(intake) == [(1, DifferenceKind.SLIP_NOT_SHOWN)]
    assert refused(intake) is FailureCode.ROLE_NOT_ALLOWED
    kept = close(intake, SUPERVISOR)
    assert (kept.closing.difference_count, kept.closing.closed_by.role) == (1, Role.SUPERVISOR)


def test_a_record_deleted_here_is_named_by_the_journal(intake: Intake, home: Path) -> None:
    for n in (1, 2, 3):
        gone = sold(intake, n).record_id
        if n > 1:
            edited(home, "DELETE FROM sealed WHERE record_id = ?", str(gone))
            edited(home, "DELETE FROM summary WHERE record_id = ?", str(gone))
    edited(home, "DELETE FROM outbox WHERE sequence IN (2, 3)")
    assert kinds(intake) == [(2, DifferenceKind.MISSING_HERE), (3, DifferenceKind.MISSING_HERE)]


def test_a_record_edited_here_is_named_by_its_sealed_bytes(intake: Intake, home: Path) -> None:
    for n in (1, 2, 3):
        sold(intake, n)
    edited(home, "UPDATE outbox SET confirmed_at = '2026-03-01T08:00:00.000Z' WHERE sequence = 2")
    assert kinds(intake) == [(2, DifferenceKind.BYTES_DIFFER)]
    edited(home, "UPDATE outbox SET envelope_sha256 = ? WHERE sequence = 1", "ab" * 32)
    found = kinds(intake)
    assert (1, DifferenceKind.BYTES_DIFFER) in found


def test_an_acceptance_that_nobody_signed_is_named(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    first, second = sold(intake, 1), sold(intake, 2)
    answer(intake, operator, first)
    edited(
        home,
        "UPDATE outbox SET state = 'accepted', lease_until = NULL,"
        " operator_time = '2026-03-02T08:00:00.000Z',"
        " receipt = (SELECT receipt FROM outbox WHERE sequence = 1) WHERE sequence = 2",
    )
    assert second.sequence == 2
    assert kinds(intake) == [(2, DifferenceKind.RECEIPT_DIFFERS)]


def test_a_record_of_which_the_journal_does_not_tell_is_named(intake: Intake, home: Path) -> None:
    sold(intake, 1)
    edited(home, "UPDATE journal SET subject = ? WHERE event = 'record-stored'", str(UUID(int=7)))
    found = kinds(intake)
    assert (1, DifferenceKind.NOT_IN_JOURNAL) in found
    assert any(kind is DifferenceKind.JOURNAL_BROKEN for _, kind in found)


def test_what_was_closed_is_not_looked_at_again_but_its_journal_is(intake: Intake, home: Path) -> None:
    sold(intake, 1)
    closed = close(intake).closing
    sold(intake, 2)
    assert kinds(intake) == []
    edited(home, "UPDATE journal SET hash = ? WHERE number = ?", NO_PREVIOUS, closed.journal_length)
    assert (closed.journal_length, DifferenceKind.JOURNAL_BROKEN) in kinds(intake)


def test_of_two_who_close_at_once_the_later_finds_it_closed(
    intake: Intake, home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold(intake, 1)
    sign = intake.day._signed
    closed: list[StoredClosing] = []

    def when_the_other_has_closed(*how: Any) -> StoredClosing | None:
        with closing(Intake.open(home, clock)) as other:
            closed.append(close(other, SUPERVISOR))
        return sign(*how)

    monkeypatch.setattr(intake.day, "_signed", when_the_other_has_closed)
    assert close(intake) == closed[0]
    assert [one.closing.number for one in closed] == [1]


def test_a_clock_that_was_ahead_leaves_no_record_out(intake: Intake, clock: Clock) -> None:
    right = clock.now
    clock.now += timedelta(days=10)
    sold(intake, 1)
    ahead = close(intake).closing
    clock.now = right + timedelta(hours=1)
    # the operator's signed time sets it right
    ClockStore(intake._db, TERMINAL).note_operator_time(clock.now, tolerance_s=120)
    sold(intake, 2)
    after = close(intake).closing
    assert (ahead.day, after.day) == (date(2026, 3, 12), date(2026, 3, 2))
    assert (after.number, after.first, after.last) == (2, 2, 2)
    assert after.difference_count == 0
