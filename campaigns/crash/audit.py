"""An outlet's database as an auditor sees it: read as it lies there, without the product's own checks."""

import hashlib
import sqlite3
from dataclasses import dataclass

from outlet_app.contract import canonical
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import NO_PREVIOUS, decode_header

DAMAGED = "the database is damaged"


@dataclass(slots=True)
class Audit:
    """Of one terminal; each look goes on where the last one ended. ``records`` is the highest number seen."""

    terminal: str
    records: int = 0
    _head: str = NO_PREVIOUS
    _entries: int = 0
    _journal_head: str = NO_PREVIOUS

    def faults(self, db: sqlite3.Connection) -> list[str]:
        """Damage, and where a chain breaks; read in one transaction of the caller's."""
        if not _is_sound(db):
            return [DAMAGED]
        return self._chain_faults(db) + self._journal_faults(db)

    def _chain_faults(self, db: sqlite3.Connection) -> list[str]:
        """Of the records since the last check: numbers without gaps, each naming the one before."""
        rows = db.execute(
            "SELECT sequence, envelope_sha256, envelope FROM outbox JOIN sealed USING (record_id)"
            " WHERE terminal = ? AND sequence > ? ORDER BY sequence",
            (self.terminal, self.records),
        ).fetchall()
        for sequence, sha256, data in rows:
            envelope = decode_envelope(data)
            header = decode_header(envelope.header)
            if (sequence, header.sequence, header.previous) != (self.records + 1, sequence, self._head):
                return [f"the chain breaks at {sequence}"]
            if envelope.sha256() != sha256:
                return [f"the envelope of {sequence} was changed"]
            self.records, self._head = sequence, sha256
        return []

    def _journal_faults(self, db: sqlite3.Connection) -> list[str]:
        """Of the entries since the last check: numbers without gaps, each with the hash of the one before."""
        rows = db.execute(
            "SELECT terminal, number, at, event, subject, detail, previous, hash FROM journal"
            " WHERE terminal = ? AND number > ? ORDER BY number",
            (self.terminal, self._entries),
        )
        names = [column[0] for column in rows.description]
        for row in rows:
            entry = dict(zip(names, row, strict=True))
            told = entry.pop("hash")
            known = (entry["number"], entry["previous"]) == (self._entries + 1, self._journal_head)
            if not known or hashlib.sha256(canonical.encode(entry)).hexdigest() != told:
                return [f"the journal breaks at {self._entries + 1}"]
            self._entries, self._journal_head = self._entries + 1, told
        return []


def _is_sound(db: sqlite3.Connection) -> bool:
    try:
        return bool(db.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False
