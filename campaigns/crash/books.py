"""The books of one counter: what was sold, what slips were shown, and whether outlet and operator agree.

An auditor's: the databases are read as they lie there, and none of the
product's own checks is asked.
"""

import hashlib
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from campaigns.crash.acting_clerk import Sale
from campaigns.crash.counter import CounterUnderTest
from outlet_app.contract import canonical
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import NO_PREVIOUS, decode_header
from outlet_app.store.database import FILE_NAME

_ANSWERED = {"accepted", "refused"}
_TAKEN = {"number-taken", "iccid-taken"}
"""Why the operator may refuse: a sale was made again because nobody had seen its slip."""

OutboxLine = tuple[int, str, str]
"""Sequence, hex SHA-256 of the envelope, state."""


@dataclass(slots=True)
class Books:
    """Kept beside the counter, from what was seen on the screen alone."""

    counter: CounterUnderTest
    sold: list[Sale] = field(default_factory=list)
    slips: set[str] = field(default_factory=set)
    _records: int = 0
    _head: str = NO_PREVIOUS
    _entries: int = 0
    _journal_head: str = NO_PREVIOUS

    def faults(self) -> list[str]:
        """What is wrong now, whatever was killed: empty when nothing is lost, doubled or out of order."""
        with closing(sqlite3.connect(self.counter.home / FILE_NAME, isolation_level=None)) as db:
            db.execute("BEGIN")  # one moment for all that is read
            found = [] if _is_sound(db) else ["the database is damaged"]
            found += self._chain_faults(db) + self._journal_faults(db)
            outbox = _outbox(db)
        lost = self.slips - outbox.keys()
        found += [f"slips were shown of records that are not there: {sorted(lost)}"] if lost else []
        return found + _operator_faults(self.counter, outbox)

    def final_faults(self) -> list[str]:
        """The same, and every sale lives exactly once at the operator; nothing may wait any more."""
        found = self.faults()
        held = self.counter.operator.records(reveal=True)
        live = Counter(record["number"] for record in held if record["state"] == "accepted")
        wanted = Counter(sale.number for sale in self.sold)
        if live != wanted:
            found.append(
                f"lost {sorted((wanted - live).elements())}, doubled {sorted((live - wanted).elements())}"
            )
        if sorted(record["sequence"] for record in held) != list(range(1, len(held) + 1)):
            found.append("the operator's numbers have gaps")
        codes = {str(record["code"]) for record in held if record["state"] != "accepted"}
        if not codes <= _TAKEN:
            found.append(f"refused: {sorted(codes)}")
        unknown = self.slips - {record["id"] for record in held}
        return found + ([f"slips without a record at the operator: {sorted(unknown)}"] if unknown else [])

    def _chain_faults(self, db: sqlite3.Connection) -> list[str]:
        """Of the records since the last check: numbers without gaps, each naming the one before."""
        rows = db.execute(
            "SELECT sequence, envelope_sha256, envelope FROM outbox JOIN sealed USING (record_id)"
            " WHERE sequence > ? ORDER BY sequence",
            (self._records,),
        ).fetchall()
        for sequence, sha256, data in rows:
            envelope = decode_envelope(data)
            header = decode_header(envelope.header)
            if (sequence, header.sequence, header.previous) != (self._records + 1, sequence, self._head):
                return [f"the chain breaks at {sequence}"]
            if envelope.sha256() != sha256:
                return [f"the envelope of {sequence} was changed"]
            self._records, self._head = sequence, sha256
        return []

    def _journal_faults(self, db: sqlite3.Connection) -> list[str]:
        """Of the entries since the last check: numbers without gaps, each with the hash of the one before."""
        rows = db.execute(
            "SELECT terminal, number, at, event, subject, detail, previous, hash FROM journal"
            " WHERE terminal = ? AND number > ? ORDER BY number",
            (self.counter.terminal, self._entries),
        )
        names = [column[0] for column in rows.description]
        for row in rows:
            entry = dict(zip(names, row, strict=True))
            told = entry.pop("hash")
            known = (entry["number"], entry["previous"]) == (self._entries + 1, self._journal_head)
            if not known or hashlib.sha256(canonical.encode(entry)).hexdigest() != told:
                return [f"the journal breaks at {self._entries + 1}"]
            self._entries, self._journal_head = self._entries + 1, told
        return []


def _is_sound(db: sqlite3.Connection) -> bool:
    return bool(db.execute("PRAGMA quick_check").fetchone()[0] == "ok")


def _outbox(db: sqlite3.Connection) -> dict[str, OutboxLine]:
    rows = db.execute("SELECT record_id, sequence, envelope_sha256, state FROM outbox")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _operator_faults(counter: CounterUnderTest, outbox: dict[str, OutboxLine]) -> list[str]:
    with closing(sqlite3.connect(counter.operator.folder / "operator.db")) as db:
        rows = db.execute("SELECT id, sequence, envelope_sha256 FROM records").fetchall()
    held = {row[0]: (row[1], row[2]) for row in rows}
    foreign = [name for name, place in held.items() if name not in outbox or outbox[name][:2] != place]
    answered = [name for name, line in outbox.items() if line[2] in _ANSWERED and name not in held]
    found = [f"the operator holds what the outlet does not: {foreign}"] if foreign else []
    return found + ([f"answered for, and not held: {answered}"] if answered else [])
