"""Confirm to durable commit, beside a bare seal, sign and ``sqlite3`` insert of the same bytes.

Timed of the outlet is all from the button to the end of SQLite's COMMIT. What the
window does before the button can be pressed (Intake.prepare) is not: no customer
waits for it. The bare one begins with its seal and ends with its COMMIT. Neither
log is brought into its file by anybody but SQLite, at the same number of pages.
"""

import itertools
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.counter import BenchmarkCounter
from outlet_app import checkpoints
from outlet_app.contract.envelope import Envelope, decode_envelope, seal_info, sign_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.sealing import generate_key, seal
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, PRAGMAS

RECORDS = 1000
WARM_UP = 50
DURABLE = checkpoints.Point.AFTER_COMMIT

_Value = str | int | bytes | None


def main() -> None:
    """Print median and 99th percentile of both, taken in turns, and their ratios."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(BenchmarkCounter(Path(folder, "outlet"))) as counter,
        closing(_BareStore(Path(folder, "bare.db"), *_stored(counter))) as bare,
    ):
        times = _in_turns(counter, bare)
    print(f"confirm to durable commit, against bare seal + sign + insert ({len(times.bare)} each, in turns)")
    for name, at in (("median", 0.5), ("99th percentile", 0.99)):
        durable, alone, slip = (_quantile(found, at) for found in (times.durable, times.bare, times.slip))
        print(
            f"  {name:>15}: outlet {durable:6.2f} ms, bare {alone:6.2f} ms, ratio {durable / alone:.2f}"
            f" (limit 1.5); to the slip {slip:6.2f} ms"
        )


class _BareStore:
    """What no outlet could do with less: one table, no index, one row, the same settings, the same bytes.

    The envelope is sealed and signed anew each time. Every other value that confirming a record stores
    stands beside it as it was stored once: number, hash, masked summary, journal entry.
    """

    def __init__(self, file: Path, envelope: Envelope, others: list[_Value]) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        for pragma in PRAGMAS:
            self._db.execute(pragma).fetchall()
        columns = ", ".join(f"value_{at}" for at in range(len(others)))
        self._db.execute(f"CREATE TABLE record (id INTEGER PRIMARY KEY, envelope BLOB NOT NULL, {columns})")
        self._insert = f"INSERT INTO record VALUES (?, ?{', ?' * len(others)})"  # noqa: S608 - marks only
        self._key = Ed25519PrivateKey.generate()
        suite = decode_header(envelope.header).suite
        self._suite, self._public = suite, generate_key(suite)[1]
        nothing = seal(suite, self._public, b"", b"")
        self._header, self._plain = envelope.header, b"p" * (len(envelope.ciphertext) - len(nothing))
        self._others = others
        self._numbers = itertools.count(1)

    def store_next(self) -> None:
        """Seal, sign, insert, commit."""
        ciphertext = seal(self._suite, self._public, self._plain, seal_info(self._header))
        envelope = sign_envelope(self._key, self._header, ciphertext).encode()
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(self._insert, (next(self._numbers), envelope, *self._others))
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


def _stored(counter: BenchmarkCounter) -> tuple[Envelope, list[_Value]]:
    """A record as it is stored by confirming it: its envelope, and every other value in any table."""
    counter.confirm(counter.next_draft())
    with closing(sqlite3.connect(counter.home / FILE_NAME)) as db:
        (sealed,) = db.execute("SELECT envelope FROM sealed").fetchone()
        others = [
            value
            for query in (
                "SELECT * FROM outbox",
                "SELECT record_id FROM sealed",
                "SELECT * FROM summary",
                "SELECT * FROM journal ORDER BY number DESC LIMIT 1",
            )
            for value in db.execute(query).fetchone()
        ]
    return decode_envelope(sealed), others


@dataclass
class _Times:
    """Milliseconds from the button to the durable commit and to the slip, and of the bare insert."""

    durable: list[float] = field(default_factory=list)
    slip: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def _in_turns(counter: BenchmarkCounter, bare: _BareStore) -> _Times:
    """Times after a warm-up; in turns, so that the machine's moods hit both."""
    times, commits = _Times(), []
    checkpoints.listener = lambda point: commits.append(perf_counter()) if point is DURABLE else None
    for turn in range(WARM_UP + RECORDS):
        draft = counter.next_draft()
        counter.prepare(draft)
        started = perf_counter()
        try:
            counter.confirm(draft)
        except KnownFailure as failure:
            # two of a thousand SIM cards have the same tags once in thirty runs
            if failure.code is not FailureCode.ICCID_WAITING:
                raise
            continue
        confirmed = perf_counter()
        bare.store_next()
        stored = perf_counter()
        if turn >= WARM_UP:
            times.durable.append((commits[-1] - started) * 1000)
            times.slip.append((confirmed - started) * 1000)
            times.bare.append((stored - confirmed) * 1000)
    checkpoints.listener = None
    return times


def _quantile(times: list[float], at: float) -> float:
    return sorted(times)[min(int(len(times) * at), len(times) - 1)]
