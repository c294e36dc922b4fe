"""Pixels as makers' decoders write them, put into the one order of Portrait.

A BMP's header tells its size alone: which row comes first and which colour
comes first differs by maker, whatever the header says, so both are settings.
All bytes come from outside: sizes are bounded before memory is taken.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from outlet_app.reader.portrait import LARGEST_SIDE, Portrait

PHOTO_WIDTH, PHOTO_HEIGHT = 102, 126
"""Pixels of a card's photo, 24 bit; public descriptions agree."""

_FILE_HEADER = 14
_INFO_HEADER = 40
_TIGHT_ROW = 3 * PHOTO_WIDTH
_PADDED_ROW = (_TIGHT_ROW + 3) // 4 * 4


class Rows(StrEnum):
    """Where the first row of the bytes belongs."""

    TOP_DOWN = "top-down"
    BOTTOM_UP = "bottom-up"
    TURNED = "turned"
    """The picture stands on its head: last row first, last pixel of a row first."""


class Channels(StrEnum):
    """Order of the three bytes of a pixel."""

    RGB = "rgb"
    BGR = "bgr"


@dataclass(frozen=True, slots=True)
class PixelOrder:
    """How one maker writes a picture; the default is what the BMP format itself prescribes."""

    rows: Rows = Rows.BOTTOM_UP
    channels: Channels = Channels.BGR


class NotAPictureError(Exception):
    """The bytes are no picture that can be shown. Says why, in words without content."""


def from_bmp(content: bytes, order: PixelOrder) -> Portrait:
    """A BMP of 24 or 32 bits a pixel, not compressed.

    Tolerant where makers are careless: file size and sign of the height are
    not looked at, a wrong place of the pixels is put right, rows may lack
    their padding. NotAPictureError for anything else.
    """
    if len(content) < _FILE_HEADER + _INFO_HEADER or not content.startswith(b"BM"):
        raise NotAPictureError("no BMP")
    place, header, width, height, _planes, depth, compression = struct.unpack_from("<IIiiHHI", content, 10)
    height = abs(height)
    if header < _INFO_HEADER or depth not in {24, 32} or compression:
        raise NotAPictureError("BMP of a kind that is not known")
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise NotAPictureError("BMP of an impossible size")
    pixel = depth // 8
    if not _FILE_HEADER + header <= place <= len(content):
        place = _FILE_HEADER + header
    tight, padded = width * pixel, (width * pixel + 3) // 4 * 4
    left = len(content) - place
    if left >= padded * (height - 1) + tight:
        stride = padded
    elif left >= tight * height:
        stride = tight
    else:
        raise NotAPictureError("BMP that is cut short")
    rows = [content[at : at + tight] for at in range(place, place + stride * height, stride)]
    if pixel == 4:
        rows = [_three_bytes(row) for row in rows]
    return _arranged(rows, width, order)


def from_pixels(content: bytes, written: int, order: PixelOrder) -> Portrait:
    """A picture of 102 x 126 without a header; ``written`` is how many bytes of the buffer were used.

    More than the pixels need means that rows are padded to four bytes, as in a BMP.
    """
    stride = _TIGHT_ROW if written <= _TIGHT_ROW * PHOTO_HEIGHT else _PADDED_ROW
    # bytes at the very end may look unused: a buffer is judged by all but the last row
    if written <= stride * (PHOTO_HEIGHT - 1) or len(content) < stride * PHOTO_HEIGHT:
        raise NotAPictureError("fewer pixels than a photo has")
    rows = [content[at : at + _TIGHT_ROW] for at in range(0, stride * PHOTO_HEIGHT, stride)]
    return _arranged(rows, PHOTO_WIDTH, order)


def _three_bytes(row: bytes) -> bytes:
    """A row of four bytes a pixel without the fourth."""
    kept = bytearray(len(row) // 4 * 3)
    for channel in range(3):
        kept[channel::3] = row[channel::4]
    return bytes(kept)


def _arranged(rows: list[bytes], width: int, order: PixelOrder) -> Portrait:
    swapped = order.channels is Channels.BGR
    if order.rows is not Rows.TOP_DOWN:
        rows.reverse()
    if order.rows is Rows.TURNED:
        # bytes turned round turn the pixels round, and the colours of each with them
        rows = [row[::-1] for row in rows]
        swapped = not swapped
    pixels = bytearray(b"".join(rows))
    if swapped:
        pixels[0::3], pixels[2::3] = pixels[2::3], pixels[0::3]
    return Portrait(width, len(rows), bytes(pixels))
