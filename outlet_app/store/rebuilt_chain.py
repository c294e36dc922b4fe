"""The numbers of one terminal from loose rows, without a gap: what is lost keeps its number and says so."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import RecordState
from outlet_app.store.chain_mark import Mark
from outlet_app.store.loose_window import LooseWindow
from outlet_app.store.receipt_keys import ReceiptKeys
from outlet_app.store.salvage import rebuilt_from_header

RECORD_LOST = "record-lost"
"""``last_error`` of a number whose sealed record is on this device no more, and not at the operator as far as
is known here."""

COPY_LOST = "copy-lost"
"""The same, where the operator said that it holds the record."""

LOST = frozenset({RECORD_LOST, COPY_LOST})

_FURTHEST_AHEAD = 100_000
"""A number further above all others than this is damage, not a number that was given."""

_ANSWERED = frozenset({RecordState.RECEIVED, RecordState.ACCEPTED, RecordState.REFUSED})


@dataclass
class ChainFindings:
    """What became of a terminal's numbers."""

    records: int = 0
    lost: list[int] = field(default_factory=list)
    copies_lost: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """One number's row for the queue, and its sealed record where there is one."""

    row: dict[str, Any]
    record_id: str
    envelope: bytes | None


class RebuiltChain:
    """One terminal's numbers in order.

    ``loose`` has the rows of LooseRows, ``mark`` is the file's, ``keys`` tell receipts from others.
    """

    def __init__(
        self,
        loose: sqlite3.Connection,
        enrolment: dict[str, Any],
        mark: Mark | None,
        *,
        columns: Sequence[str],
        now: str,
        keys: ReceiptKeys,
    ) -> None:
        self._loose = loose
        self._enrolment = enrolment
        self._terminal: str = enrolment["terminal"]
        self._mark = mark if mark is not None and mark.terminal == self._terminal else None
        self._columns = columns
        self._now = now
        self._keys = keys
        self._window = LooseWindow(loose, self._terminal)
        self.findings = ChainFindings()

    def numbers(self) -> Iterator[NumberedRow]:
        """Every number from 1 to the highest."""
        for sequence in range(1, self.highest() + 1):
            yield self._number(sequence)

    def highest(self) -> int:
        """The highest number that was ever given, as far as can be known."""
        found = self._loose.execute(
            "SELECT sequence FROM sealed WHERE terminal = ? AND proven >= 0"
            " UNION SELECT sequence FROM outbox WHERE terminal = ?"
            " UNION SELECT CAST(detail AS INTEGER) FROM journal"
            " WHERE terminal = ? AND event = 'record-stored'"
            " ORDER BY 1",
            (self._terminal,) * 3,
        )
        candidates = [row[0] for row in found] + [self._enrolment["operator_unbroken"]]
        if self._mark is not None:
            candidates.append(self._mark.sequence)
        highest = 0
        for candidate in sorted(candidates):
            if candidate - highest > _FURTHEST_AHEAD:
                break
            highest = max(highest, candidate)
        return highest

    def _number(self, sequence: int) -> NumberedRow:
        rows = self._window.rows(sequence)
        sealed = self._sealed(sequence, rows)
        if sealed is not None:
            matching = next((row for row in rows if row["envelope_sha256"] == sealed["sha256"]), None)
            envelope = self._window.envelope(sealed)
            if matching is None:
                row = rebuilt_from_header(envelope, self._columns)
            else:
                row = self._believed(matching)
                if sealed["proven"] >= 0:
                    # what cannot be read in the row, the envelope says of itself
                    row = {**rebuilt_from_header(envelope, self._columns), **row}
            self.findings.records += 1
            return NumberedRow(self._with_exception(row), row["record_id"], envelope)
        answered = next((row for row in rows if self._is_answered(row)), None)
        if answered is not None:
            self.findings.records += 1
            row = {"confirmed_at": answered["operator_time"], **_present(answered)}
            return NumberedRow(self._with_exception(row), answered["record_id"], None)
        return self._lost(sequence, rows[0] if rows else None)

    def _sealed(self, sequence: int, rows: list[sqlite3.Row]) -> sqlite3.Row | None:
        for row in rows:
            found = self._window.sealed(sequence, row["record_id"], row["envelope_sha256"])
            if found is not None:
                return found
        return self._window.proven(sequence)

    def _lost(self, sequence: int, row: sqlite3.Row | None, *, is_named: bool = True) -> NumberedRow:
        """The number stays taken; the next record follows the one that is lost, where its hash is known."""
        is_held = sequence <= int(self._enrolment["operator_unbroken"])
        gone = self.findings.copies_lost if is_held else self.findings.lost
        if sequence not in gone[-1:]:
            gone.append(sequence)
        known = {} if row is None else _present(row)
        stored = self._window.stored(sequence)
        record_id = stored["subject"] if stored and is_named else known.get("record_id")
        value = {
            "outlet": self._enrolment["outlet"],
            "kind": "open",
            "channel": "counter",
            "policy": 0,
            "attempts": 0,
            **known,
            "terminal": self._terminal,
            "sequence": sequence,
            "record_id": record_id or nameless_id(self._terminal, sequence),
            "confirmed_at": stored["at"] if stored else known.get("confirmed_at", self._now),
            "envelope_sha256": known.get("envelope_sha256") or self._hash_of(sequence),
            "slip_shown_at": known.get("slip_shown_at") or self._now,
        }
        lost = self._with_exception(lost_row(value, is_held=is_held))
        return NumberedRow(lost, value["record_id"], None)

    def nameless(self, sequence: int) -> dict[str, Any]:
        """The row of a number of which nothing that was found can be kept."""
        if sequence not in (*self.findings.copies_lost[-1:], *self.findings.lost[-1:]):
            self.findings.records -= 1
        return self._lost(sequence, None, is_named=False).row

    def _hash_of(self, sequence: int) -> str:
        if self._mark is not None and self._mark.sequence == sequence:
            return self._mark.envelope_sha256
        if self._enrolment["operator_unbroken"] == sequence and self._enrolment["operator_head"]:
            return str(self._enrolment["operator_head"])
        following = self._window.proven(sequence + 1)
        if following is not None and following["previous"] != NO_PREVIOUS:
            return str(following["previous"])
        return nameless_hash(self._terminal, sequence)

    def _with_exception(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row, which says whether the document was typed; where it does not say so itself, others do."""
        if "exception" not in self._columns or row.get("exception") in {0, 1}:
            return row
        return {**row, "exception": int(self._window.was_typed(row["record_id"]))}

    def _believed(self, row: sqlite3.Row) -> dict[str, Any]:
        """A row whose sealed record is here: without a receipt that names it, it waits (again)."""
        value = _present(row)
        if row["state"] in _ANSWERED and not self._is_answered(row):
            for name in ("receipt", "operator_time", "last_error", "error_field", "error_who"):
                value.pop(name, None)
            value["state"] = str(RecordState.QUEUED)
        return value

    def _is_answered(self, row: sqlite3.Row) -> bool:
        """True when a receipt for exactly this record lies in the row that the terminal's operator signed."""
        if row["state"] not in _ANSWERED or row["receipt"] is None:
            return False
        receipt = self._keys.proven(self._terminal, row["receipt"])
        if receipt is None or row["operator_time"] != timestamps.to_text(receipt.operator_time):
            return False
        return (str(receipt.record_id), receipt.terminal, receipt.sequence, receipt.envelope_sha256) == (
            row["record_id"],
            row["terminal"],
            row["sequence"],
            row["envelope_sha256"],
        ) and row["state"] == str(receipt.state)


def lost_row(value: dict[str, Any], *, is_held: bool) -> dict[str, Any]:
    """The row of a number whose record is not here: aside, never to be sent."""
    return {
        **value,
        "state": str(RecordState.QUARANTINED),
        "lease_until": None,
        "wait": None,
        "next_attempt_at": None,
        "last_error": COPY_LOST if is_held else RECORD_LOST,
        "error_field": None,
        "error_who": "operator",
        "receipt": None,
        "operator_time": None,
    }


def nameless_id(terminal: str, sequence: int) -> str:
    """The id of a lost record whose own is not known: the same each time, and nobody's else."""
    return str(uuid5(NAMESPACE_OID, json.dumps([terminal, sequence])))


def nameless_hash(terminal: str, sequence: int) -> str:
    """Stands for the hash of a lost record that nothing names; the operator sees that it fits none."""
    return hashlib.sha256(f"outlet-app/lost/{terminal}/{sequence}".encode()).hexdigest()


def _present(row: sqlite3.Row) -> dict[str, Any]:
    """The row without columns that its own schema version did not have."""
    return {name: value for name, value in zip(row.keys(), row, strict=True) if value is not None}
