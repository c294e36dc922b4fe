"""The books of one counter: what was sold, what slips were shown, and whether outlet and operator agree."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from campaigns.crash.acting_clerk import Sale
from campaigns.crash.audit import Audit
from campaigns.crash.counter import CounterUnderTest
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
    audit: Audit = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was looked at yet."""
        self.audit = Audit(self.counter.terminal)

    def faults(self) -> list[str]:
        """What is wrong now, whatever was killed: empty when nothing is lost, doubled or out of order."""
        with closing(sqlite3.connect(self.counter.home / FILE_NAME, isolation_level=None)) as db:
            db.execute("BEGIN")  # one moment for all that is read
            found = self.audit.faults(db)
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
