"""What confirming a record is measured beside: bare seal, sign and ``sqlite3``, nothing of the outlet's.

Two of them. One is what nobody could do with less: everything that is stored in
one row of one table. The other stores the same rows in the same tables, as a queue
needs them: what the outlet takes longer is what its own checks and layers cost.
"""

import itertools
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uuid6
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract.envelope import decode_envelope, seal_info, sign_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.sealing import generate_key, seal
from outlet_app.store.database import PRAGMAS

_TABLES = ("outbox", "sealed", "summary", "journal")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """What confirming one record stored, by table and column."""

    rows: dict[str, Row]

    @classmethod
    def last_of(cls, file: Path) -> "StoredRecord":
        """The last record of a database."""
        with closing(sqlite3.connect(file)) as db:
            db.row_factory = sqlite3.Row
            return cls({table: dict(db.execute(_last_of(table)).fetchone()) for table in _TABLES})

    @property
    def envelope(self) -> bytes:
        """The sealed bytes."""
        return bytes(self.rows["sealed"]["envelope"])


def _last_of(table: str) -> str:
    order = {"outbox": "sequence", "journal": "number"}.get(table, "record_id")
    return f"SELECT * FROM {table} ORDER BY {order} DESC LIMIT 1"  # noqa: S608 - names from above


class BareSeal:
    """Seals and signs as much as an envelope holds, anew each time."""

    def __init__(self, data: bytes) -> None:
        envelope = decode_envelope(data)
        self._suite = decode_header(envelope.header).suite
        self._public = generate_key(self._suite)[1]
        self._key = Ed25519PrivateKey.generate()
        nothing = seal(self._suite, self._public, b"", b"")
        self._header, self._plain = envelope.header, b"p" * (len(envelope.ciphertext) - len(nothing))

    def envelope(self) -> bytes:
        """Another envelope of the same length."""
        ciphertext = seal(self._suite, self._public, self._plain, seal_info(self._header))
        return sign_envelope(self._key, self._header, ciphertext).encode()


class OneRow:
    """One table, no index, no rule, one row, the same settings, the same bytes."""

    def __init__(self, file: Path, stored: StoredRecord) -> None:
        self._db = _connected(file)
        self._seal = BareSeal(stored.envelope)
        self._others = [
            value for row in stored.rows.values() for name, value in row.items() if name != "envelope"
        ]
        columns = ", ".join(f"value_{at}" for at in range(len(self._others)))
        self._db.execute(f"CREATE TABLE record (id INTEGER PRIMARY KEY, envelope BLOB NOT NULL, {columns})")
        self._insert = f"INSERT INTO record VALUES (?, ?{', ?' * len(self._others)})"  # noqa: S608 - marks only
        self._numbers = itertools.count(1)

    def store_next(self) -> None:
        """Seal, sign, insert, commit."""
        envelope = self._seal.envelope()
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(self._insert, (next(self._numbers), envelope, *self._others))
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


class SameRows:
    """A copy of the outlet's database, with its tables, indexes and rules: the same rows by four inserts."""

    def __init__(self, file: Path, original: Path, stored: StoredRecord) -> None:
        with closing(sqlite3.connect(original)) as db:
            db.execute("VACUUM INTO ?", (str(file),))
        self._db = _connected(file)
        self._seal = BareSeal(stored.envelope)
        self._rows = {table: tuple(row.values()) for table, row in stored.rows.items()}
        self._at = {
            (table, column): list(row).index(column) for table, row in stored.rows.items() for column in row
        }
        self._inserts = {
            table: f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
            for table, row in stored.rows.items()
        }
        self._sequences = itertools.count(stored.rows["outbox"]["sequence"] + 1)
        self._entries = itertools.count(stored.rows["journal"]["number"] + 1)

    def store_next(self) -> None:
        """Seal, sign, four inserts, commit. Tags and mask come and go as those of many customers do."""
        envelope, record_id, sequence = self._seal.envelope(), str(uuid6.uuid7()), next(self._sequences)
        tag = sequence * 1_103 % 4_096
        values = {
            "outbox": {"record_id": record_id, "sequence": sequence},
            "sealed": {"record_id": record_id, "envelope": envelope},
            "summary": {
                "record_id": record_id,
                "phone_mask": f"138••••{tag:04}",
                "number_tag": tag,
                "iccid_tag": tag,
                "identity_tag": tag % 512,
            },
            "journal": {"number": next(self._entries), "subject": record_id},
        }
        rows = {table: self._row(table, new) for table, new in values.items()}
        self._db.execute("BEGIN IMMEDIATE")
        for table, row in rows.items():
            self._db.execute(self._inserts[table], row)
        self._db.execute("COMMIT")

    def _row(self, table: str, new: Row) -> list[Any]:
        row = list(self._rows[table])
        for column, value in new.items():
            row[self._at[table, column]] = value
        return row

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


def _connected(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, isolation_level=None)
    for pragma in PRAGMAS:
        db.execute(pragma).fetchall()
    return db
