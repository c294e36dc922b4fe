"""Letting go: when, on whose word, and that it is really gone."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest

from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import FILE_NAME
from outlet_app.store.forgetting import MOST_DAYS
from tests.passing_time import PassingTime, take_over
from tests.store.filled import Filled, after
from tests.trust.acting_operator import NOW, PACK, ActingOperator

DAY = timedelta(days=1)


def forget(filled: Filled, days: float, policy: PolicyPack = PACK) -> tuple[int, int]:
    """So many days after NOW, which the operator's signed time says, too."""
    moment = NOW + days * DAY
    filled.says(moment)
    return filled.outbox.forget(moment, policy)


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> PassingTime:
    return take_over(monkeypatch)


def test_the_summary_goes_first_and_the_sealed_bytes_when_their_time_has_come(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    assert forget(filled, 7 - 1 / 86_400) == (0, 0)
    assert forget(filled, 7) == (1, 0)
    row = filled.outbox.by_id(record_id)
    assert (row.clerk, row.document_kind, row.family_initial, row.phone_mask) == (None, None, None, None)
    assert (row.sequence, row.state, row.sealed_here) == (1, RecordState.ACCEPTED, True)
    assert forget(filled, 30) == (0, 1)
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
    assert forget(filled, 10_000) == (0, 0)


def test_a_quarantined_record_stays(filled: Filled) -> None:
    filled.outbox.quarantine(filled.add(), "signature-wrong", NOW)
    assert forget(filled, 10_000) == (0, 0)


def test_a_refused_record_keeps_its_summary_for_mending_and_loses_its_bytes(filled: Filled) -> None:
    filled.answer(filled.add(), ReceiptState.REFUSED)
    assert forget(filled, 30) == (0, 1)


def test_a_refused_record_loses_its_summary_once_it_was_taken_back(filled: Filled) -> None:
    refused = filled.add()
    filled.answer(refused, ReceiptState.REFUSED)
    later = filled.add(takes_back=refused)
    assert forget(filled, 10) == (0, 0)
    filled.answer(later, at=after(10 * 86_400))
    assert forget(filled, 10) == (1, 0), "that of the void stays for its own days"
    assert filled.db.execute("SELECT record_id FROM summary").fetchall() == [(str(later),)]


def test_bytes_whose_receipt_names_another_hash_stay(filled: Filled) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    other = filled.operator.receipt(record_id, filled.terminal, 1, "f" * 64)
    filled.db.execute("UPDATE outbox SET receipt = ?", (filled.operator.sign_receipt(other).encode(),))
    assert forget(filled, 100) == (1, 0)
    assert filled.outbox.by_id(record_id).sealed_here


FORGED = ("signature", "key", "date", "state", "record")


@pytest.mark.parametrize("what", FORGED)
def test_bytes_stay_when_the_receipt_is_not_the_operators(filled: Filled, what: str) -> None:
    record_id = filled.add()
    filled.answer(record_id)
    good = filled.operator.receipt(record_id, filled.terminal, 1, filled.sha256(record_id), at=NOW)
    forged = {
        "signature": lambda: replace(filled.operator.sign_receipt(good), signature=bytes(64)),
        "key": lambda: ActingOperator().sign_receipt(good),
        "date": lambda: filled.operator.sign_receipt(replace(good, operator_time=after(-40 * 366 * 86_400))),
        "state": lambda: filled.operator.sign_receipt(replace(good, state=ReceiptState.RECEIVED)),
        "record": lambda: filled.operator.sign_receipt(replace(good, record_id=UUID(int=7))),
    }[what]()
    filled.db.execute("UPDATE outbox SET receipt = ?", (forged.encode(),))
    assert forget(filled, 100) == (1, 0)
    assert filled.outbox.by_id(record_id).sealed_here
    filled.db.execute("UPDATE outbox SET receipt = ?", (filled.operator.sign_receipt(good).encode(),))
    assert forget(filled, 100) == (0, 1)


def test_a_clock_years_ahead_lets_no_sealed_bytes_go(filled: Filled, passing: PassingTime) -> None:
    filled.answer(filled.add())
    years_ahead = NOW + 10 * 365 * DAY
    assert filled.outbox.forget(years_ahead, PACK) == (1, 0), "the operator has said no time at all"
    filled.says(NOW + DAY)
    passing.start_anew()
    assert filled.outbox.forget(years_ahead, PACK) == (0, 0)
    passing.s += 29 * 86_400 - 11
    assert filled.outbox.forget(years_ahead, PACK) == (0, 0)


def test_what_has_surely_passed_since_the_operators_word_counts(filled: Filled, passing: PassingTime) -> None:
    filled.answer(filled.add())
    filled.says(NOW + DAY)
    passing.s += 29 * 86_400 - 1
    a_clock_that_is_behind = NOW - 400 * DAY
    assert filled.outbox.forget(a_clock_that_is_behind, PACK) == (0, 0)
    passing.s += 1
    assert filled.outbox.forget(a_clock_that_is_behind, PACK) == (0, 1)


def test_more_records_than_one_batch_are_let_go(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outlet_app.store.forgetting.BATCH", 3)
    for record_id in [filled.add() for _ in range(8)]:
        filled.answer(record_id)
    assert forget(filled, 30) == (8, 8)
    assert forget(filled, 30) == (0, 0)


def test_a_policy_of_countless_days_keeps_everything(filled: Filled) -> None:
    filled.answer(filled.add())
    pack = replace(PACK, summary_days=2**53 - 1, sealed_days=MOST_DAYS * 10)
    assert forget(filled, 10_000, pack) == (0, 0)


def test_what_was_let_go_is_in_no_file_any_more(filled: Filled, home: Path) -> None:
    record_id = filled.add(mask="139••••4711")
    filled.answer(record_id)
    sealed = filled.db.execute("SELECT envelope FROM sealed").fetchone()[0]
    marks = (sealed[:64], "139••••4711".encode())

    def found() -> list[bool]:
        data = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        return [mark in data for mark in marks]

    assert found() == [True, True]
    forget(filled, 30)
    assert found() == [False, False]
    assert filled.events()[-2:] == ["summaries-forgotten", "sealed-forgotten"]


def test_while_somebody_reads_an_earlier_state_nobody_waits_and_the_log_is_emptied_later(
    filled: Filled, home: Path
) -> None:
    record_id = filled.add(mask="139••••4711")
    filled.answer(record_id)
    log = home / f"{FILE_NAME}-wal"
    with closing(sqlite3.connect(home / FILE_NAME, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchone()
        filled.add()
        began = monotonic()
        forget(filled, 30)
        assert monotonic() - began < 5, "writers are kept out as long as the readers are waited for"
        assert "139••••4711".encode() in log.read_bytes()
        assert filled.db.execute("PRAGMA busy_timeout").fetchone()[0] > 1000
    assert forget(filled, 30) == (0, 0)
    assert log.stat().st_size == 0


def test_held_counts_whose_data_is_here(filled: Filled) -> None:
    for n in range(3):
        filled.add(at=NOW - n * DAY)
    assert filled.outbox.held(NOW).to_json() == {
        "sealed_records": 3,
        "summaries": 3,
        "oldest_age_s": 2 * 86_400,
    }
