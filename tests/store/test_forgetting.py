"""Letting go: when, on whose word, and that it is really gone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.registrations import RecordState
from outlet_app.store.forgetting import MOST_DAYS
from tests.store.filled import Filled
from tests.trust.acting_operator import NOW, PACK

DAY = timedelta(days=1)


def test_the_summary_goes_first_and_the_sealed_bytes_when_their_time_has_come(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    assert filled.outbox.forget(NOW + 7 * DAY - timedelta(seconds=1), PACK) == (0, 0)
    assert filled.outbox.forget(NOW + 7 * DAY, PACK) == (1, 0)
    row = filled.outbox.by_id(record_id)
    assert (row.clerk, row.document_kind, row.family_initial, row.phone_mask) == (None, None, None, None)
    assert (row.sequence, row.state, row.sealed_here) == (1, RecordState.ACCEPTED, True)
    assert filled.outbox.forget(NOW + 30 * DAY, PACK) == (0, 1)
    assert not filled.outbox.by_id(record_id).sealed_here
    assert filled.outbox.held(NOW).to_json() == {
        "sealed_records": 0,
        "summaries": 0,
        "oldest_age_s": None,
    }


@pytest.mark.parametrize("state", [None, ReceiptState.RECEIVED])
def test_what_the_operator_has_not_decided_stays_whatever_its_age(
    filled: Filled, state: ReceiptState | None
) -> None:
    record_id = filled.add()
    if state is not None:
        filled.answer(record_id, state)
    assert filled.outbox.forget(NOW + 10_000 * DAY, PACK) == (0, 0)


def test_a_quarantined_record_stays(filled: Filled) -> None:
    filled.outbox.quarantine(filled.add(), "signature-wrong", NOW)
    assert filled.outbox.forget(NOW + 10_000 * DAY, PACK) == (0, 0)


def test_a_refused_record_keeps_its_summary_for_mending_and_loses_its_bytes(filled: Filled) -> None:
    filled.answer(filled.add(), ReceiptState.REFUSED)
    assert filled.outbox.forget(NOW + 30 * DAY, PACK) == (0, 1)


def test_bytes_whose_receipt_names_another_hash_stay(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    other = filled.operator.receipt(record_id, filled.terminal, 1, "f" * 64)
    filled.db.execute("UPDATE outbox SET receipt = ?", (filled.operator.sign_receipt(other).encode(),))
    assert filled.outbox.forget(NOW + 100 * DAY, PACK) == (1, 0)
    assert filled.outbox.by_id(record_id).sealed_here


def test_more_records_than_one_batch_are_let_go(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outlet_app.store.forgetting.BATCH", 3)
    for record_id in [filled.add() for _ in range(8)]:
        filled.answer(record_id)
    assert filled.outbox.forget(NOW + 30 * DAY, PACK) == (8, 8)
    assert filled.outbox.forget(NOW + 30 * DAY, PACK) == (0, 0)


def test_a_policy_of_countless_days_keeps_everything(filled: Filled) -> None:
    filled.answer(filled.add())
    pack = replace(PACK, summary_days=2**53 - 1, sealed_days=MOST_DAYS * 10)
    assert filled.outbox.forget(NOW + 10_000 * DAY, pack) == (0, 0)


def test_what_was_let_go_is_in_no_file_any_more(filled: Filled, home: Path) -> None:
    record_id = filled.add(mask="139••••4711")
    filled.answer(record_id)
    sealed = filled.db.execute("SELECT envelope FROM sealed").fetchone()[0]
    marks = (sealed[:64], "139••••4711".encode())

    def found() -> list[bool]:
        data = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        return [mark in data for mark in marks]

    assert found() == [True, True]
    filled.outbox.forget(NOW + 30 * DAY, PACK)
    assert found() == [False, False]
    assert filled.events()[-2:] == ["summaries-forgotten", "sealed-forgotten"]


def test_held_counts_whose_data_is_here(filled: Filled) -> None:
    for n in range(3):
        filled.add(at=NOW - n * DAY)
    assert filled.outbox.held(NOW).to_json() == {
        "sealed_records": 3,
        "summaries": 3,
        "oldest_age_s": 2 * 86_400,
    }
