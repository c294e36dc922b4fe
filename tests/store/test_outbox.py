"""The queue: leases, answers, back-off, and what never changes."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import FILE_NAME, open_database, write
from outlet_app.store.journal import Journal
from outlet_app.store.outbox import LEASE_S, Outbox
from outlet_app.store.rows import local_number
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
    filled.outbox.apply_later(late, after(30))
    filled.outbox.apply_record_error(failed, "server-error", after(30))
    assert leased(filled) == []
    assert leased(filled, ignore_backoff=True) == [2]
    filled.outbox.release([failed])
    assert leased(filled, seconds=30) == [1, 2]


def test_answers_to_a_record_that_is_no_longer_waiting_change_nothing(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    filled.outbox.apply_later(record_id, after(30))
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
    filled: Filled, changes: dict[str, object], named: str
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
    filled.outbox.apply_later(waiting, after(1000))
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


def test_status_has_exactly_the_agreed_fields(filled: Filled) -> None:
    ids = [filled.add(at=after(-100 + n)) for n in range(4)]
    filled.outbox.lease_due(1, NOW)
    filled.answer(ids[3])
    filled.outbox.quarantine(ids[2], "signature-wrong", NOW)
    assert filled.outbox.status(NOW).to_json() == {
        "queued": 1,
        "sending": 1,
        "received": 0,
        "accepted": 1,
        "refused": 0,
        "replaced": 0,
        "quarantined": 1,
        "oldest_queued_age_s": 100,
    }


def test_an_empty_queue_has_no_oldest(home: Path) -> None:
    db = open_database(home / FILE_NAME)
    status = Outbox(db, "").status(NOW)
    assert set(status.to_json().values()) == {0, None}
    assert Outbox(db, "").held(NOW).to_json() == {"sealed_records": 0, "summaries": 0, "oldest_age_s": None}
    db.close()


def test_pages_hold_every_record_once_while_the_list_grows(filled: Filled) -> None:
    for _ in range(7):
        filled.add()
    seen: list[int] = []
    before: int | None = None
    while page := filled.outbox.list_rows(3, before):
        seen += [row.sequence for row in page]
        before = page[-1].sequence
        filled.add()
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert [row.sequence for row in filled.outbox.list_rows(2, state=RecordState.QUEUED)] == [10, 9]
    assert filled.outbox.list_rows(2, state=RecordState.REFUSED) == []


def test_a_record_is_found_by_id_local_number_and_sequence(filled: Filled) -> None:
    record_id = filled.add()
    for wanted in (str(record_id), str(record_id).upper(), "T001-1-000001", "1", " 1 "):
        assert filled.outbox.show(wanted).record_id == record_id
    for wanted in ("", "2", "T001-2-000001", "x" * 1000, "9" * 400, "T001-1-", "١"):
        with pytest.raises(KnownFailure) as caught:
            filled.outbox.show(wanted)
        assert caught.value.code is FailureCode.RECORD_NOT_FOUND


def test_the_local_number_names_outlet_terminal_and_sequence() -> None:
    assert local_number("BJ-0001", "2", 128) == "BJ-0001-2-000128"
    assert local_number("BJ-0001", "BJ-0001-2", 128) == "BJ-0001-2-000128"


def test_what_was_signed_cannot_be_changed_deleted_or_numbered_twice(filled: Filled) -> None:
    first = filled.add()
    filled.add()
    for statement in (
        "UPDATE outbox SET sequence = 9 WHERE sequence = 1",
        "UPDATE outbox SET envelope_sha256 = substr(envelope_sha256, 2) || '0'",
        "DELETE FROM outbox",
        "UPDATE sealed SET envelope = x'00'",
        "DELETE FROM sealed",
        "DELETE FROM journal",
        "UPDATE journal SET detail = 'x'",
        "INSERT INTO journal SELECT terminal, 9, at, event, subject, detail, previous, hash FROM journal j",
        "UPDATE outbox SET state = 'lost'",
        "UPDATE outbox SET state = 'accepted'",
        "UPDATE outbox SET state = 'sending'",
    ):
        with pytest.raises(sqlite3.IntegrityError), write(filled.db):
            filled.db.execute(statement)
    assert filled.state(first) is RecordState.QUEUED


def test_a_gap_in_the_numbers_cannot_be_stored(filled: Filled) -> None:
    filled.add()
    with pytest.raises(sqlite3.IntegrityError, match="no gap"), write(filled.db):
        filled.db.execute(
            "INSERT INTO outbox (terminal, sequence, record_id, outlet, kind, channel, policy, confirmed_at,"
            " envelope_sha256, state) VALUES (?, 3, ?, 'T001', 'open', 'counter', 1, '', ?, 'queued')",
            (filled.terminal, "0" * 36, "0" * 64),
        )


def test_slips_wait_until_they_were_seen(filled: Filled) -> None:
    first, second = filled.add(), filled.add()
    assert [row.record_id for row in filled.outbox.slips_not_shown()] == [first, second]
    filled.outbox.slip_shown(first, NOW)
    assert [row.record_id for row in filled.outbox.slips_not_shown()] == [second]


def test_the_journal_has_no_gap_and_its_chain_holds(filled: Filled) -> None:
    for record_id in [filled.add() for _ in range(3)]:
        filled.answer(record_id)
    journal = Journal(filled.db, filled.terminal)
    assert journal.first_break() is None
    entries = journal.entries()
    assert [entry.number for entry in entries] == list(range(1, 8))
    assert journal.head().length == 7
    assert journal.head().hash == entries[-1].hash
    filled.db.execute("DROP TRIGGER the_journal_never_changes")
    filled.db.execute("UPDATE journal SET detail = 'other' WHERE number = 4")
    assert journal.first_break() == 4


def test_chain_state_names_the_last_record_and_the_journals_head(filled: Filled) -> None:
    end, head = filled.outbox.chain_state()
    assert (end.sequence, end.envelope_sha256, head.length) == (0, NO_PREVIOUS, 1)
    record_id = filled.add()
    end, head = filled.outbox.chain_state()
    assert (end.sequence, end.envelope_sha256, head.length) == (1, filled.sha256(record_id), 2)


def test_another_terminals_records_are_neither_sent_nor_listed_but_counted(filled: Filled) -> None:
    filled.add()
    other = Outbox(filled.db, "T001-9")
    assert other.lease_due(10, NOW) == []
    assert other.requeue_orphans() == 0
    assert other.list_rows() == []
    assert other.status(NOW).queued == 1


def test_the_age_of_a_record_from_the_future_is_zero(filled: Filled) -> None:
    filled.add(at=NOW + timedelta(hours=1))
    assert filled.outbox.status(NOW).oldest_queued_age_s == 0
