"""Enqueue, next due and status at a million stored records, beside the same at a thousand."""

import statistics
import tempfile
from contextlib import closing
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
    """Print a line for each: median at both sizes, and their ratio."""
    few, many = _measured(FEW), _measured(MANY)
    print(f"at {MANY:,} stored records, against {FEW:,} (median of {ROUNDS}, limit 1.2)")
    for name, here in few.items():
        print(f"  {name:>10}: {many[name]:6.3f} ms against {here:6.3f} ms, ratio {many[name] / here:.2f}")


def _measured(stored: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, closing(BenchmarkCounter(Path(folder))) as counter:
        db = open_database(counter.home / FILE_NAME)
        _fill(db, stored)
        outbox = Outbox(db, TERMINAL)
        now = counter.present
        times: dict[str, list[float]] = {"enqueue": [], "next due": [], "status": []}
        for _ in range(ROUNDS):
            draft = counter.next_draft()
            started = perf_counter()
            counter.confirm(draft)
            enqueued = perf_counter()
            leased = outbox.lease_due(BATCH, now)
            found = perf_counter()
            outbox.status(now)
            told = perf_counter()
            outbox.release([row.record_id for row in leased])
            for name, passed in zip(times, (enqueued - started, found - enqueued, told - found), strict=True):
                times[name].append(passed * 1000)
        db.close()
    return {name: statistics.median(found) for name, found in times.items()}


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
