"""A value that cannot be one, in a file whole to SQLite: rescued, and a failure that says so at work."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.service import Intake
from outlet_app.store.database import Database, open_database
from outlet_app.store.integrity import is_damage_noted
from outlet_app.trust.terminal_key import public_key
from tests.intake.counter import Clock
from tests.store.kept_records import ANSWERED, TERMINAL, Kept, assert_goes_on, assert_sound
from tests.store.kept_records import FILLED_WITH as COUNT

NO_DAY = "2026-13-45T00:00:00.000Z"
ONE = " WHERE record_id IN (SELECT max(record_id) FROM {table})"


def turn(kept: Kept, table: str, column: str, value: object, which: str = ONE) -> None:
    """Overwrite values behind the schema's back, as a failing disk does."""
    with closing(sqlite3.connect(kept.file, isolation_level=None)) as db:
        db.execute("BEGIN")
        rules = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in rules:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(f"UPDATE {table} SET {column} = ?" + which.format(table=table), (value,))  # noqa: S608
        for _, sql in rules:
            db.execute(sql)
        db.execute("COMMIT")


@pytest.mark.parametrize(
    ("table", "column", "value", "which"),
    [
        ("outbox", "confirmed_at", NO_DAY, ONE),
        ("outbox", "confirmed_at", "", ""),
        ("outbox", "slip_shown_at", "2026-03-02T01:00:00.000z", ONE),
        ("outbox", "confirmed_at", "9999-12-31T23:59:59.999Z", ONE),
        ("outbox", "operator_time", NO_DAY, " WHERE sequence = 3"),
        ("outbox", "kind", "opeo", ONE),
        ("outbox", "channel", "\ufffdounter", ONE),
        ("summary", "document_kind", "sesident-id", ONE),
        ("enrolment", "enrolled_at", NO_DAY, ""),
        ("policy_pack", "terminal", "T001-3", ""),
        ("policy_pack", "number", 2**62, ""),
        ("outbox", "terminal", "T001-3", ONE),
        ("enrolment", "operator_journal", -(2**63), ""),
        ("summary", "record_id", "0" * 36, ONE),
    ],
)
def test_no_record_and_no_answer_is_lost_for_it(
    closed: Kept, tmp_path: Path, table: str, column: str, value: object, which: str
) -> None:
    copy = closed.copied(tmp_path / "copy")
    turn(copy, table, column, value, which)
    assert assert_sound(copy) == set()
    with closing(Intake.open(copy.home, Clock())) as intake:
        counts = intake.queue_status()
        assert (counts.accepted, counts.queued) in {
            (ANSWERED, COUNT - ANSWERED),
            (ANSWERED - 1, COUNT - ANSWERED + 1),
        }
        assert len(intake.records(limit=COUNT + 1)) == COUNT
        assert intake.enrolment() is not None
    assert_goes_on(copy, COUNT)


def test_an_answered_number_whose_bytes_were_let_go_stays_answered(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    with closing(sqlite3.connect(copy.file)) as db:
        db.execute("DELETE FROM sealed WHERE record_id IN (SELECT record_id FROM outbox WHERE sequence = 3)")
        db.commit()
    turn(copy, "outbox", "confirmed_at", NO_DAY, " WHERE sequence = 3")
    assert assert_sound(copy) == set()
    with closing(Intake.open(copy.home, Clock())) as intake:
        row = intake.mending.find(f"{TERMINAL}-000003")
    assert row.state is RecordState.ACCEPTED
    assert row.confirmed_at == row.operator_time


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("outbox", "confirmed_at", NO_DAY), ("enrolment", "enrolled_at", ""), ("journal", "at", "")],
)
def test_met_at_work_it_is_a_failure_with_a_way_out(
    closed: Kept, tmp_path: Path, table: str, column: str, value: object
) -> None:
    copy = closed.copied(tmp_path / "copy")
    with closing(Intake.open(copy.home, Clock())) as intake:
        turn(copy, table, column, value, "")
        with pytest.raises(KnownFailure) as caught:
            _everything(intake)
        assert caught.value.code is FailureCode.STORAGE_CORRUPT
        assert is_damage_noted(copy.file)
    with closing(Intake.open(copy.home, Clock())) as intake:
        _everything(intake)


def _everything(intake: Intake) -> None:
    intake.queue_status()
    intake.enrolment()
    intake.notices()


def test_a_lock_that_cannot_be_read_is_lifted_by_the_rescue(closed: Kept, tmp_path: Path) -> None:
    copy = closed.copied(tmp_path / "copy")
    with closing(sqlite3.connect(copy.file)) as db:
        db.execute(
            "INSERT INTO sign_in (terminal, clerk, salt, tries, locks, locked_until)"
            " VALUES (?, '7001', x'01', 5, 2, 'soon')",
            (TERMINAL,),
        )
        db.commit()
    assert assert_sound(copy) == set()
    rescued: Database = open_database(copy.file, partial(public_key, copy.home), Clock())
    with closing(rescued.conn):
        row = rescued.conn.execute("SELECT tries, locks, locked_until FROM sign_in").fetchone()
    assert row == (5, 2, None), "what was counted stays counted"
