"""The photo of a card as a picture, where an open decoder exists.

The photo of a real card is WLT, a closed format for which there is none:
``decode_portrait`` says so with None, and the screen says it to the clerk.
What can be decoded is the open format of simulated cards: a PNG (ISO/IEC
15948) with indexed colours, not interlaced, followed by zero bytes. The
bytes come from outside, so every size is bounded before memory is taken.
"""

import struct
import zlib
from dataclasses import dataclass

from outlet_app.documents.simulated import OPEN_PORTRAIT

LARGEST_SIDE = 512
"""Pixels; a card's photo is 102 x 126."""

LARGEST_PHOTO = 1 << 16
"""Bytes of photo section that are looked at; the length field of the frame allows no more."""

_INDEXED = 3
_DEPTHS = frozenset({1, 2, 4, 8})
_CHUNK_OVERHEAD = 12


@dataclass(frozen=True, slots=True)
class Portrait:
    """A decoded photo: ``width`` x ``height`` pixels, rows from the top, three bytes R, G, B each."""

    width: int
    height: int
    rgb: bytes


class _DamagedError(Exception):
    """The bytes begin like a PNG and are none that can be shown."""


def decode_portrait(photo: bytes) -> Portrait | None:
    """The picture within a photo section, or None when there is no decoder for it or it is damaged."""
    if not photo.startswith(OPEN_PORTRAIT) or len(photo) > LARGEST_PHOTO:
        return None
    try:
        chunks = _chunks(photo)
        width, height, depth = _header(chunks.get(b"IHDR", b""))
        palette = _palette(chunks.get(b"PLTE", b""))
        rows = _unpacked_rows(chunks.get(b"IDAT", b""), height, (width * depth + 7) // 8)
        return Portrait(width, height, _coloured(rows, width, depth, palette))
    except _DamagedError:
        return None


def _chunks(photo: bytes) -> dict[bytes, bytes]:
    """Contents by chunk type up to IEND; chunks of one type are joined, as IDAT asks."""
    found: dict[bytes, bytes] = {}
    at = len(OPEN_PORTRAIT)
    while at + _CHUNK_OVERHEAD <= len(photo):
        length, kind = struct.unpack_from(">I4s", photo, at)
        content = photo[at + 8 : at + 8 + length]
        end = at + 8 + length
        if len(photo) < end + 4 or struct.unpack_from(">I", photo, end)[0] != zlib.crc32(kind + content):
            raise _DamagedError
        if kind == b"IEND":
            return found
        found[kind] = found.get(kind, b"") + content
        at = end + 4
    raise _DamagedError


def _header(content: bytes) -> tuple[int, int, int]:
    """Width, height and bits a pixel of an image that this decoder knows."""
    if len(content) != 13:
        raise _DamagedError
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", content)
    in_bounds = 0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE
    if not in_bounds or colour != _INDEXED or depth not in _DEPTHS or compression or filtering or interlace:
        raise _DamagedError
    return width, height, depth


def _palette(content: bytes) -> list[bytes]:
    if not content or len(content) % 3 or len(content) > 3 * 256:
        raise _DamagedError
    return [content[at : at + 3] for at in range(0, len(content), 3)]


def _unpacked_rows(content: bytes, height: int, stride: int) -> list[bytes]:
    """Rows of packed indices with their filters undone; never unpacks more than the header promises."""
    promised = height * (stride + 1)
    try:
        raw = zlib.decompressobj().decompress(content, promised)
    except zlib.error as error:
        raise _DamagedError from error
    if len(raw) != promised:
        raise _DamagedError
    rows: list[bytes] = []
    above = bytes(stride)
    for at in range(0, promised, stride + 1):
        above = _unfiltered(raw[at], raw[at + 1 : at + 1 + stride], above)
        rows.append(above)
    return rows


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """One row; indexed images have whole-byte filters, the pixel to the left being one byte away."""
    row = bytearray(line)
    if kind not in range(5):
        raise _DamagedError
    for at, value in enumerate(line):
        left = row[at - 1] if at else 0
        up_left = above[at - 1] if at else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], up_left))[kind]
        row[at] = (value + guess) & 0xFF
    return bytes(row)


def _paeth(left: int, up: int, up_left: int) -> int:
    start = left + up - up_left
    return min((left, up, up_left), key=lambda value: abs(start - value))


def _coloured(rows: list[bytes], width: int, depth: int, palette: list[bytes]) -> bytes:
    per_byte = 8 // depth
    mask = (1 << depth) - 1
    out = bytearray()
    for row in rows:
        for column in range(width):
            packed = row[column // per_byte]
            index = packed >> (8 - depth * (column % per_byte + 1)) & mask
            if index >= len(palette):
                raise _DamagedError
            out += palette[index]
    return bytes(out)
