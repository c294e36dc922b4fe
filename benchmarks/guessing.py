"""What a wrong PIN costs whoever tries it, while a clerk is open and while locked, beside bare argon2id."""

import os
import sqlite3
import statistics
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.counter import BenchmarkCounter
from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.contract.roster import SALT_BYTES
from outlet_app.domain.failures import KnownFailure
from outlet_app.store.database import FILE_NAME
from outlet_app.store.sign_in_store import MOST_LOCK_S
from tests.intake.counter import CLERK

ROUNDS = 20
TRIES = 10_000


def main() -> None:
    """Print the cost of one try of each kind as a ratio, and what 10,000 tries leave behind."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(BenchmarkCounter(Path(folder, "outlet"))) as counter,
    ):
        bare, open_tries = [], []
        for n in range(ROUNDS):
            bare.append(_timed(partial(stretch_pin, f"{n:06d}", os.urandom(SALT_BYTES))))
            open_tries.append(_timed(partial(_try, counter, n)))
            # past any lock: every one of these tries is looked at
            counter.present += timedelta(seconds=MOST_LOCK_S)
        entries = _entries(counter)
        locked = [_timed(partial(_try, counter, n)) for n in range(TRIES)]
        # the first ones of them, until the clerk is locked, are open tries
        locked = locked[-TRIES // 2 :]
        grown = _entries(counter) - entries
    alone = statistics.median(bare)
    print(f"a wrong PIN, against bare argon2id (median of {ROUNDS}; {TRIES} tries against one clerk)")
    for name, times in (("open", open_tries), ("locked", locked)):
        cost = statistics.median(times)
        print(f"  {name:>6}: {cost:8.3f} ms, argon2id {alone:7.2f} ms, ratio {cost / alone:.4f}")
    print(f"  {TRIES} tries in a row left {grown} journal entries")


def _try(counter: BenchmarkCounter, n: int) -> None:
    with suppress(KnownFailure):
        counter.intake.people.sign_in(CLERK.number, f"{n:06d}")


def _entries(counter: BenchmarkCounter) -> int:
    with closing(sqlite3.connect(counter.home / FILE_NAME)) as db:
        return int(db.execute("SELECT count(*) FROM journal").fetchone()[0])


def _timed(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
