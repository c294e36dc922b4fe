"""The queue: leases, answers, back-off, and what never changes."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import write
from outlet_app.store.outbox import LEASE_S
from tests.store.filled import Filled, after
from tests.trust.acting_operator import NOW


def leased(filled: Filled, limit: int = 10, seconds: float = 0, **named: bool | int) -> list[int]:
    return [row.sequence for row in filled.outbox.lease_due(limit, after(seconds), **named)]  # type: ignore[arg-type]  # names of two options


def test_records_leave_in_the_order_of_their_numbers_and_once(filled: Filled) -> None:
    for _ in range(5):
        filled.add()
    assert leased(filled, 2) == [1, 2]
    assert leased(filled, 2) == [3, 4]
    assert leased(filled, 2) == [5]
    assert leased(filled, 2) == []
    assert leased(filled, 2, after_sequence=3) == []


def test_what_is_leased_are_the_bytes_that_were_stored(filled: Filled) -> None:
    record_id = filled.add()
    (row,) = filled.outbox.lease_due(1, NOW)
    stored = filled.db.execute("SELECT envelope FROM sealed").fetchone()[0]
    assert (row.record_id, row.envelope, row.attempts) == (record_id, stored, 1)
    assert row.envelope_sha256 == filled.sha256(record_id)


def test_a_lease_ends_by_itself(filled: Filled) -> None:
    filled.add()
    assert leased(filled) == [1]
    assert leased(filled, seconds=LEASE_S - 1) == []
    assert leased(filled, seconds=LEASE_S) == [1]
    assert filled.outbox.list_rows()[0].attempts == 2


def test_a_clock_that_was_set_back_does_not_hold_a_lease_for_ever(filled: Filled) -> None:
    filled.add()
    assert leased(filled, seconds=86_400) == [1]
    assert leased(filled) == [1]


def test_rows_of_a_sender_that_is_gone_are_queued_at_once(filled: Filled) -> None:
    for _ in range(3):
        filled.add()
    assert leased(filled, 2) == [1, 2]
    assert filled.outbox.requeue_orphans() == 2
    assert leased(filled) == [1, 2, 3]


def test_released_rows_wait_without_a_back_off_and_say_why(filled: Filled) -> None:
    record_id = filled.add()
    filled.outbox.lease_due(1, NOW)
    filled.outbox.release([record_id], "server-timeout")
    row = filled.outbox.by_id(record_id)
    assert (row.state, row.last_error, row.next_attempt_at) == (RecordState.QUEUED, "server-timeout", None)
    filled.outbox.lease_due(1, NOW)
    filled.outbox.release([record_id])
    assert filled.outbox.by_id(record_id).last_error == "server-timeout"
    assert leased(filled) == [1]


def test_later_is_obeyed_even_when_back_off_is_ignored(filled: Filled) -> None:
    late, failed = filled.add(), filled.add()
    filled.outbox.lease_due(2, NOW)
    filled.outbox.apply_later(late, after(30), NOW)
    filled.outbox.apply_record_error(failed, "server-error", after(30))
    assert leased(filled) == []
    assert leased(filled, ignore_backoff=True) == [2]
    filled.outbox.release([failed])
    assert leased(filled, seconds=30) == [1, 2]


def test_answers_to_a_record_that_is_no_longer_waiting_change_nothing(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    filled.outbox.apply_later(record_id, after(30), NOW)
    filled.outbox.apply_record_error(record_id, "server-error", after(30))
    filled.outbox.quarantine(record_id, "signature-wrong", NOW)
    filled.outbox.release([record_id])
    assert filled.state(record_id) is RecordState.ACCEPTED


@pytest.mark.parametrize("state", list(ReceiptState))
def test_a_receipt_settles_a_record_from_queued_sending_and_quarantine(
    filled: Filled, state: ReceiptState
) -> None:
    """A receipt may come back by another way than the record's own sending."""
    queued, sent, aside = filled.add(), filled.add(), filled.add()
    filled.outbox.lease_due(1, NOW, after_sequence=1)
    filled.outbox.quarantine(aside, "signature-wrong", NOW)
    for record_id in (queued, sent, aside):
        assert str(filled.answer(record_id, state)) == str(state)
        assert str(filled.state(record_id)) == str(state)


def test_the_same_receipt_again_changes_nothing(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    before = filled.events()
    assert filled.answer(record_id) is RecordState.ACCEPTED
    assert filled.events() == before


def test_an_older_word_never_takes_the_place_of_a_later_one(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id, ReceiptState.RECEIVED, at=after(0))
    filled.answer(record_id, ReceiptState.ACCEPTED, at=after(10))
    filled.answer(record_id, ReceiptState.RECEIVED, at=after(20))
    filled.answer(record_id, ReceiptState.REFUSED, at=after(5))
    assert filled.state(record_id) is RecordState.ACCEPTED
    filled.answer(record_id, ReceiptState.REFUSED, at=after(30))
    assert filled.state(record_id) is RecordState.REFUSED


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"envelope_sha256": "0" * 64}, "envelope_sha256"),
        ({"terminal": "T001-9"}, "terminal"),
        ({"sequence": 2}, "sequence"),
        ({"record_id": UUID("01890a5d-ac96-774b-bcce-b302099a8057")}, "record"),
    ],
)
def test_a_receipt_that_does_not_fit_is_refused_and_journalled(
    filled: Filled, changes: dict[str, Any], named: str
) -> None:
    record_id = filled.add()
    filled.outbox.lease_due(1, NOW)
    good = filled.operator.receipt(record_id, filled.terminal, 1, filled.sha256(record_id))
    wrong = replace(good, **changes)
    with pytest.raises(KnownFailure) as caught:
        filled.outbox.apply_receipt(wrong, filled.operator.sign_receipt(wrong).encode(), NOW)
    assert (caught.value.code, caught.value.detail) == (FailureCode.RECEIPT_REFUSED, named)
    assert filled.events()[-1] == "receipt-refused"
    assert filled.state(record_id) in {RecordState.QUEUED, RecordState.SENDING}
    filled.outbox.requeue_orphans()
    assert leased(filled) == [1]
    filled.outbox.apply_receipt(good, filled.operator.sign_receipt(good).encode(), NOW)
    assert filled.state(record_id) is RecordState.ACCEPTED


def test_a_receipt_of_a_wrong_key_is_journalled_and_the_record_waits(filled: Filled) -> None:
    record_id = filled.add()
    filled.outbox.lease_due(1, NOW)
    filled.outbox.refuse_receipt(record_id, "receipt: unknown key", NOW)
    row = filled.outbox.by_id(record_id)
    assert (row.state, row.last_error) == (RecordState.QUEUED, "receipt-refused")
    assert filled.events()[-1] == "receipt-refused"


def test_quarantine_keeps_a_record_aside_until_it_is_tried_again(filled: Filled) -> None:
    record_id = filled.add()
    filled.outbox.lease_due(1, NOW)
    filled.outbox.quarantine(record_id, "envelope-malformed", NOW, field="header", who="operator")
    row = filled.outbox.by_id(record_id)
    assert (row.state, row.last_error, row.error_field, row.error_who) == (
        RecordState.QUARANTINED,
        "envelope-malformed",
        "header",
        "operator",
    )
    assert leased(filled, ignore_backoff=True) == []
    assert filled.outbox.retry(row.local_number, NOW).state is RecordState.QUEUED
    assert leased(filled) == [1]


def test_trying_again_takes_a_wait_away_and_leaves_settled_records_alone(filled: Filled) -> None:
    waiting, settled = filled.add(), filled.add()
    filled.outbox.lease_due(2, NOW)
    filled.outbox.apply_later(waiting, after(1000), NOW)
    filled.answer(settled)
    assert filled.outbox.retry(str(waiting), NOW).next_attempt_at is None
    assert filled.outbox.retry(str(settled), NOW).state is RecordState.ACCEPTED
    with pytest.raises(KnownFailure) as caught:
        filled.outbox.retry("T001-1-000099", NOW)
    assert caught.value.code is FailureCode.RECORD_NOT_FOUND


def test_a_quarantined_record_is_not_tried_again_beside_a_later_one_for_the_same_number(
    filled: Filled,
) -> None:
    first = filled.add(tag=7)
    filled.outbox.quarantine(first, "signature-wrong", NOW)
    filled.add(tag=7)
    with pytest.raises(KnownFailure) as caught:
        filled.outbox.retry(str(first), NOW)
    assert caught.value.code is FailureCode.NUMBER_WAITING
    assert filled.state(first) is RecordState.QUARANTINED


def test_if_the_operators_number_falls_what_is_still_here_goes_again(filled: Filled) -> None:
    ids = [filled.add() for _ in range(4)]
    for record_id in ids:
        filled.answer(record_id)
    heads = [filled.sha256(record_id) for record_id in ids]
    assert filled.outbox.note_operator_chain(4, heads[3], NOW).queued_again == 0
    fallen = filled.outbox.note_operator_chain(2, heads[1], NOW)
    assert (fallen.queued_again, fallen.forked) == (2, False)
    assert leased(filled) == [3, 4]
    assert filled.outbox.note_operator_chain(2, heads[1], NOW).queued_again == 0
    for record_id in ids[2:]:
        filled.answer(record_id)
    assert filled.outbox.note_operator_chain(4, heads[3], NOW).queued_again == 0
    assert filled.events().count("operator-fell-back") == 1


def test_a_fall_to_nothing_sends_everything_again_except_what_was_let_go(filled: Filled) -> None:
    ids = [filled.add() for _ in range(3)]
    for record_id in ids:
        filled.answer(record_id)
    filled.outbox.note_operator_chain(3, filled.sha256(ids[2]), NOW)
    with write(filled.db):
        filled.db.execute("DELETE FROM sealed WHERE record_id = ?", (str(ids[0]),))
    assert filled.outbox.note_operator_chain(0, NO_PREVIOUS, NOW).queued_again == 2
    assert [filled.state(record_id) for record_id in ids] == [
        RecordState.ACCEPTED,
        RecordState.QUEUED,
        RecordState.QUEUED,
    ]


def test_another_record_under_our_number_or_a_number_we_never_gave_is_a_fork(filled: Filled) -> None:
    record_id = filled.add()
    assert not filled.outbox.note_operator_chain(1, filled.sha256(record_id), NOW).forked
    assert filled.outbox.note_operator_chain(1, "f" * 64, NOW).forked
    assert filled.outbox.note_operator_chain(2, "f" * 64, NOW).forked
    assert filled.outbox.note_operator_chain(2, "f" * 64, NOW).forked
    assert filled.events().count("chain-forked") == 2


def test_numbers_that_the_operator_misses_are_queued_again_where_it_signed_for_them(filled: Filled) -> None:
    ids = [filled.add() for _ in range(5)]
    filled.outbox.quarantine(ids[1], "channel-refused", NOW)
    for at in (0, 2, 3):
        filled.answer(ids[at])
    head = filled.sha256(ids[0])
    assert filled.outbox.note_operator_chain(1, head, NOW, [2, 5]).queued_again == 0
    assert filled.events()[-1] != "operator-fell-back"
    assert filled.outbox.note_operator_chain(1, head, NOW, [2, 3, 5, 9]).queued_again == 1
    assert [str(filled.state(record_id)) for record_id in ids] == [
        "accepted",
        "quarantined",
        "queued",
        "accepted",
        "queued",
    ]
    assert filled.events()[-1] == "operator-fell-back"
