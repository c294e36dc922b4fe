"""Confirm to durable commit, beside a bare seal, sign and ``sqlite3`` insert of the same bytes."""

import itertools
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.counter import BenchmarkCounter
from outlet_app.contract.envelope import decode_envelope, seal_info, sign_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.sealing import SuiteName, generate_key, seal
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import FILE_NAME, PRAGMAS

RECORDS = 1000
WARM_UP = 50


def main() -> None:
    """Print median and 99th percentile of both, taken in turns, and their ratios."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(BenchmarkCounter(Path(folder, "outlet"))) as counter,
    ):
        sizes = _sizes(counter)
        with closing(_BareStore(Path(folder, "bare.db"), *sizes)) as bare:
            mine, theirs = _in_turns(counter, bare)
    print(f"confirm to durable commit, against bare seal + sign + insert ({RECORDS} each, in turns)")
    for name, at in (("median", 0.5), ("99th percentile", 0.99)):
        outlet, alone = _quantile(mine, at), _quantile(theirs, at)
        ratio = outlet / alone
        print(f"  {name:>15}: outlet {outlet:6.2f} ms, bare {alone:6.2f} ms, ratio {ratio:.2f} (limit 1.5)")


class _BareStore:
    """What no outlet could do with less: one table, the same settings, the same number of bytes."""

    def __init__(self, file: Path, header_bytes: int, plain_bytes: int) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        for pragma in PRAGMAS:
            self._db.execute(pragma).fetchall()
        self._db.execute("CREATE TABLE sealed (id INTEGER PRIMARY KEY, envelope BLOB NOT NULL) STRICT")
        self._key = Ed25519PrivateKey.generate()
        self._public = generate_key(SuiteName.HYBRID)[1]
        self._header, self._plain = b"h" * header_bytes, b"p" * plain_bytes
        self._numbers = itertools.count(1)

    def store_next(self) -> None:
        """Seal, sign, insert, commit."""
        ciphertext = seal(SuiteName.HYBRID, self._public, self._plain, seal_info(self._header))
        envelope = sign_envelope(self._key, self._header, ciphertext).encode()
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("INSERT INTO sealed (id, envelope) VALUES (?, ?)", (next(self._numbers), envelope))
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


def _sizes(counter: BenchmarkCounter) -> tuple[int, int]:
    """Bytes of a header and of what is sealed, of a record that the counter really makes."""
    counter.confirm(counter.next_draft())
    with closing(sqlite3.connect(counter.home / FILE_NAME)) as db:
        (data,) = db.execute("SELECT envelope FROM sealed").fetchone()
    envelope = decode_envelope(data)
    assert decode_header(envelope.header).suite is SuiteName.HYBRID
    probe = seal(SuiteName.HYBRID, generate_key(SuiteName.HYBRID)[1], b"", b"")
    return len(envelope.header), len(envelope.ciphertext) - len(probe)


def _in_turns(counter: BenchmarkCounter, bare: _BareStore) -> tuple[list[float], list[float]]:
    """Milliseconds of each call, after a warm-up; in turns, so that the machine's moods hit both."""
    mine, theirs = [], []
    for _ in range(WARM_UP + RECORDS):
        draft = counter.next_draft()
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
        theirs.append((perf_counter() - confirmed) * 1000)
        mine.append((confirmed - started) * 1000)
    return mine[WARM_UP:], theirs[WARM_UP:]


def _quantile(times: list[float], at: float) -> float:
    return sorted(times)[min(int(len(times) * at), len(times) - 1)]
