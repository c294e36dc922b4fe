"""A data folder with real records in it, made once and copied, and what must be true of it after damage."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.service import Intake
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.journal import Journal
from outlet_app.store.journal_check import find_break
from outlet_app.store.outbox import Outbox
from outlet_app.trust.terminal_key import public_key
from tests.intake.counter import Clock, enrolled, register
from tests.trust.acting_operator import NOW, ActingOperator

FILLED_WITH = 40
TERMINAL = "T001-1"
ANSWERED = 12
"""Of the records, this many from the first have the operator's receipt."""


@dataclass
class Kept:
    """A folder, the envelopes that were put in (by sequence), and the operator that knows the terminal."""

    home: Path
    envelopes: dict[int, bytes]
    operator: ActingOperator

    @property
    def file(self) -> Path:
        return self.home / FILE_NAME

    @property
    def log(self) -> Path:
        return self.home / f"{FILE_NAME}-wal"

    def copied(self, to: Path) -> "Kept":
        shutil.copytree(self.home, to)
        return Kept(to, self.envelopes, self.operator)


def fill(home: Path, count: int, *, crashed: bool) -> Kept:
    """``count`` records, the first ANSWERED accepted; ``crashed`` leaves the log as a killed process does."""
    operator = ActingOperator()
    enrolled(home, operator)
    working = home.with_name(home.name + "-working") if crashed else home
    if crashed:
        home.rename(working)
    # an opening of its own brings the copy of the enrolment up to date
    Intake.open(working, Clock()).close()
    intake = Intake.open(working, Clock())
    with closing(intake):
        for number in range(1, count + 1):
            slip = register(intake, number, person=number)
            intake.slip_shown(slip.record_id)
            if number <= ANSWERED:
                _answer(working, operator, number)
        if crashed:
            shutil.copytree(working, home)
    return Kept(home, envelopes(home), operator)


def envelopes(home: Path) -> dict[int, bytes]:
    """What lies sealed in a folder, by sequence; on a copy, so that nothing is changed by looking."""
    looked_at = home.with_name(home.name + "-looked-at")
    shutil.copytree(home, looked_at)
    try:
        with closing(sqlite3.connect(looked_at / FILE_NAME)) as db:
            return dict(db.execute("SELECT sequence, envelope FROM outbox JOIN sealed USING (record_id)"))
    finally:
        shutil.rmtree(looked_at)


def assert_sound(kept: Kept) -> set[int]:
    """Open it, look at everything that must hold after any damage; the numbers whose records are lost."""
    db = open_database(kept.file, partial(public_key, kept.home), Clock())
    with closing(db.conn):
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        numbers = [row[0] for row in db.execute("SELECT sequence FROM outbox ORDER BY sequence")]
        assert numbers == list(range(1, len(numbers) + 1))
        here = dict(db.execute("SELECT sequence, envelope FROM outbox JOIN sealed USING (record_id)"))
        assert all(kept.envelopes[sequence] == data for sequence, data in here.items())
        states = dict(db.execute("SELECT sequence, state FROM outbox"))
        for sequence, state in states.items():
            if state in {RecordState.ACCEPTED, RecordState.RECEIVED, RecordState.REFUSED}:
                assert sequence <= ANSWERED, "nobody answered for it"
        lost = {
            row[0]
            for row in db.execute(
                "SELECT sequence FROM outbox WHERE last_error IN ('record-lost', 'copy-lost')"
            )
        }
        assert all(states[sequence] == RecordState.QUARANTINED for sequence in lost)
        assert not lost & here.keys()
        if numbers:
            assert find_break(Journal(db, TERMINAL), TERMINAL, 0) is None
    return lost


def assert_goes_on(kept: Kept, count: int) -> None:
    """The next registration gets a number that was never given, and follows the last record."""
    intake = Intake.open(kept.home, Clock())
    with closing(intake):
        slip = register(intake, 9000, person=400)
        assert slip.sequence > count
        intake.slip_shown(slip.record_id)


def _answer(home: Path, operator: ActingOperator, sequence: int) -> None:
    db = open_database(home / FILE_NAME)
    with closing(db.conn):
        outbox = Outbox(db, TERMINAL)
        row = outbox.show(str(sequence))
        sha256 = db.execute("SELECT envelope_sha256 FROM outbox WHERE sequence = ?", (sequence,)).fetchone()[
            0
        ]
        receipt = operator.receipt(row.record_id, TERMINAL, sequence, sha256, ReceiptState.ACCEPTED, at=NOW)
        outbox.apply_receipt(receipt, operator.sign_receipt(receipt).encode(), NOW)
