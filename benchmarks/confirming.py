"""Confirm to durable commit, beside bare seal, sign and ``sqlite3`` (bare_stores).

Timed of the outlet is all from the button to the end of SQLite's COMMIT. What the
window does before the button can be pressed (Intake.prepare) is not: no customer
waits for it. The bare ones begin with their seal and end with their COMMIT. No
log is brought into its file by anybody but SQLite, at the same number of pages.
"""

import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from benchmarks.bare_stores import OneRow, SameRows, StoredRecord
from benchmarks.counter import BenchmarkCounter
from outlet_app import checkpoints
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Draft
from outlet_app.store.database import FILE_NAME

RECORDS = 1000
WARM_UP = 50
DURABLE = checkpoints.Point.AFTER_COMMIT


def main() -> None:
    """Print median and 99th percentile of all three, taken in turns, and their ratios."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder, "outlet")
        counter = stack.enter_context(closing(BenchmarkCounter(home)))
        counter.confirm(counter.next_draft())
        stored = StoredRecord.last_of(home / FILE_NAME)
        one_row = stack.enter_context(closing(OneRow(Path(folder, "one_row.db"), stored)))
        same_rows = stack.enter_context(
            closing(SameRows(Path(folder, "same_rows.db"), home / FILE_NAME, stored))
        )
        with _cycles_collected_between():
            times = _in_turns(counter, one_row, same_rows)
    print(f"confirm to durable commit, against bare seal + sign + insert ({RECORDS} each, in turns)")
    for name, at in (("median", 0.5), ("99th percentile", 0.99)):
        durable, slip = _quantile(times.durable, at), _quantile(times.slip, at)
        print(f"  {name:>15}: outlet {durable:6.2f} ms; to the slip {slip:6.2f} ms")
        for what, bare in (
            ("all in one row of one table", times.one_row),
            ("the same rows in the same tables", times.same_rows),
        ):
            alone = _quantile(bare, at)
            print(f"  {'':>15}  {what:>32} {alone:6.2f} ms, ratio {durable / alone:.2f} (limit 1.5)")


@dataclass
class _Times:
    """Milliseconds from the button to the durable commit and to the slip, and of the bare ones."""

    durable: list[float] = field(default_factory=list)
    slip: list[float] = field(default_factory=list)
    one_row: list[float] = field(default_factory=list)
    same_rows: list[float] = field(default_factory=list)


def _in_turns(counter: BenchmarkCounter, one_row: OneRow, same_rows: SameRows) -> _Times:
    """Times after a warm-up; in turns, so that the machine's moods hit all.

    Before each of them a customer's registration is made ready, and they change
    places: nobody always finds the processor's memory as another's commit left it.
    """
    times = _Times()
    takers: list[Callable[[Draft], None]] = [
        lambda draft: _confirmed(counter, draft, times),
        lambda _: times.one_row.append(_timed(one_row.store_next)),
        lambda _: times.same_rows.append(_timed(same_rows.store_next)),
    ]
    for turn in range(WARM_UP + RECORDS):
        if turn == WARM_UP:
            for found in (times.durable, times.slip, times.one_row, times.same_rows):
                found.clear()
        for taker in takers[turn % 3 :] + takers[: turn % 3]:
            gc.collect(0)
            draft = counter.next_draft()
            counter.prepare(draft)
            taker(draft)
    return times


@contextmanager
def _cycles_collected_between() -> Iterator[None]:
    """As at the counter (ui/cycles): Python collects cycles between two customers and never by itself."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _confirmed(counter: BenchmarkCounter, draft: Draft, times: _Times) -> None:
    commits: list[float] = []
    checkpoints.listener = lambda point: commits.append(perf_counter()) if point is DURABLE else None
    started = perf_counter()
    try:
        counter.confirm(draft)
    except KnownFailure as failure:
        # two of a thousand SIM cards have the same tags once in thirty runs
        if failure.code is not FailureCode.ICCID_WAITING:
            raise
        return
    finally:
        checkpoints.listener = None
    times.slip.append((perf_counter() - started) * 1000)
    times.durable.append((commits[-1] - started) * 1000)


def _timed(work: Callable[[], None]) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000


def _quantile(times: list[float], at: float) -> float:
    return sorted(times)[min(int(len(times) * at), len(times) - 1)]
