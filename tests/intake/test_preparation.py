"""What was prepared makes the button quicker and nothing laxer: whatever changed meanwhile counts."""

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.envelope import decode_envelope, seal_info
from outlet_app.contract.sealed_part import SealedPart, decode_sealed_part
from outlet_app.contract.sealing import open_sealed
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, Person, RecordKind, Role, Statements
from outlet_app.intake.limits import SAME_IDENTITY
from outlet_app.intake.service import Draft, Intake, SignedInClerk
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.journal import Journal
from outlet_app.store.journal_check import find_break
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import CLERK, LAST_HOUR_OF_ALL_PACKS, Clock, card, details, draft, register
from tests.trust.acting_operator import NOW, PACK, PIN, ActingOperator

TERMINAL = "T001-1"
SUPERVISOR = SignedInClerk("7002", Role.SUPERVISOR)


def prepared(intake: Intake, n: int = 1) -> Draft:
    ready = draft(intake, n)
    intake.prepare(ready, CLERK, Channel.COUNTER)
    return ready


def confirm(intake: Intake, ready: Draft, clerk: SignedInClerk = CLERK) -> FailureCode | int:
    """The code of what refused it, or its number."""
    try:
        return intake.confirm(ready, clerk, Channel.COUNTER).sequence
    except KnownFailure as failure:
        return failure.code


def sealed(home: Path, operator: ActingOperator, ready: Draft) -> SealedPart:
    with closing(open_database(home / FILE_NAME).conn) as connection:
        query = "SELECT envelope FROM sealed WHERE record_id = ?"
        (data,) = connection.execute(query, (str(ready.record_id),)).fetchone()
    envelope = decode_envelope(data)
    plain = open_sealed(
        operator.suite, operator.seal_private, envelope.ciphertext, seal_info(envelope.header)
    )
    part = decode_sealed_part(plain, RecordKind.OPEN)
    assert isinstance(part, SealedPart)
    return part


def test_a_prepared_registration_is_the_record_that_it_would_have_been(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    first, second = draft(intake, 1), prepared(intake, 2)
    intake.prepare(first, CLERK, Channel.COUNTER)
    for number, ready in enumerate((first, second, prepared(intake, 3)), start=1):
        slip = intake.confirm(ready, CLERK, Channel.COUNTER)
        assert slip == intake.slip(ready.record_id)
        assert (slip.sequence, slip.phone_mask) == (number, f"138••••000{number}")
        part = sealed(home, operator, ready)
        assert (part.record_id, part.service, part.clerk) == (ready.record_id, details(number), "7001")
        assert ready.card is not None
        assert part.customer.document == ready.card.document
    with closing(open_database(home / FILE_NAME).conn) as connection:
        assert find_break(Journal(Database(connection), TERMINAL), TERMINAL, 0) is None


def test_preparing_stores_nothing_and_says_nothing(intake: Intake, home: Path) -> None:
    register(intake, 1)
    with closing(open_database(home / FILE_NAME).conn) as connection:
        before = list(connection.iterdump())
        prepared(intake, 1)
        prepared(intake, 2)
        assert list(connection.iterdump()) == before
    assert confirm(intake, draft(intake, 1)) is FailureCode.NUMBER_WAITING


CHANGES: dict[
    str, tuple[Callable[[EnrolmentStore, ActingOperator, VerifiedEnrolment], object], FailureCode]
] = {
    "policy": (
        lambda store, operator, _: store.put_policy(
            TERMINAL, 2, operator.policy(replace(PACK, number=2, kinds=frozenset())), NOW
        ),
        FailureCode.KIND_NOT_ALLOWED,
    ),
    "roster": (
        lambda store, operator, verified: store.put_roster(
            TERMINAL,
            2,
            operator.roster(TERMINAL, verified.key.device_secret, number=2, clerks={"7002": Role.SUPERVISOR}),
            NOW,
        ),
        FailureCode.CLERK_UNKNOWN,
    ),
    "role": (
        lambda store, operator, verified: store.put_roster(
            TERMINAL,
            2,
            operator.roster(TERMINAL, verified.key.device_secret, number=2, clerks={"7001": Role.TECHNICIAN}),
            NOW,
        ),
        FailureCode.ROLE_NOT_ALLOWED,
    ),
    "limit": (
        lambda store, operator, _: store.put_policy(
            TERMINAL, 2, operator.policy(replace(PACK, number=2, most_waiting=1)), NOW
        ),
        FailureCode.QUEUE_FULL,
    ),
    "revoked": (lambda store, *_: store.mark_revoked(TERMINAL, NOW), FailureCode.TERMINAL_REVOKED),
    "moving": (lambda store, *_: store.note_moving(TERMINAL, "T002", NOW), FailureCode.TERMINAL_MOVING),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_operator_changes_meanwhile_counts(
    intake: Intake, home: Path, operator: ActingOperator, verified: VerifiedEnrolment, name: str
) -> None:
    register(intake, 1)
    ready = prepared(intake, 2)
    change, expected = CHANGES[name]
    with closing(open_database(home / FILE_NAME).conn) as connection:
        change(EnrolmentStore(Database(connection)), operator, verified)
    assert confirm(intake, ready) is expected
    assert intake.queue_status().queued == 1


def test_what_another_program_stores_meanwhile_counts(intake: Intake, home: Path, clock: Clock) -> None:
    ready = prepared(intake, 1)
    beside = Intake.open(home, clock)
    register(beside, 2, person=2)
    assert confirm(intake, ready) == 2, "the next number, behind the record that came in between"
    waiting = prepared(intake, 3)
    register(beside, 3, person=3)
    beside.close()
    assert confirm(intake, waiting) is FailureCode.NUMBER_WAITING


def test_records_of_the_same_person_that_came_meanwhile_count(
    intake: Intake, home: Path, operator: ActingOperator, clock: Clock
) -> None:
    with closing(open_database(home / FILE_NAME).conn) as connection:
        rules = operator.policy(replace(PACK, number=2, most_same_identity=1))
        EnrolmentStore(Database(connection)).put_policy(TERMINAL, 2, rules, NOW)
    ready = prepared(intake, 1)
    beside = Intake.open(home, clock)
    register(beside, 2)
    beside.close()
    assert confirm(intake, ready) is FailureCode.IDENTITY_LIMIT


def test_the_time_counts_at_which_the_button_is_pressed(
    intake: Intake, home: Path, operator: ActingOperator, clock: Clock
) -> None:
    clock.now = LAST_HOUR_OF_ALL_PACKS
    ready = prepared(intake, 1)
    clock.now += timedelta(minutes=29)
    assert confirm(intake, ready) == 1
    assert intake.record(ready.record_id).confirmed_at == clock.now
    late = prepared(intake, 2)
    clock.now += timedelta(days=200)
    assert confirm(intake, late) is FailureCode.POLICY_OUT_OF_DATE


def test_hours_and_validity_count_at_which_the_button_is_pressed(
    intake: Intake, home: Path, operator: ActingOperator, clock: Clock
) -> None:
    ends = {"long_term": False, "valid_until": NOW.date()}
    expiring = replace(draft(intake, 1), card=card(0, **ends))
    intake.prepare(expiring, CLERK, Channel.COUNTER)
    clock.now += timedelta(days=1)
    assert confirm(intake, expiring) is FailureCode.FINDING_BLOCKS
    with closing(open_database(home / FILE_NAME).conn) as connection:
        rules = operator.policy(replace(PACK, number=2, opens=8 * 60, closes=13 * 60))
        EnrolmentStore(Database(connection)).put_policy(TERMINAL, 2, rules, NOW)
    ready = prepared(intake, 2)
    clock.now += timedelta(hours=1)
    assert confirm(intake, ready) is FailureCode.OUTSIDE_HOURS


def test_only_the_very_same_draft_clerk_and_channel_take_what_was_prepared(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    ready = prepared(intake, 1)
    other = replace(ready, details=details(2), card=card(5))
    assert confirm(intake, other, SUPERVISOR) == 1
    part = sealed(home, operator, other)
    assert (part.service, part.clerk, part.clerk_role) == (details(2), "7002", Role.SUPERVISOR)
    assert other.card is not None
    assert part.customer.document == other.card.document
    unstated = replace(prepared(intake, 3), statements=Statements(holder_compared=True, consent=False))
    assert confirm(intake, unstated) is FailureCode.STATEMENT_MISSING
    practice = prepared(intake, 4)
    with pytest.raises(KnownFailure) as caught:
        intake.confirm(practice, CLERK, Channel.PRACTICE)
    assert caught.value.code is FailureCode.KIND_NOT_ALLOWED


def test_who_approved_it_is_sealed_although_it_was_prepared_before(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    ready = prepared(intake, 1)
    approval = intake.people.approve(
        "7002", PIN, SAME_IDENTITY, subject=str(ready.record_id), not_clerk=CLERK.number
    )
    intake.prepare(ready, CLERK, Channel.COUNTER)
    intake.confirm(ready, CLERK, Channel.COUNTER, approval)
    assert sealed(home, operator, ready).approver == Person("7002", Role.SUPERVISOR)
    assert intake.record(ready.record_id).approver == "7002"


def test_nothing_of_a_customer_who_is_gone_stays(intake: Intake) -> None:
    ready = draft(intake, 1)
    held = [sys.getrefcount(ready)]
    intake.prepare(ready, CLERK, Channel.COUNTER)
    held.append(sys.getrefcount(ready))
    intake.forget_prepared()
    held.append(sys.getrefcount(ready))
    intake.prepare(ready, CLERK, Channel.COUNTER)
    intake.confirm(ready, CLERK, Channel.COUNTER)
    held.append(sys.getrefcount(ready))
    before, during, forgotten, stored = held
    assert during > before
    assert (forgotten, stored) == (before, before)
