"""Drawn faces for simulated cards: nobody's picture, in a format that anyone can open.

A face is a stack of ellipses and rounded blocks in flat colours, written as
an indexed PNG of 102 x 126 pixels and filled up with zero bytes to the 1024
bytes of the photo section. Real cards carry WLT there, which begins with
other bytes, so the two cannot be taken for each other.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from outlet_app.documents.simulated import OPEN_PORTRAIT

WIDTH = 102
HEIGHT = 126
PHOTO_LENGTH = 1024

_DEPTH = 4
_SAMPLES = 2
"""Samples a pixel along each axis; an edge that halves them gets a shade between its colours."""


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one drawn face from another. Colours are 0xRRGGBB."""

    hair: int = 0x2B2B33
    skin: int = 0xE9C4A2
    coat: int = 0x2F5D62
    long_hair: bool = False
    glasses: bool = False


@dataclass(frozen=True, slots=True)
class _Ellipse:
    """One filled shape in pixels: centre, half axes, colour number, and the rows it is drawn between."""

    x: float
    y: float
    half_width: float
    half_height: float
    colour: int
    top: float = 0
    bottom: float = HEIGHT

    def paint(self, line: bytearray, y: float) -> None:
        """Colour the samples of one line at height ``y`` that lie within the shape."""
        inside = 1 - ((y - self.y) / self.half_height) ** 2
        if inside < 0 or not self.top <= y < self.bottom:
            return
        reach = self.half_width * math.sqrt(inside)
        first = max(0, math.ceil((self.x - reach) * _SAMPLES - 0.5))
        after = min(len(line), math.floor((self.x + reach) * _SAMPLES - 0.5) + 1)
        line[first:after] = bytes([self.colour]) * max(0, after - first)


_BASE_COLOURS = range(6)
_BACK, _COAT, _SKIN, _HAIR, _LINE, _WHITE = _BASE_COLOURS
_BACKGROUND_RGB = 0xE6ECEA
_LINE_RGB = 0x4A3A36
_WHITE_RGB = 0xFAFAF7

_SMOOTHED = ((_BACK, _HAIR), (_BACK, _COAT), (_BACK, _SKIN), (_SKIN, _HAIR), (_SKIN, _COAT), (_COAT, _HAIR))
"""Pairs of colours whose edge gets a shade between them."""


@lru_cache(maxsize=32)
def draw_photo(look: Look) -> bytes:
    """Photo section of a simulated card: a PNG and zero bytes, PHOTO_LENGTH in all."""
    image = _png(_rows(look), _palette(look))
    if len(image) > PHOTO_LENGTH:
        raise ValueError("the drawn face does not fit in a photo section")
    return image.ljust(PHOTO_LENGTH, b"\0")


def _shapes(look: Look) -> Iterator[_Ellipse]:
    """From the back to the front."""
    if look.long_hair:
        yield _Ellipse(51, 62, 31, 44, _HAIR, bottom=98)
    yield _Ellipse(51, 132, 46, 40, _COAT)
    yield _Ellipse(51, 94, 15, 13, _WHITE)
    yield _Ellipse(51, 86, 11, 16, _SKIN)
    yield _Ellipse(51, 46, 28, 30, _HAIR, bottom=60)
    for side in (-1, 1):
        yield _Ellipse(51 + side * 25, 60, 4, 7, _SKIN)
    yield _Ellipse(51, 56, 24, 31, _SKIN, top=38)
    yield _Ellipse(41, 37, 16, 9, _HAIR)
    yield _Ellipse(61, 36, 15, 7, _HAIR)
    yield from _features(look)


def _features(look: Look) -> Iterator[_Ellipse]:
    for side in (-1, 1):
        x = 51 + side * 10.5
        if look.glasses:
            yield _Ellipse(x, 58, 9, 7, _LINE)
            yield _Ellipse(x, 58, 7.6, 5.6, _SKIN)
        yield _Ellipse(x, 51, 6, 3, _HAIR, bottom=50.2)
        yield _Ellipse(x, 58, 2.6, 2.8, _LINE)
    yield _Ellipse(51, 68, 3, 1.6, _LINE, top=68.2)
    yield _Ellipse(51, 74, 8, 4.2, _LINE, top=75.4)


def _rows(look: Look) -> list[list[int]]:
    """Colour numbers of the picture, row by row."""
    shapes = list(_shapes(look))
    lines = [_line(shapes, (at + 0.5) / _SAMPLES) for at in range(HEIGHT * _SAMPLES)]
    return [_row(lines[at : at + _SAMPLES]) for at in range(0, len(lines), _SAMPLES)]


def _line(shapes: list[_Ellipse], y: float) -> bytearray:
    line = bytearray([_BACK]) * (WIDTH * _SAMPLES)
    for shape in shapes:
        shape.paint(line, y)
    return line


def _row(lines: list[bytearray]) -> list[int]:
    return [
        _pixel(b"".join(line[at : at + _SAMPLES] for line in lines))
        for at in range(0, len(lines[0]), _SAMPLES)
    ]


def _pixel(samples: bytes) -> int:
    """Colour number of one pixel; an edge between two colours of _SMOOTHED gets their shade."""
    seen = sorted(set(samples), key=samples.count, reverse=True)
    pair = tuple(sorted(seen[:2]))
    if pair in _SMOOTHED:
        return len(_BASE_COLOURS) + _SMOOTHED.index(pair)
    return seen[0]


def _palette(look: Look) -> bytes:
    base = [
        value.to_bytes(3)
        for value in (_BACKGROUND_RGB, look.coat, look.skin, look.hair, _LINE_RGB, _WHITE_RGB)
    ]
    shades = [
        bytes((a + b) // 2 for a, b in zip(base[first], base[second], strict=True))
        for first, second in _SMOOTHED
    ]
    return b"".join(base + shades)


def _png(rows: list[list[int]], palette: bytes) -> bytes:
    packed = b"".join(b"\0" + bytes(row[at] << 4 | row[at + 1] for at in range(0, WIDTH, 2)) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, _DEPTH, 3, 0, 0, 0)
    return OPEN_PORTRAIT + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in (
            (b"IHDR", header),
            (b"PLTE", palette),
            (b"IDAT", zlib.compress(packed, 9)),
            (b"IEND", b""),
        )
    )
