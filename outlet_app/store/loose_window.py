"""Loose rows of one terminal's records, fetched a stretch of numbers at a time instead of one by one."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from outlet_app.domain.documents import CHIP_DOCUMENTS

NUMBERS = 256
_LIGHT = "sealed.rowid AS number_here, sealed.record_id, sequence, previous, sha256, proven"
_OWN = "terminal = :terminal AND sequence BETWEEN :first AND :last"
_OUTBOX = f"SELECT * FROM outbox WHERE {_OWN} ORDER BY receipt IS NOT NULL DESC, attempts DESC"  # noqa: S608 - constants
_BY_ID = f"""
    SELECT {_LIGHT} FROM sealed WHERE record_id IN (SELECT record_id FROM outbox WHERE {_OWN})
"""  # noqa: S608 - constants
_BY_NUMBER = f"SELECT {_LIGHT} FROM sealed WHERE {_OWN} AND proven >= 0 ORDER BY proven DESC"  # noqa: S608 - as above

Rows = list[sqlite3.Row]


class LooseWindow:
    """What was found of each number and each record's id. ``loose`` has the rows of LooseRows."""

    def __init__(self, loose: sqlite3.Connection, terminal: str) -> None:
        self._loose = loose
        self._terminal = terminal
        self._first, self._last = 1, 0
        self._rows: dict[int, Rows] = {}
        self._by_id: dict[str, Rows] = {}
        self._by_number: dict[int, Rows] = {}

    def rows(self, sequence: int) -> Rows:
        """Rows of the queue, those with a receipt first."""
        self._move_to(sequence)
        return self._rows.get(sequence, [])

    def sealed(self, sequence: int, record_id: str, sha256: str) -> sqlite3.Row | None:
        """The sealed record of this id and hash, without its bytes; the id is of a row of this number."""
        self._move_to(sequence)
        return next((one for one in self._by_id.get(record_id, ()) if one["sha256"] == sha256), None)

    def proven(self, sequence: int) -> sqlite3.Row | None:
        """The sealed record that proves itself to have this number, without its bytes."""
        self._move_to(sequence)
        return next(iter(self._by_number.get(sequence, ())), None)

    def envelope(self, sealed: sqlite3.Row) -> bytes:
        """Its bytes."""
        where = "SELECT envelope FROM sealed WHERE rowid = ?"
        return bytes(self._loose.execute(where, (sealed["number_here"],)).fetchone()[0])

    def stored(self, sequence: int) -> sqlite3.Row | None:
        """Id and moment of the record of this number, as the journal has them."""
        said = "SELECT subject, at FROM journal WHERE terminal = ? AND event = 'record-stored' AND detail = ?"
        row: sqlite3.Row | None = self._loose.execute(said, (self._terminal, str(sequence))).fetchone()
        return row

    def was_typed(self, record_id: str) -> bool:
        """True when a supervisor approved the document of this record to be typed, or it has no chip."""
        said = "SELECT 1 FROM journal WHERE terminal = ? AND event = 'approved' AND detail = ?"
        if self._loose.execute(said, (self._terminal, f"exception {record_id}")).fetchone() is not None:
            return True
        kinds = "SELECT document_kind FROM summary WHERE record_id = ? AND document_kind IS NOT NULL"
        found = self._loose.execute(kinds, (record_id,)).fetchone()
        return found is not None and found[0] not in CHIP_DOCUMENTS

    def _move_to(self, sequence: int) -> None:
        if self._first <= sequence <= self._last:
            return
        self._first, self._last = sequence, sequence + NUMBERS - 1
        self._rows = _by(self._all(_OUTBOX), "sequence")
        self._by_id = _by(self._all(_BY_ID), "record_id")
        self._by_number = _by(self._all(_BY_NUMBER), "sequence")

    def _all(self, query: str) -> Sequence[sqlite3.Row]:
        value = {"terminal": self._terminal, "first": self._first, "last": self._last}
        return self._loose.execute(query, value).fetchall()


def _by(rows: Sequence[sqlite3.Row], column: str) -> dict[Any, Rows]:
    found: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)
