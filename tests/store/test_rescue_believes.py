"""What a rescue believes: receipts that the operator signed, and who says that a document was typed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from outlet_app.contract.receipt import ReceiptState, receipt_from_value
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.exceptions import ACT
from outlet_app.store import rescue_progress
from outlet_app.store.database import open_database
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.outbox import Outbox
from outlet_app.store.rescue import rescue
from outlet_app.trust.terminal_key import public_key
from tests.intake.counter import Clock
from tests.store.damage import overwrite
from tests.store.kept_records import ANSWERED, TERMINAL, Kept, assert_goes_on, assert_sound
from tests.store.kept_records import FILLED_WITH as COUNT
from tests.trust.acting_operator import NOW, ActingOperator

Change = Callable[[sqlite3.Connection], object]
NEVER_CHANGED = ("a_record_never_changes", "a_reference_never_changes", "the_journal_never_changes")


def changed(kept: Kept, change: Change) -> None:
    """The database as somebody left it who minds none of its rules; then its header is lost."""
    with closing(sqlite3.connect(kept.file, isolation_level=None)) as db:
        for name in NEVER_CHANGED:
            db.execute(f"DROP TRIGGER {name}")
        change(db)
    overwrite(kept.file, 100, bytes(200))


def column(kept: Kept, sql: str) -> list[object]:
    db = open_database(kept.file, partial(public_key, kept.home), Clock())
    with closing(db.conn):
        return [row[0] for row in db.execute(sql).fetchall()]


def put_receipt(sequence: int, make: Callable[[SignedObject], SignedObject]) -> Change:
    def change(db: sqlite3.Connection) -> None:
        (data,) = db.execute("SELECT receipt FROM outbox WHERE sequence = ?", (sequence,)).fetchone()
        new = make(decode_signed(data, "receipt")).encode()
        db.execute("UPDATE outbox SET receipt = ? WHERE sequence = ?", (new, sequence))

    return change


def by_another(signed: SignedObject) -> SignedObject:
    return ActingOperator().sign_receipt(receipt_from_value(signed.value("receipt")))


FORGERIES = {
    "another's key": by_another,
    "no signature": lambda signed: replace(signed, signature=bytes(64)),
    "another's key under ours": lambda signed: replace(by_another(signed), key=signed.key),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_receipt_that_the_operator_did_not_sign_makes_no_record_an_accepted_one(
    closed: Kept, tmp_path: Path, name: str
) -> None:
    copy = closed.copied(tmp_path / "copy")
    changed(copy, put_receipt(3, FORGERIES[name]))
    assert assert_sound(copy) == set()
    assert column(copy, "SELECT state FROM outbox WHERE sequence = 3") == [RecordState.QUEUED]
    assert column(copy, "SELECT count(*) FROM outbox WHERE state = 'accepted'") == [ANSWERED - 1]


def test_a_number_whose_bytes_are_gone_is_lost_when_its_receipt_is_forged(
    closed: Kept, tmp_path: Path
) -> None:
    copy = closed.copied(tmp_path / "copy")

    def both_gone(db: sqlite3.Connection) -> None:
        for sequence in (3, 4):
            db.execute(
                "DELETE FROM sealed WHERE record_id IN (SELECT record_id FROM outbox WHERE sequence = ?)",
                (sequence,),
            )
        put_receipt(3, by_another)(db)

    changed(copy, both_gone)
    assert assert_sound(copy) == {3}, "the other is with the operator, who signed so"


def test_a_state_that_the_receipt_does_not_say_is_not_believed(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")

    def received(signed: SignedObject) -> SignedObject:
        receipt = receipt_from_value(signed.value("receipt"))
        return closed.operator.sign_receipt(replace(receipt, state=ReceiptState.RECEIVED))

    changed(copy, put_receipt(3, received))
    assert assert_sound(copy) == set()
    assert column(copy, "SELECT state FROM outbox WHERE sequence = 3") == [RecordState.QUEUED]


def typed(db: sqlite3.Connection, *sequences: int) -> None:
    for sequence in sequences:
        db.execute("UPDATE outbox SET exception = 1, boot = 'b', boot_ms = 1 WHERE sequence = ?", (sequence,))


def test_the_count_of_typed_documents_outlives_a_rescue(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    changed(copy, lambda db: typed(db, 2, 30))
    assert assert_sound(copy) == set()
    assert column(copy, "SELECT sequence FROM outbox WHERE exception = 1 ORDER BY 1") == [2, 30]
    db = open_database(copy.file)
    with closing(db.conn):
        assert Outbox(db, TERMINAL).exceptions_since(NOW.replace(hour=0)) == 2
    assert_goes_on(copy, COUNT)


def a_row_that_breaks_a_rule(db: sqlite3.Connection) -> None:
    typed(db, 30)
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute("UPDATE outbox SET wait = 'never' WHERE sequence = 30")


def a_row_that_is_gone(db: sqlite3.Connection) -> None:
    """Its sealed record and its summary are there, and say that the document has no chip."""
    for name in ("a_number_is_never_given_back", "sealed_bytes_go_on_a_receipt_only"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute(
        "UPDATE summary SET document_kind = 'household-register'"
        " WHERE record_id = (SELECT record_id FROM outbox WHERE sequence = 30)"
    )
    db.execute("DELETE FROM outbox WHERE sequence = 30")


def a_value_that_is_none(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA ignore_check_constraints = ON")
    (record_id,) = db.execute("SELECT record_id FROM outbox WHERE sequence = 30").fetchone()
    db.execute("UPDATE outbox SET exception = 7 WHERE sequence = 30")
    db.execute("UPDATE summary SET document_kind = 'household-register' WHERE record_id = ?", (record_id,))


@pytest.mark.parametrize("damage", [a_row_that_breaks_a_rule, a_row_that_is_gone, a_value_that_is_none])
def test_what_was_typed_is_known_although_its_row_is_damaged(
    closed: Kept, tmp_path: Path, damage: Change
) -> None:
    copy = closed.copied(tmp_path / "copy")
    changed(copy, damage)
    assert assert_sound(copy) == set()
    assert column(copy, "SELECT sequence FROM outbox WHERE exception = 1") == [30]


def test_the_supervisors_approval_in_the_journal_says_so_too(closed: Kept, tmp_path: Path) -> None:
    """A document with a chip that is defective was typed as well."""
    copy = closed.copied(tmp_path / "copy")
    (record_id,) = column(copy, "SELECT record_id FROM outbox WHERE sequence = 30")
    db = open_database(copy.file)
    with closing(db.conn):
        Journal(db, TERMINAL).record(JournalEvent.APPROVED, NOW, subject="7002", detail=f"{ACT} {record_id}")

    def both_gone(db: sqlite3.Connection) -> None:
        a_row_that_is_gone(db)
        db.execute("DELETE FROM summary WHERE record_id = ?", (record_id,))
        db.execute("DELETE FROM sealed WHERE record_id = ?", (record_id,))

    changed(copy, both_gone)
    assert assert_sound(copy) == {30}
    assert column(copy, "SELECT sequence FROM outbox WHERE exception = 1") == [30]


def test_what_was_replaced_is_so_after_a_rescue(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")

    def voided(db: sqlite3.Connection) -> None:
        (first,) = db.execute("SELECT record_id FROM outbox WHERE sequence = 2").fetchone()
        db.execute("UPDATE outbox SET kind = 'void', refers_to = ? WHERE sequence = 5", (first,))

    changed(copy, voided)
    assert_sound(copy)
    assert column(copy, "SELECT sequence FROM outbox WHERE replaced = 1") == [2]


def test_a_rescue_tells_how_far_it_is(closed: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = closed.copied(tmp_path / "copy")
    overwrite(copy.file, 100, bytes(200))
    monkeypatch.setattr(rescue_progress, "TELL_EVERY_S", 0.0)
    monkeypatch.setattr(rescue_progress, "LOOK_EVERY", 1)
    told: list[int] = []
    end = rescue_progress.listen(told.append)
    rescue(copy.file, partial(public_key, copy.home), NOW)
    end()
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 100)
    assert len(set(told)) > 20
    assert rescue_progress.READ in told
    count = len(told)
    rescue(copy.file, partial(public_key, copy.home), NOW)
    assert len(told) == count, "nobody is told who wants to know no more"
