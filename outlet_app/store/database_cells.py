"""Rows in the leaves of a SQLite file, whether or not its trees still hang together.

Cells, records and overflow chains as the published "Database File Format"
gives them (sqlite.org/fileformat2.html), sections 1.6, 2.1 and 2.3.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from outlet_app.store.database_pages import DatabasePages

INTERIOR_INDEX, LEAF_INDEX, LEAF_TABLE = 0x02, 0x0A, 0x0D
MOST_PAYLOAD_BYTES = 4 * 1024 * 1024
"""Longer than any row of the outlet: an envelope has a bound of its own."""

_LENGTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, -1, -1)
"""Bytes of the values of serial types 0 to 11; 10 and 11 are not in files."""

Value = int | float | str | bytes | None


class _NotACell(Exception):  # noqa: N818 - the bytes are no cell; the next one may be
    """These bytes cannot be a cell of this kind."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One row as stored. ``rowid`` is None in an index or a table WITHOUT ROWID."""

    values: tuple[Value, ...]
    rowid: int | None


Wanted = Callable[[int, bool], bool]
"""Whether rows of so many values, with a rowid or without, are of interest: others are not decoded."""


def cells(pages: DatabasePages, is_wanted: Wanted, on_page: Callable[[], None]) -> Iterator[Cell]:
    """Every readable row of every page, in the order of pages; ``on_page`` is called after each of them."""
    for number in pages.numbers():
        page = pages.page(number)
        if page is not None:
            yield from page_cells(pages, page, is_wanted, is_first=number == 1)
        on_page()


def page_cells(
    pages: DatabasePages, page: bytes, is_wanted: Wanted, *, is_first: bool = False
) -> Iterator[Cell]:
    """Every readable row of one page; none when it is not a page of rows."""
    start = 100 if is_first else 0
    kind = page[start]
    if kind not in {INTERIOR_INDEX, LEAF_INDEX, LEAF_TABLE}:
        return
    (count,) = struct.unpack_from(">H", page, start + 3)
    pointers = start + (12 if kind == INTERIOR_INDEX else 8)
    if pointers + 2 * count > len(page):
        return
    for at in range(count):
        (offset,) = struct.unpack_from(">H", page, pointers + 2 * at)
        try:
            # an offset into the page's own header reads as garbage, which no table takes
            yield _cell(pages, page, offset, kind, is_wanted)
        except (_NotACell, IndexError, struct.error, UnicodeDecodeError):
            continue


def _cell(pages: DatabasePages, page: bytes, offset: int, kind: int, is_wanted: Wanted) -> Cell:
    at = offset + (4 if kind == INTERIOR_INDEX else 0)
    length, at = _varint(page, at)
    rowid = None
    if kind == LEAF_TABLE:
        rowid, at = _varint(page, at)
    if not 1 <= length <= MOST_PAYLOAD_BYTES:
        raise _NotACell
    payload = _payload(pages, page, at, length, is_table=kind == LEAF_TABLE)
    kinds, at = _kinds(payload)
    if not is_wanted(len(kinds), rowid is not None):
        raise _NotACell
    return Cell(_values(payload, at, kinds), rowid)


def _payload(pages: DatabasePages, page: bytes, at: int, length: int, *, is_table: bool) -> bytes:
    usable = pages.page_size - pages.reserved
    most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
    if length <= most:
        here, rest = length, 0
    else:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (usable - 4)
        here = here if here <= most else least
        rest = length - here
    if at + here + (4 if rest else 0) > usable:
        raise _NotACell
    parts = [page[at : at + here]]
    if rest:
        (following,) = struct.unpack_from(">I", page, at + here)
        parts.append(_overflow(pages, following, rest, usable))
    return b"".join(parts)


def _overflow(pages: DatabasePages, number: int, rest: int, usable: int) -> bytes:
    parts = []
    while rest > 0:
        page = pages.page(number)
        if page is None:
            raise _NotACell
        (number,) = struct.unpack_from(">I", page)
        parts.append(page[4 : 4 + min(rest, usable - 4)])
        rest -= usable - 4
    return b"".join(parts)


def _kinds(payload: bytes) -> tuple[list[int], int]:
    """Serial types of a record's values, and where the values begin."""
    header_bytes, at = _varint(payload, 0)
    if not at <= header_bytes <= len(payload):
        raise _NotACell
    kinds = []
    while at < header_bytes:
        kind = payload[at]
        if kind < 0x80:
            at += 1
        else:
            kind, at = _varint(payload, at)
        kinds.append(kind)
    return kinds, at


def _values(payload: bytes, at: int, kinds: list[int]) -> tuple[Value, ...]:
    values: list[Value] = []
    for kind in kinds:
        length = _LENGTHS[kind] if kind < len(_LENGTHS) else (kind - 12) // 2
        end = at + length
        if length < 0 or end > len(payload):
            raise _NotACell
        values.append(_value(payload[at:end], kind))
        at = end
    if at != len(payload):
        raise _NotACell
    return tuple(values)


def _value(data: bytes, kind: int) -> Value:
    if kind >= 12:
        return data.decode() if kind % 2 else data
    if kind == 0:
        return None
    if kind in {8, 9}:
        return kind - 8
    if kind == 7:
        return float(struct.unpack(">d", data)[0])
    return int.from_bytes(data, "big", signed=True)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    value = value << 8 | data[at + 8]
    return (value - (1 << 64) if value >= 1 << 63 else value), at + 9
