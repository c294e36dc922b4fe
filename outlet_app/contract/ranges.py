"""A terminal's numbers compared by ranges: one hash a range, and only ranges that differ are looked into.

A leaf is 33 bytes: the SHA-256 of the envelope that stands under a number, and
one byte for what the operator said of it. A number without a record has 33
zeros. A range of up to MOST_LEAVES numbers is hashed over its leaves, a longer
one over the hashes of its parts; first and last number stand in every hash, so
none passes for that of another range.
"""

import hashlib
import struct
from collections.abc import Iterator
from enum import IntEnum

MOST_LEAVES = 64
"""A range of this many numbers is hashed over its leaves, and named leaf by leaf where it differs."""

PARTS = 16
"""A longer range falls into this many of the same length; the last ones may be shorter or missing."""

LEAF_BYTES = 33
NO_LEAF = bytes(LEAF_BYTES)
"""No record stands under the number."""

_CONTEXT = b"outlet-app/range/v1"
_LEAVES, _RANGES = b"\x00", b"\x01"
_ENDS = struct.Struct(">QQ")

Range = tuple[int, int]
"""First and last number, both included."""


class Standing(IntEnum):
    """Last byte of a leaf: what the operator said of the record; MADE where that is left out of account."""

    MADE = 0
    RECEIVED = 1
    ACCEPTED = 2
    REFUSED = 3
    GIVEN_UP = 4


def leaf(envelope_sha256: str, standing: Standing) -> bytes:
    """The leaf of a record; ValueError for what is no hash in hex digits."""
    found = bytes.fromhex(envelope_sha256) + bytes([standing])
    if len(found) != LEAF_BYTES:
        raise ValueError("not a SHA-256")
    return found


def parts_of(first: int, last: int) -> list[Range]:
    """The parts of a range that is longer than MOST_LEAVES, in order."""
    length = -(-(last - first + 1) // PARTS)
    return [(start, min(start + length - 1, last)) for start in range(first, last + 1, length)]


class ChainLeaves:
    """Leaves of one terminal from number ``first`` on; there is nothing before them nor behind."""

    def __init__(self, first: int, leaves: bytes) -> None:
        if len(leaves) % LEAF_BYTES:
            raise ValueError("a leaf is cut")
        self.first = first
        self._leaves = leaves

    @property
    def last(self) -> int:
        """The highest number; ``first - 1`` where there are none."""
        return self.first + len(self._leaves) // LEAF_BYTES - 1

    def between(self, first: int, last: int) -> bytes:
        """The leaves of a range, one after another."""
        before = max(0, min(self.first, last + 1) - first)
        start, end = max(first, self.first), min(last, self.last)
        inner = self._leaves[(start - self.first) * LEAF_BYTES : (end - self.first + 1) * LEAF_BYTES]
        if end < start:
            return NO_LEAF * (last - first + 1)
        return NO_LEAF * before + inner + NO_LEAF * (last - end)

    def at(self, number: int) -> bytes:
        """The leaf of one number."""
        return self.between(number, number)

    def range_hash(self, first: int, last: int) -> str:
        """Hash of a range of at least one number, in hex digits."""
        return self._digest(first, last).hex()

    def _digest(self, first: int, last: int) -> bytes:
        if last - first < MOST_LEAVES:
            return _hashed(_LEAVES, first, last, self.between(first, last))
        inner = b"".join(self._digest(*part) for part in parts_of(first, last))
        return _hashed(_RANGES, first, last, inner)


def leaves_in(data: bytes) -> Iterator[bytes]:
    """The leaves that stand one after another."""
    for start in range(0, len(data), LEAF_BYTES):
        yield data[start : start + LEAF_BYTES]


def _hashed(kind: bytes, first: int, last: int, inner: bytes) -> bytes:
    return hashlib.sha256(_CONTEXT + kind + _ENDS.pack(first, last) + inner).digest()
