"""Looking into the queue, and what nobody can change in it."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState, local_number
from outlet_app.store.database import FILE_NAME, open_database, write
from outlet_app.store.journal import Journal
from outlet_app.store.journal_check import find_break
from outlet_app.store.outbox import Outbox
from tests.store.filled import Filled, after
from tests.trust.acting_operator import NOW


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
        "exceptions": 0,
        "given_up": 0,
        "oldest_quarantined_age_s": 0,
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
    assert find_break(journal, filled.terminal, 7) is None
    entries = journal.entries()
    assert [entry.number for entry in entries] == list(range(1, 8))
    assert journal.head().length == 7
    assert journal.head().hash == entries[-1].hash


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
