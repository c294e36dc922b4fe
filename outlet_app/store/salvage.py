"""Everything readable of a damaged file, gathered in a file of loose rows; nothing is judged but its form.

Of an envelope it is noted whether its terminal signed it. An entry of the
journal counts only when its hash is its own.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.header import decode_header
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import decode_signed
from outlet_app.store.database_cells import cells
from outlet_app.store.database_pages import DatabasePages
from outlet_app.store.rescue_progress import READ, RescueProgress
from outlet_app.store.standing_copy import GIVEN, Tables
from outlet_app.store.stored_values import without_unreadable
from outlet_app.store.table_shapes import TableShapes

PublicKeys = Callable[[str], bytes | None]
"""The public key (32 raw bytes) of a terminal of this device, None when its key is not here."""

CACHE = "cache_size = -65536"
"""64 MiB: the indexes of a million rows, gone through from many sides."""

_PROVEN_BY_ITSELF = frozenset({"sealed", "journal"})
_JOURNAL_HASHED = ("terminal", "number", "at", "event", "subject", "detail", "previous")
_SIGNED_COLUMNS = {"enrolment": ("keys", "roster"), "policy_pack": ("signed",)}
_EXTRA = {"sealed": ("terminal", "sequence", "previous", "sha256", "proven")}
_INDEXES = (
    "CREATE INDEX by_number ON outbox (terminal, sequence)",
    "CREATE INDEX by_id ON outbox (record_id)",
    "CREATE INDEX sealed_by_number ON sealed (terminal, sequence)",
    "CREATE INDEX sealed_by_id ON sealed (record_id)",
    "CREATE INDEX summary_by_id ON summary (record_id)",
    "CREATE INDEX journal_by_number ON journal (terminal, number)",
    "CREATE INDEX journal_by_event ON journal (terminal, event, detail)",
)


class LooseRows:
    """A private file of rows by table, without rules; removed with ``close``."""

    def __init__(self, file: Path, known: TableShapes) -> None:
        self.file = file
        self.known = {shape.name: [column.name for column in shape.columns] for shape in known.all}
        self._shapes = known
        self._statements: dict[tuple[str, tuple[str, ...]], tuple[list[str], str]] = {}
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        file.chmod(0o600)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY", CACHE):
            self.connection.execute(f"PRAGMA {pragma}").fetchall()
        for name, columns in self.known.items():
            listed = ", ".join((*columns, *_EXTRA.get(name, ())))
            self.connection.execute(f"CREATE TABLE {name} ({listed})")

    def close(self) -> None:
        """Nothing of it stays."""
        self.connection.close()
        self.file.unlink(missing_ok=True)

    def take_all(self, database: Path, log: Path, keys: PublicKeys, progress: RescueProgress) -> None:
        """Rows as the last commit left them; then what proves itself, wherever it lies."""
        self.connection.execute("BEGIN")
        for trusting in (False, True):
            if trusting and not log.exists():
                break
            with closing(DatabasePages(database, log, trusting=trusting)) as pages:
                progress.begin(READ, pages.count())
                for cell in cells(pages, self._shapes.is_wanted, progress.step):
                    found = self._shapes.row_of(cell)
                    if found is not None and (not trusting or found[0] in _PROVEN_BY_ITSELF):
                        self._take(*found, keys)
        self.connection.execute("COMMIT")

    def add_standing(self, kept: Tables | None) -> None:
        """Enrolments and policy packs of the copy beside: of the same version, they are what was given."""
        if kept is None:
            return
        for row in kept["enrolment"]:
            self.connection.execute(
                f"UPDATE enrolment SET {', '.join(f'{name} = ?' for name in GIVEN)}"  # noqa: S608
                " WHERE terminal = ? AND version = ?",
                [row[name] for name in (*GIVEN, "terminal", "version")],
            )
            self._insert("enrolment", row)
        for row in kept["policy_pack"]:
            self.connection.execute(
                "DELETE FROM policy_pack WHERE terminal = ? AND number = ?", (row["terminal"], row["number"])
            )
            self._insert("policy_pack", row)

    def finish(self) -> None:
        """Make what was taken quick to find."""
        for statement in _INDEXES:
            self.connection.execute(statement)

    def _take(self, table: str, row: dict[str, Any], keys: PublicKeys) -> None:
        if not _has_form(table, row):
            return
        row = without_unreadable(row)
        if table == "sealed":
            row = {**row, **_read_envelope(row["record_id"], row["envelope"], keys)}
        self._insert(table, row)

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        names, statement = self._statement(table, tuple(row))
        self.connection.execute(statement, [row[name] for name in names])

    def _statement(self, table: str, given: tuple[str, ...]) -> tuple[list[str], str]:
        """Columns of a row that this schema has, and how they are put in; made once for rows alike."""
        found = self._statements.get((table, given))
        if found is None:
            names = [name for name in given if name in self.known[table] or name in _EXTRA.get(table, ())]
            places = ", ".join("?" * len(names))
            found = names, f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
            self._statements[table, given] = found
        return found


def rebuilt_from_header(envelope: bytes, columns: Sequence[str]) -> dict[str, Any]:
    """The row of the queue that an envelope's own header gives; nothing is known of its way since."""
    value = canonical.decode(decode_envelope(envelope).header, "header")
    return {
        **{name: value[name] for name in columns if name in value},
        "record_id": value["id"],
        "envelope_sha256": hashlib.sha256(envelope).hexdigest(),
        "state": "queued",
    }


def _has_form(table: str, row: dict[str, Any]) -> bool:
    if table == "journal":
        value = {name: row[name] for name in _JOURNAL_HASHED}
        return bool(hashlib.sha256(canonical.encode(value)).hexdigest() == row["hash"]) or is_hole(row)
    try:
        for name in _SIGNED_COLUMNS.get(table, ()):
            decode_signed(row[name], name)
    except Malformed:
        return False
    return True


def is_hole(row: dict[str, Any]) -> bool:
    """True for the entry that stands in the place of one that was lost; its hash is that of the lost one."""
    return bool(row["event"] == "entry-lost")


def _read_envelope(record_id: str, data: bytes, keys: PublicKeys) -> dict[str, Any]:
    """What an envelope says of itself, and whether its terminal's key vouches for that.

    ``proven`` is 1 when it does, 0 when the key is not here, -1 for damage: that counts only
    where a row of the queue names its hash.
    """
    nothing = {"terminal": None, "sequence": None, "previous": None, "proven": -1}
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        envelope = decode_envelope(data)
        header = decode_header(envelope.header)
    except Malformed:
        return {**nothing, "sha256": sha256}
    key = keys(header.terminal)
    if str(header.record_id) != record_id or (key is not None and not envelope.is_signed_by(key)):
        return {**nothing, "sha256": sha256}
    return {
        "terminal": header.terminal,
        "sequence": header.sequence,
        "previous": header.previous,
        "sha256": sha256,
        "proven": int(key is not None),
    }
