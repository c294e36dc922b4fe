"""The days that a terminal closed, and what its comparisons with the operator showed: signed, as bytes."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from outlet_app.contract.day_words import (
    DayClosing,
    DayResult,
    closing_from_value,
    result_from_value,
)
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject, decode_signed
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import first_row, rows, write
from outlet_app.store.journal import Journal, JournalEvent

_ALL = -1
"""What SQLite takes for no limit."""


@dataclass(frozen=True, slots=True)
class StoredClosing:
    """A closing beside the bytes that were signed; ``told`` once the operator has said that it holds it."""

    closing: DayClosing
    signed: SignedObject
    told: bool


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result beside the bytes that were signed, and the operator's signed answers that it rests on."""

    result: DayResult
    signed: SignedObject
    answers: bytes
    told: bool


class DayStore:
    """Closed days and results of one terminal."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal

    def last_closing(self) -> StoredClosing | None:
        """The youngest closing; None before the first."""
        found = self.closings(1)
        return found[0] if found else None

    def closings(self, limit: int = _ALL) -> list[StoredClosing]:
        """All or so many, youngest first; KnownFailure STORAGE_CORRUPT when one is not what was signed."""
        found = rows(
            self._db,
            "SELECT signed, told_at FROM day_closing WHERE terminal = ? ORDER BY number DESC LIMIT ?",
            (self._terminal, limit),
        )
        return [_closing(row["signed"], told=row["told_at"] is not None) for row in found]

    def closings_to_tell(self, limit: int, after: int = 0) -> list[StoredClosing]:
        """The oldest closings with numbers above ``after`` that the operator may not have."""
        found = rows(
            self._db,
            "SELECT signed FROM day_closing WHERE terminal = ? AND told_at IS NULL AND number > ?"
            " ORDER BY number LIMIT ?",
            (self._terminal, after, limit),
        )
        return [_closing(row["signed"], told=False) for row in found]

    def put_closing(self, closing: DayClosing, signed: SignedObject) -> bool:
        """Keep a closing and journal it; False when another was made in the meantime, and nothing is kept."""
        with write(self._db):
            last = first_row(
                self._db,
                "SELECT max(number) AS number FROM day_closing WHERE terminal = ?",
                (self._terminal,),
            )
            if last is not None and (last["number"] or 0) != closing.number - 1:
                return False
            self._db.execute(
                "INSERT INTO day_closing (terminal, number, first, last, signed) VALUES (?, ?, ?, ?, ?)",
                (self._terminal, closing.number, closing.first, closing.last, signed.encode()),
            )
            still_open = sum(run.last - run.first + 1 for run in closing.open)
            detail = f"{closing.day.isoformat()} {closing.first}-{closing.last}, open {still_open}"
            Journal(self._db, self._terminal).append(
                JournalEvent.DAY_CLOSED, closing.closed_at, subject=closing.closed_by.number, detail=detail
            )
        return True

    def results(self, limit: int = _ALL) -> list[StoredResult]:
        """All or so many, youngest first; KnownFailure STORAGE_CORRUPT when one is not what was signed."""
        found = rows(
            self._db,
            "SELECT signed, answers, told_at FROM day_result WHERE terminal = ? ORDER BY number DESC LIMIT ?",
            (self._terminal, limit),
        )
        return [_result(row["signed"], row["answers"], told=row["told_at"] is not None) for row in found]

    def results_to_tell(self, limit: int, after: int = 0) -> list[StoredResult]:
        """The oldest results with numbers above ``after`` that the operator may not have."""
        found = rows(
            self._db,
            "SELECT signed, answers FROM day_result WHERE terminal = ? AND told_at IS NULL AND number > ?"
            " ORDER BY number LIMIT ?",
            (self._terminal, after, limit),
        )
        return [_result(row["signed"], row["answers"], told=False) for row in found]

    def next_result_number(self) -> int:
        """The number of the next result."""
        row = first_row(
            self._db, "SELECT max(number) AS number FROM day_result WHERE terminal = ?", (self._terminal,)
        )
        return 1 + (0 if row is None or row["number"] is None else int(row["number"]))

    def put_result(self, result: DayResult, signed: SignedObject, answers: bytes) -> bool:
        """Keep a result; False when another of its number was kept in the meantime."""
        with write(self._db):
            done = self._db.execute(
                "INSERT INTO day_result (terminal, number, differences, signed, answers)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (self._terminal, result.number, result.difference_count, signed.encode(), answers),
            )
        return bool(done.rowcount)

    def note_told(self, closings: tuple[int, ...], results: tuple[int, ...], now: datetime) -> None:
        """The operator holds these closings and results."""
        at = timestamps.to_text(now)
        with write(self._db):
            for table, numbers in (("day_closing", closings), ("day_result", results)):
                self._db.conn.executemany(
                    f"UPDATE {table} SET told_at = ? WHERE terminal = ? AND number = ?",  # noqa: S608
                    [(at, self._terminal, number) for number in numbers],
                )

    def tell_again(self) -> None:
        """The operator has lost what it held: all closings and results are told anew."""
        with write(self._db):
            tell_days_again(self._db, self._terminal)


def tell_days_again(db: Database, terminal: str) -> None:
    """``DayStore.tell_again`` within the caller's writing transaction."""
    for table in ("day_closing", "day_result"):
        db.execute(f"UPDATE {table} SET told_at = NULL WHERE terminal = ?", (terminal,))  # noqa: S608


def _closing(data: bytes, *, told: bool) -> StoredClosing:
    try:
        signed = decode_signed(data, "closing")
        return StoredClosing(closing_from_value(signed.value("closing")), signed, told)
    except Malformed as exc:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, exc.where) from exc


def _result(data: bytes, answers: bytes, *, told: bool) -> StoredResult:
    try:
        signed = decode_signed(data, "result")
        return StoredResult(result_from_value(signed.value("result")), signed, answers, told)
    except Malformed as exc:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, exc.where) from exc
