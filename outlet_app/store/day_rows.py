"""What one day's closing looks at: every number of a range with its sealed bytes, and what is still open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from outlet_app.contract.day_words import OpenRun
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import believed, first_row, rows
from outlet_app.store.rebuilt_chain import LOST

_PAGE = 200
_NUMBERS = """
    SELECT sequence, outbox.record_id, outlet, kind, confirmed_at, envelope_sha256, state, last_error,
        receipt, slip_shown_at, envelope
    FROM outbox LEFT JOIN sealed USING (record_id)
    WHERE terminal = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
"""
_OPEN = """
    SELECT terminal, sequence, state, last_error FROM outbox
    WHERE state IN ('queued', 'sending', 'received', 'quarantined')
        AND record_id NOT IN (SELECT record_id FROM given_up)
    ORDER BY terminal, sequence
"""
_STORED = """
    SELECT number, subject, CAST(detail AS INTEGER) AS sequence FROM journal
    WHERE terminal = ? AND number > ? AND event = 'record-stored'
"""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number as the queue has it; ``receipt`` is what the operator signed, ``envelope`` the bytes."""

    sequence: int
    record_id: str
    outlet: str
    kind: str
    confirmed_at: datetime
    envelope_sha256: str
    state: RecordState
    lost: bool
    receipt: bytes | None
    slip_shown: bool
    envelope: bytes | None


def number_rows(db: Database, terminal: str, first: int, last: int) -> Iterator[NumberRow]:
    """The numbers of a range in order, page by page; those that are missing are passed over."""
    after = first - 1
    while True:
        page = rows(db, _NUMBERS, (terminal, after, last, _PAGE))
        with believed(db):
            for row in page:
                yield NumberRow(
                    sequence=row["sequence"],
                    record_id=row["record_id"],
                    outlet=row["outlet"],
                    kind=row["kind"],
                    confirmed_at=timestamps.from_text(row["confirmed_at"]),
                    envelope_sha256=row["envelope_sha256"],
                    state=RecordState(row["state"]),
                    lost=row["last_error"] in LOST,
                    receipt=row["receipt"],
                    slip_shown=row["slip_shown_at"] is not None,
                    envelope=row["envelope"],
                )
        if len(page) < _PAGE:
            return
        after = page[-1]["sequence"]


def open_runs(db: Database) -> list[OpenRun]:
    """All records of this device that are not decided and not given up, those in a row together."""
    found: list[OpenRun] = []
    with believed(db):
        for row in rows(db, _OPEN):
            state, code = RecordState(row["state"]), None
            if state is RecordState.QUARANTINED:
                code = row["last_error"]
            if state is RecordState.SENDING:
                state = RecordState.QUEUED
            last = found[-1] if found else None
            same = last is not None and (last.terminal, last.state, last.code, last.last + 1) == (
                row["terminal"],
                state,
                code,
                row["sequence"],
            )
            if last is not None and same:
                found[-1] = OpenRun(last.terminal, last.first, row["sequence"], state, code)
            else:
                found.append(OpenRun(row["terminal"], row["sequence"], row["sequence"], state, code))
    return found


def stored_in_journal(db: Database, terminal: str, after: int) -> dict[int, str]:
    """Number and id of each record whose storing the journal tells behind its entry ``after``."""
    return {row["sequence"]: row["subject"] for row in rows(db, _STORED, (terminal, after))}


def highest_sequence(db: Database, terminal: str) -> int:
    """The highest number of the queue; 0 before the first."""
    row = first_row(db, "SELECT max(sequence) AS highest FROM outbox WHERE terminal = ?", (terminal,))
    return 0 if row is None or row["highest"] is None else int(row["highest"])
