"""Which table a found row is of, told by the number and types of its values: the tables are STRICT."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from outlet_app.store.database_cells import Cell

_TYPES: dict[str, type] = {"TEXT": str, "INTEGER": int, "BLOB": bytes}


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: type
    may_be_null: bool
    may_be_missing: bool


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table's columns in the order in which its rows are stored."""

    name: str
    columns: tuple[_Column, ...]
    has_rowid: bool
    rowid_column: str | None

    def may_have(self, count: int, *, has_rowid: bool) -> bool:
        """True when its rows may be stored with so many values."""
        if has_rowid is not self.has_rowid or count > len(self.columns):
            return False
        return all(column.may_be_missing for column in self.columns[count:])

    def row(self, cell: Cell) -> dict[str, Any] | None:
        """The cell, of a width that fits, as a row of this table by column names; None when it is none."""
        found: dict[str, Any] = {}
        for column, value in zip(self.columns, cell.values, strict=False):
            if value is None and column.name == self.rowid_column:
                found[column.name] = cell.rowid
            elif type(value) is column.type or (value is None and column.may_be_null):
                found[column.name] = value
            else:
                return None
        return found


class TableShapes:
    """The shapes of all tables of a schema version, asked for by a row's width: most rows fit one or none."""

    def __init__(self, db: Database) -> None:
        tables = db.execute(
            "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        self.all = tuple(_shape(db, name, has_rowid=not without) for name, without in tables)
        self._fitting: dict[tuple[int, bool], tuple[TableShape, ...]] = {}

    def of_width(self, count: int, has_rowid: bool) -> tuple[TableShape, ...]:
        """Tables whose rows may be stored with so many values; empty when nobody wants such a row."""
        known = self._fitting.get((count, has_rowid))
        if known is None:
            known = tuple(shape for shape in self.all if shape.may_have(count, has_rowid=has_rowid))
            self._fitting[count, has_rowid] = known
        return known

    def is_wanted(self, count: int, has_rowid: bool) -> bool:
        """True when a row of so many values may be one of these tables'."""
        return bool(self.of_width(count, has_rowid))

    def row_of(self, cell: Cell) -> tuple[str, dict[str, Any]] | None:
        """Table and row of a cell; None for an entry of an index, or of no table known."""
        for shape in self.of_width(len(cell.values), cell.rowid is not None):
            row = shape.row(cell)
            if row is not None:
                return shape.name, row
        return None


def _shape(db: Database, table: str, *, has_rowid: bool) -> TableShape:
    columns = db.execute('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', (table,))
    listed = list(columns.fetchall())
    keys = [row for row in listed if row[4]]
    rowid_column = keys[0][0] if has_rowid and len(keys) == 1 and keys[0][1] == "INTEGER" else None
    stored = list(_stored_order(listed, has_rowid=has_rowid))
    return TableShape(
        table,
        tuple(
            _Column(
                name, _TYPES[kind], not needed and not key, not key and (not needed or default is not None)
            )
            for name, kind, needed, default, key in stored
        ),
        has_rowid,
        rowid_column,
    )


def _stored_order(listed: list[Any], *, has_rowid: bool) -> Iterator[Any]:
    """A table WITHOUT ROWID stores its key's columns first, in the key's order."""
    if has_rowid:
        yield from listed
        return
    yield from sorted((row for row in listed if row[4]), key=lambda row: row[4])
    yield from (row for row in listed if not row[4])
