"""Memory of a sender with 100,000 records waiting, beside one with 1,000: each in a process of its own.

The server believes every record, so that the sender is what is measured; the
envelopes are as long as real ones, and nobody opens them.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

import uuid6
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract.envelope import sign_envelope
from outlet_app.contract.header import Header
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.registrations import Channel, RecordKind
from outlet_app.domain.tags import RecordTags
from outlet_app.store.database import FILE_NAME, open_database, write
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import NewRecord
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stores import Stores
from tests.acting_server import acting_server
from tests.intake import counter
from tests.trust.acting_operator import NOW, ActingOperator

FEW, MANY = 1_000, 100_000
BATCH_SIZE = 100
CIPHERTEXT_BYTES = 4_400
TERMINAL = "T001-1"
_STEP = 500
_WITHIN_S = 3_600


def main() -> None:
    """Print the peak of both, and the ratio."""
    few, many = _peak_kib(FEW), _peak_kib(MANY)
    print(f"peak memory of a sender draining {MANY:,} records, against {FEW:,}")
    print(f"  {many / 1024:.1f} MiB against {few / 1024:.1f} MiB, ratio {many / few:.2f} (limit 1.2)")


def drain(home: Path) -> None:
    """All that waits there is sent; the process's peak in KiB is printed."""
    report = send(home, Sending(lambda: NOW, once=True))
    assert report.left == 0, report
    print(_own_peak_kib())


def _own_peak_kib() -> int:
    """Of this program alone: the other figure of Linux begins with what forked it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("no VmHWM: this benchmark needs Linux")


def _peak_kib(records: int) -> int:
    operator = ActingOperator()
    with tempfile.TemporaryDirectory() as folder, acting_server(operator) as server:
        home = Path(folder)
        server.batch_size = BATCH_SIZE
        counter.enrolled(home, operator)
        with Stores(home) as stores:
            stores._db.execute("UPDATE enrolment SET server = ?", (server.url,))  # noqa: SLF001 - as no product does
        _fill(home, records)
        command = [sys.executable, "-m", "benchmarks.draining_memory", str(home)]
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_WITHIN_S)
        rate = records / (time.monotonic() - started)
        print(f"  {records:,} records at {rate:.0f} a second")
    return int(done.stdout)


def _fill(home: Path, records: int) -> None:
    db = open_database(home / FILE_NAME)
    with closing(db.conn):
        outbox = Outbox(db, TERMINAL)
        key, previous = Ed25519PrivateKey.generate(), "0" * 64
        for first in range(1, records + 1, _STEP):
            with write(db):
                for sequence in range(first, min(first + _STEP, records + 1)):
                    new = _record(key, sequence, previous)
                    outbox.insert(new)
                    previous = new.envelope_sha256


def _record(key: Ed25519PrivateKey, sequence: int, previous: str) -> NewRecord:
    header = Header(
        record_id=UUID(bytes=uuid6.uuid7().bytes),
        terminal=TERMINAL,
        outlet="T001",
        sequence=sequence,
        previous=previous,
        policy=1,
        key="0" * 16,
        suite=SuiteName.HYBRID,
        kind=RecordKind.OPEN,
        channel=Channel.COUNTER,
        confirmed_at=NOW,
    )
    envelope = sign_envelope(key, header.encode(), os.urandom(CIPHERTEXT_BYTES)).encode()
    return NewRecord(
        header=header,
        envelope=envelope,
        envelope_sha256=hashlib.sha256(envelope).hexdigest(),
        clerk="7001",
        document_kind=DocumentKind.RESIDENT_ID,
        family_initial="样",
        phone_mask="138••••0001",
        tags=RecordTags(0, 0, 0, 0),
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        drain(Path(sys.argv[1]))
    else:
        main()
