"""Enqueue, next due and status at a million stored records, beside the same at a thousand."""

import statistics
import tempfile
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlite_utils import Database

from benchmarks.counter import BenchmarkCounter
from outlet_app.domain import timestamps
from outlet_app.store.database import FILE_NAME, open_database, write
from outlet_app.store.journal import Journal
from outlet_app.store.outbox import Outbox

FEW, MANY = 1_000, 1_000_000
ROUNDS = 200
BATCH = 20
TERMINAL = "T001-1"

_RECORDS = """
    WITH RECURSIVE n (i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
    INSERT INTO outbox (terminal, sequence, record_id, outlet, kind, channel, policy, confirmed_at,
        envelope_sha256, state, receipt, operator_time, slip_shown_at)
    SELECT :terminal, i, printf('01890a5d-ac96-7000-8000-%012x', i), 'T001', 'open', 'counter', 1, :at,
        printf('%064x', i), 'accepted', x'00', :at, :at FROM n
"""
_SUMMARIES = """
    INSERT INTO summary (record_id, clerk, document_kind, family_initial, phone_mask, number_tag, iccid_tag,
        iccid_second_tag, identity_tag)
    SELECT record_id, '7001', 'resident-id', '样', printf('13%d••••%04d', sequence % 10, sequence % 10000),
        sequence % 64, sequence % 4096, (sequence / 4096) % 4096, (sequence * 7) % 512
    FROM outbox WHERE sequence BETWEEN :first AND :last
"""
_JOURNAL = """
    WITH RECURSIVE n (i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
    INSERT INTO journal (terminal, number, at, event, subject, detail, previous, hash)
    SELECT :terminal, i, :at, 'record-stored', '', '', printf('%064x', i - 1), printf('%064x', i) FROM n
"""


def main() -> None:
    """Print a line for each: median at both sizes, taken in turns, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        few, many = (
            stack.enter_context(closing(_Queue(Path(folder, str(stored)), stored))) for stored in (FEW, MANY)
        )
        for _ in range(ROUNDS):
            few.round()
            many.round()
    print(f"at {MANY:,} stored records, against {FEW:,} (median of {ROUNDS} each, in turns, limit 1.2)")
    for name, times in few.times.items():
        here, there = statistics.median(times), statistics.median(many.times[name])
        print(f"  {name:>10}: {there:6.3f} ms against {here:6.3f} ms, ratio {there / here:.2f}")


class _Queue:
    """A counter with so many stored records, and the milliseconds that each question took."""

    def __init__(self, home: Path, stored: int) -> None:
        self._counter = BenchmarkCounter(home)
        self._db = open_database(home / FILE_NAME)
        _fill(self._db, stored)
        self._outbox = Outbox(self._db, TERMINAL)
        self.times: dict[str, list[float]] = {"enqueue": [], "next due": [], "status": []}

    def round(self) -> None:
        """One registration, nothing of it prepared; what is due next; and how the queue stands."""
        draft, now = self._counter.next_draft(), self._counter.present
        started = perf_counter()
        self._counter.confirm(draft)
        enqueued = perf_counter()
        leased = self._outbox.lease_due(BATCH, now)
        found = perf_counter()
        self._outbox.status(now)
        told = perf_counter()
        self._outbox.release([row.record_id for row in leased])
        for name, passed in zip(
            self.times, (enqueued - started, found - enqueued, told - found), strict=True
        ):
            self.times[name].append(passed * 1000)

    def close(self) -> None:
        """Close both connections."""
        self._db.close()
        self._counter.close()


def _fill(db: Database, stored: int) -> None:
    """Accepted records of the last weeks, their summaries and entries, in steps that keep the log small."""
    at = timestamps.to_text(timestamps.from_text("2026-03-02T04:00:00.000Z") - timedelta(days=20))
    entries = Journal(db, TERMINAL).head().length
    step = 100_000
    for first in range(1, stored + 1, step):
        last = min(first + step - 1, stored)
        values = {"first": first, "last": last, "terminal": TERMINAL, "at": at}
        with write(db):
            db.execute(_RECORDS, values)
            db.execute(_SUMMARIES, values)
            db.execute(_JOURNAL, {**values, "first": entries + first, "last": entries + last})
