"""How long the rescue of a damaged database takes: envelopes, receipts and entries are verified anew."""

import argparse
import hashlib
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from outlet_app.contract.envelope import sign_envelope
from outlet_app.contract.header import NO_PREVIOUS, Header
from outlet_app.contract.receipt import ReceiptState
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import Channel, RecordKind
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.rebuilt_journal import entry
from outlet_app.trust.terminal_key import TerminalKey, public_key
from tests.intake.counter import enrolled
from tests.trust.acting_operator import ActingOperator

RECORDS = 100_000
SEALED_SHARE = 0.1
"""Of the records of a year or so, those whose bytes the policy's 30 days still keep here."""

UNANSWERED = 100
_STEP = 5_000
_TERMINAL = "T001-1"
_BEGAN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def main() -> None:
    """Fill a database, spoil its header, and time the opening that rescues it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    count = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "outlet"
        operator = ActingOperator()
        key = enrolled(home, operator).key
        fill(home, operator, key, count)
        file = home / FILE_NAME
        megabytes = file.stat().st_size >> 20
        with file.open("r+b") as damaged:
            damaged.seek(100)
            damaged.write(bytes(900))
        started, worked = perf_counter(), process_time()
        db = open_database(file, partial(public_key, home))
        took_s, worked_s = perf_counter() - started, process_time() - worked
        with closing(db.conn) as connection:
            states = dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
            entries = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
    assert states == {"accepted": count - UNANSWERED, "queued": UNANSWERED}, states
    print(f"rescue of {count:,} records, {entries:,} entries, {megabytes:,} MB: {took_s:.1f} s")
    print(f"  {took_s / count * 1e6:.0f} µs a record, {worked_s / count * 1e6:.0f} µs of it at work")


def fill(home: Path, operator: ActingOperator, key: TerminalKey, count: int) -> None:
    """Records, their receipts and entries, as the programs would have written them."""
    with closing(sqlite3.connect(home / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF").fetchall()
        number, head = connection.execute(
            "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1"
        ).fetchone()
        previous = NO_PREVIOUS
        for first in range(1, count + 1, _STEP):
            connection.execute("BEGIN")
            for sequence in range(first, min(first + _STEP, count + 1)):
                previous, record_id = _put_record(connection, operator, key, sequence, previous, count)
                number += 1
                at = timestamps.to_text(_BEGAN + timedelta(seconds=sequence))
                line = entry(_TERMINAL, number, head, at, "record-stored", str(sequence), record_id)
                head = line["hash"]
                _insert(connection, "journal", line)
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _put_record(
    connection: sqlite3.Connection,
    operator: ActingOperator,
    key: TerminalKey,
    sequence: int,
    previous: str,
    count: int,
) -> tuple[str, str]:
    record_id = UUID(int=(0x01890A5DAC967000 << 64) | (0x8 << 60) | sequence)
    at = _BEGAN + timedelta(seconds=sequence)
    header = Header(
        record_id,
        _TERMINAL,
        "T001",
        sequence,
        previous,
        1,
        "0" * 16,
        SuiteName.HYBRID,
        RecordKind.OPEN,
        Channel.COUNTER,
        at,
    )
    envelope = sign_envelope(key.private, header.encode(), bytes(4200)).encode()
    sha256 = hashlib.sha256(envelope).hexdigest()
    row = {
        "terminal": _TERMINAL,
        "sequence": sequence,
        "record_id": str(record_id),
        "outlet": "T001",
        "kind": "open",
        "channel": "counter",
        "policy": 1,
        "confirmed_at": timestamps.to_text(at),
        "envelope_sha256": sha256,
        "state": "queued",
        "slip_shown_at": timestamps.to_text(at),
    }
    if sequence <= count - UNANSWERED:
        receipt = operator.receipt(record_id, _TERMINAL, sequence, sha256, ReceiptState.ACCEPTED, at=at)
        signed = operator.sign_receipt(receipt).encode()
        row |= {"state": "accepted", "receipt": signed, "operator_time": timestamps.to_text(at)}
    _insert(connection, "outbox", row)
    if sequence > count * (1 - SEALED_SHARE) or sequence > count - UNANSWERED:
        _insert(connection, "sealed", {"record_id": str(record_id), "envelope": envelope})
        summary = {"record_id": str(record_id), "clerk": "7001", "document_kind": "resident-id"}
        _insert(connection, "summary", {**summary, "family_initial": "样", "phone_mask": "138••••0001"})
    return sha256, str(record_id)


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608


if __name__ == "__main__":
    main()
