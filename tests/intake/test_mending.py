"""Taking back, correcting and replacing: who may when, what it frees, and that nothing queued changes."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import decode_header
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, Corrections, Person, RecordKind, RecordState, Role
from outlet_app.intake.approvals import Approval
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.outbox import Outbox
from tests.intake.counter import CLERK, YES, Clock, card, details, register
from tests.intake.mended import (
    COUNTER,
    REASON,
    SUPERVISOR,
    act,
    amend,
    answered,
    approved,
    put_in_place,
    refused,
    shown,
    void,
)
from tests.trust.acting_operator import NOW, ActingOperator

ACTS = ("void", "amend", "replace")
MINUTES = timedelta(minutes=10)
STANDING = ("queued", "received", "accepted")


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("state", STANDING)
def test_within_the_minutes_a_clerk_alone_is_enough_and_after_them_a_supervisor_is_asked_for(
    intake: Intake, operator: ActingOperator, clock: Clock, name: str, state: str
) -> None:
    first, second = register(intake, 1), register(intake, 2)
    for slip in (first, second):
        if state != "queued":
            answered(intake, operator, slip.record_id, state)
    clock.now = NOW + MINUTES
    assert not intake.mending.needs_second_person(shown(intake, first))
    done = act(intake, name, first.record_id)
    clock.now += timedelta(milliseconds=1)
    assert intake.mending.needs_second_person(shown(intake, second))
    assert refused(intake, name, second.record_id) is FailureCode.SECOND_PERSON_NEEDED
    if name != "void":  # what it gave is given again below
        standing = done.record_id if name == "replace" else first.record_id
        void(intake, standing, approved(intake, "void", standing))
    done = act(intake, name, second.record_id, approved(intake, name, second.record_id))
    assert shown(intake, done).approver == SUPERVISOR


@pytest.mark.parametrize("name", ACTS)
def test_what_the_operator_refused_is_mended_by_a_clerk_alone_at_any_time(
    intake: Intake, operator: ActingOperator, clock: Clock, name: str
) -> None:
    first = register(intake)
    answered(intake, operator, first.record_id, "refused", "service.number")
    clock.now = NOW + timedelta(days=3)
    act(intake, name, first.record_id)


@pytest.mark.parametrize("name", ACTS)
def test_a_record_set_aside_is_not_mended(intake: Intake, operator: ActingOperator, name: str) -> None:
    first = register(intake)
    answered(intake, operator, first.record_id, "quarantined")
    assert refused(intake, name, first.record_id) is FailureCode.RECORD_NOT_MENDABLE


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("before", ["void", "replace"])
def test_what_was_taken_back_or_replaced_is_mended_no_more(intake: Intake, name: str, before: str) -> None:
    first = register(intake)
    later = act(intake, before, first.record_id)
    with pytest.raises(KnownFailure) as caught:
        act(intake, name, first.record_id)
    assert (caught.value.code, caught.value.detail) == (FailureCode.RECORD_SUPERSEDED, later.local_number)


def test_a_void_that_the_operator_refused_took_nothing_back(intake: Intake, operator: ActingOperator) -> None:
    first = register(intake)
    answered(intake, operator, void(intake, first.record_id).record_id, "refused")
    assert shown(intake, first).superseded_by is None
    void(intake, first.record_id)


def test_a_void_is_not_taken_back_and_an_amendment_stands_for_its_registration(intake: Intake) -> None:
    first = register(intake)
    amendment = amend(intake, first.record_id, 2)
    again = amend(intake, amendment.record_id, 3)
    assert shown(intake, again).refers_to == first.record_id
    assert refused(intake, "void", amendment.record_id) is FailureCode.RECORD_NOT_MENDABLE
    taken_back = void(intake, first.record_id)
    for name in ACTS:
        assert refused(intake, name, taken_back.record_id) is FailureCode.RECORD_NOT_MENDABLE


@pytest.mark.parametrize("name", ACTS)
def test_a_record_that_is_not_here_is_not_found(intake: Intake, name: str) -> None:
    assert refused(intake, name, uuid4()) is FailureCode.RECORD_NOT_FOUND


@pytest.mark.parametrize("name", ACTS)
def test_a_technician_mends_nothing(intake: Intake, name: str) -> None:
    first = register(intake)
    technician = SignedInClerk("7003", Role.TECHNICIAN)
    draft = intake.mending.new_replacement(first.record_id)
    acts = {
        "void": lambda: intake.mending.void(first.record_id, REASON, technician, COUNTER),
        "amend": lambda: intake.mending.amend(
            first.record_id, Corrections(number=details(2).number), technician, COUNTER
        ),
        "replace": lambda: intake.confirm(
            replace(draft, card=card(), details=details(2), statements=YES), technician, COUNTER
        ),
    }
    with pytest.raises(KnownFailure) as caught:
        acts[name]()
    assert caught.value.code is FailureCode.ROLE_NOT_ALLOWED
    assert intake.queue_status().queued == 1


def test_a_made_up_approval_or_one_for_something_else_is_worthless(intake: Intake, clock: Clock) -> None:
    first, other = register(intake, 1), register(intake, 2)
    clock.now = NOW + timedelta(hours=1)
    forged = Approval(Person(SUPERVISOR, Role.SUPERVISOR), "void", str(first.record_id), CLERK.number)
    assert refused(intake, "void", first.record_id, forged) is FailureCode.SECOND_PERSON_NEEDED
    elsewhere = approved(intake, "void", other.record_id)
    assert refused(intake, "void", first.record_id, elsewhere) is FailureCode.SECOND_PERSON_NEEDED
    for_another_act = approved(intake, "amend", first.record_id)
    assert refused(intake, "void", first.record_id, for_another_act) is FailureCode.SECOND_PERSON_NEEDED
    good = approved(intake, "void", first.record_id)
    void(intake, first.record_id, good)
    assert refused(intake, "void", other.record_id, good) is FailureCode.SECOND_PERSON_NEEDED


def test_practice_takes_nothing_back(intake: Intake) -> None:
    first = register(intake)
    with pytest.raises(KnownFailure) as caught:
        intake.mending.void(first.record_id, REASON, CLERK, Channel.PRACTICE)
    assert caught.value.code is FailureCode.KIND_NOT_ALLOWED


# -- what it frees --


def test_a_waiting_number_is_freed_by_a_void(intake: Intake) -> None:
    first = register(intake, 1)
    void(intake, first.record_id)
    again = register(intake, 1, person=1)
    with pytest.raises(KnownFailure) as caught:
        register(intake, 1, person=2)
    assert caught.value.detail == again.local_number


def test_a_waiting_number_stays_taken_when_the_void_was_refused(
    intake: Intake, operator: ActingOperator
) -> None:
    first = register(intake, 1)
    answered(intake, operator, void(intake, first.record_id).record_id, "refused")
    with pytest.raises(KnownFailure) as caught:
        register(intake, 1, person=1)
    assert (caught.value.code, caught.value.detail) == (FailureCode.NUMBER_WAITING, first.local_number)


def test_a_replacement_may_keep_number_and_sim_or_change_them(intake: Intake) -> None:
    first = register(intake, 1)
    second = put_in_place(intake, first.record_id, 1)
    put_in_place(intake, second.record_id, 2)
    register(intake, 1, person=1)


def test_an_amendment_moves_what_it_gives_and_holds_the_rest(intake: Intake) -> None:
    first = register(intake, 1)
    amendment = amend(intake, first.record_id, 2, only="number")
    mixed = replace(details(1), iccid=details(3).iccid)
    intake.check_details(mixed)
    for taken, holder in (
        (replace(details(2), iccid=details(3).iccid), amendment),
        (replace(details(3), iccid=details(1).iccid), first),
    ):
        with pytest.raises(KnownFailure) as caught:
            intake.check_details(taken)
        assert caught.value.detail == holder.local_number
    amend(intake, first.record_id, 1, only="number")
    intake.check_details(replace(details(2), iccid=details(3).iccid))
    with pytest.raises(KnownFailure):
        intake.check_details(mixed)


@pytest.mark.parametrize("only", ["number", "iccid"])
def test_an_amendment_takes_nothing_that_another_record_waits_for(intake: Intake, only: str) -> None:
    first, other = register(intake, 1), register(intake, 2)
    with pytest.raises(KnownFailure) as caught:
        amend(intake, first.record_id, 2, only=only)
    expected = FailureCode.NUMBER_WAITING if only == "number" else FailureCode.ICCID_WAITING
    assert (caught.value.code, caught.value.detail) == (expected, other.local_number)
    with pytest.raises(KnownFailure):
        intake.mending.check_corrections(first.record_id, Corrections(number=details(2).number))


def test_a_refused_record_holds_its_sim_again_while_its_amendment_waits(
    intake: Intake, operator: ActingOperator
) -> None:
    first = register(intake, 1)
    answered(intake, operator, first.record_id, "refused", "service.number")
    same_sim = replace(details(3), iccid=details(1).iccid)
    intake.check_details(same_sim)
    amend(intake, first.record_id, 2, only="number")
    with pytest.raises(KnownFailure) as caught:
        intake.check_details(same_sim)
    assert caught.value.detail == first.local_number


# -- a replacement --


def test_a_replacement_is_of_the_same_person(intake: Intake) -> None:
    first = register(intake, 1)
    with pytest.raises(KnownFailure) as caught:
        put_in_place(intake, first.record_id, 1, person=1)
    assert (caught.value.code, caught.value.detail) == (FailureCode.PERSON_DIFFERS, first.local_number)


def test_the_same_replacement_again_gives_the_same_slip(intake: Intake, clock: Clock) -> None:
    first = register(intake, 1)
    clock.now = NOW + timedelta(hours=1)
    approval = approved(intake, "replace", first.record_id)
    draft = intake.mending.new_replacement(first.record_id)
    whole = replace(draft, card=card(), details=details(1), statements=YES)
    slip = intake.confirm(whole, CLERK, COUNTER, approval)
    assert intake.confirm(whole, CLERK, COUNTER, approval) == slip


def test_a_refused_replacement_is_replaced_in_the_name_of_the_first(
    intake: Intake, operator: ActingOperator
) -> None:
    first = register(intake, 1)
    second = put_in_place(intake, first.record_id, 1)
    answered(intake, operator, second.record_id, "refused", "customer.name")
    third = put_in_place(intake, second.record_id, 1)
    assert shown(intake, third).refers_to == first.record_id


def test_a_refused_replacement_is_not_amended_once_the_first_was_taken_back(
    intake: Intake, operator: ActingOperator
) -> None:
    first = register(intake, 1)
    second = put_in_place(intake, first.record_id, 2)
    answered(intake, operator, second.record_id, "refused", "service.number")
    void(intake, first.record_id)
    assert refused(intake, "amend", second.record_id) is FailureCode.RECORD_SUPERSEDED


# -- what is stored --


def test_the_header_names_the_record_and_what_is_queued_stays_as_it_was(intake: Intake) -> None:
    first = register(intake, 1)
    before = intake._db.execute("SELECT * FROM outbox").fetchall()
    slips = [amend(intake, first.record_id, 2), put_in_place(intake, first.record_id, 3)]
    slips.append(void(intake, slips[-1].record_id))
    assert intake._db.execute("SELECT * FROM outbox WHERE sequence = 1").fetchall() == before
    rows = Outbox(intake._db, "T001-1").lease_due(10, NOW)
    assert [row.sequence for row in rows] == [1, 2, 3, 4]
    headers = [decode_header(decode_envelope(row.envelope).header) for row in rows]
    assert [header.kind for header in headers] == ["open", "amendment", "open", "void"]
    assert [header.refers_to for header in headers] == [
        None,
        first.record_id,
        first.record_id,
        slips[1].record_id,
    ]


def test_a_void_and_an_amendment_hold_nothing_of_the_person(intake: Intake) -> None:
    first = register(intake, 1)
    amendment = shown(intake, amend(intake, first.record_id, 2))
    taken_back = shown(intake, void(intake, first.record_id))
    for row in (amendment, taken_back):
        assert (row.document_kind, row.family_initial, row.refers_to_number) == (
            None,
            None,
            first.local_number,
        )
    assert (amendment.phone_mask, taken_back.phone_mask) == ("138••••0002", None)
    tags = intake._db.execute(
        "SELECT number_tag IS NULL, iccid_tag IS NULL, identity_tag IS NULL FROM summary"
        " JOIN outbox USING (record_id) ORDER BY sequence"
    ).fetchall()
    assert tags == [(0, 0, 0), (0, 0, 1), (1, 1, 1)]


def test_a_record_shows_what_became_of_it(intake: Intake, operator: ActingOperator) -> None:
    first = register(intake, 1)
    answered(intake, operator, first.record_id, "accepted")
    amend(intake, first.record_id, 2)
    assert (shown(intake, first).amended, shown(intake, first).phone_mask) == (True, "138••••0002")
    later = void(intake, first.record_id)
    row = shown(intake, first)
    assert (row.state, row.superseded_by, row.superseded_as) == (
        RecordState.ACCEPTED,
        later.local_number,
        RecordKind.VOID,
    )
    answered(intake, operator, later.record_id, "accepted")
    assert shown(intake, first).state is RecordState.REPLACED
    status = intake.queue_status()
    assert (status.accepted, status.replaced, status.queued) == (1, 1, 1)
    assert [row.sequence for row in intake.records(state=RecordState.REPLACED)] == [1]
    assert [row.sequence for row in intake.records(state=RecordState.ACCEPTED)] == [3]
    assert (intake.today_counts().stored, intake.same_identity_count(card())) == (0, 0)


def test_what_is_about_a_record_set_aside_waits_beside_it(intake: Intake, operator: ActingOperator) -> None:
    first = register(intake, 1)
    taken_back = void(intake, first.record_id)
    answered(intake, operator, first.record_id, "quarantined")
    assert shown(intake, taken_back).state is RecordState.QUARANTINED
    Outbox(intake._db, "T001-1").retry(str(first.record_id), NOW)
    assert [shown(intake, slip).state for slip in (first, taken_back)] == [RecordState.QUEUED] * 2


def test_told_later_it_joins_the_record_that_is_set_aside(intake: Intake, operator: ActingOperator) -> None:
    first = register(intake, 1)
    taken_back = void(intake, first.record_id)
    outbox = Outbox(intake._db, "T001-1")
    outbox.lease_due(10, NOW)
    outbox.quarantine(first.record_id, "chain-broken", NOW)
    assert shown(intake, taken_back).state is RecordState.SENDING
    outbox.apply_later(taken_back.record_id, NOW + MINUTES, NOW)
    row = shown(intake, taken_back)
    assert (row.state, row.last_error) == (RecordState.QUARANTINED, "reference-unknown")
