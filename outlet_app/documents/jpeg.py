"""A scan's JPEG file brought down to the picture: form checked, everything beside the picture cut away.

Scans come from outside and a file can be a picture and something else at once.
What ``plain_jpeg`` gives is written anew segment by segment: frame, tables,
restart interval and scans of ITU-T T.81, the transform byte of Adobe's segment
(without it some pictures show wrong colours), the end. Exif with its place and
time, thumbnails, colour profiles, comments, and what stands behind the end do
not come along. Nothing is decoded here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SIDE_PX = 6000
MOST_PIXELS = 20_000_000
LEAST_SIDE_PX = 240
"""A picture on which nobody can read a document is no evidence."""

MOST_SCANS = 40
"""Progressive pictures have about ten; hundreds are made to keep a decoder busy."""

_SOI, _EOI, _SOS = b"\xff\xd8", 0xD9, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_DHT, _DQT, _DRI, _ADOBE, _COMMENT = 0xC4, 0xDB, 0xDD, 0xEE, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_BLOCKS_A_BYTE = 8
"""Each block of 8 by 8 samples takes one bit at least, however even the picture is."""


class ScanBroken(Exception):  # noqa: N818 - it describes the file
    """The bytes are no JPEG picture that may go into a record; the text says why and quotes nothing."""


@dataclass(slots=True)
class _Picture:
    """What is known of the picture so far."""

    out: bytearray = field(default_factory=lambda: bytearray(_SOI))
    components: int = 0
    blocks: int = 0
    has_tables: bool = False
    scans: int = 0
    scan_bytes: int = 0


def plain_jpeg(data: bytes) -> bytes:
    """The picture alone. ScanBroken for anything but a whole baseline or progressive JPEG within bounds."""
    if not data.startswith(_SOI):
        raise ScanBroken("no JPEG picture")
    picture = _Picture()
    at = len(_SOI)
    while True:
        marker, at = _marker(data, at)
        if marker == _EOI:
            return _finished(picture)
        length = int.from_bytes(data[at : at + 2], "big")
        body = data[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise ScanBroken("cut off")
        at += length
        if marker == _SOS:
            at = _take_scan(picture, body, data, at)
        else:
            _take_segment(picture, marker, body)


def is_plain_jpeg(data: bytes) -> bool:
    """True for exactly what ``plain_jpeg`` writes."""
    try:
        return plain_jpeg(data) == data
    except ScanBroken:
        return False


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The next marker and the place behind it; fill bytes before it are passed over."""
    start = at
    while data[at : at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(data):
        raise ScanBroken("cut off")
    return data[at], at + 1


def _take_segment(picture: _Picture, marker: int, body: bytes) -> None:
    if marker == _ADOBE:
        body = _transform_alone(body)
    elif marker in _FRAMES:
        _take_frame(picture, body)
    elif marker == _DQT:
        _check_tables(body, _quantisation_length)
        picture.has_tables = True
    elif marker == _DHT:
        _check_tables(body, _huffman_length)
    elif marker == _DRI:
        if len(body) != 2:
            raise ScanBroken("restart interval")
    elif marker in _APPLICATION or marker == _COMMENT:
        body = b""
    else:
        raise ScanBroken("a form of JPEG that is not taken")
    if body:
        _write(picture, marker, body)


def _take_frame(picture: _Picture, body: bytes) -> None:
    if len(body) < 6 or picture.components:
        raise ScanBroken("frame")
    height, width, components = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"), body[5]
    if body[0] != 8 or components not in {1, 3} or len(body) != 6 + 3 * components:
        raise ScanBroken("frame")
    if min(width, height) < LEAST_SIDE_PX:
        raise ScanBroken("too few pixels")
    if max(width, height) > MOST_SIDE_PX or width * height > MOST_PIXELS:
        raise ScanBroken("too many pixels")
    for at in range(6, len(body), 3):
        if not (1 <= body[at + 1] >> 4 <= 4 and 1 <= body[at + 1] & 15 <= 4 and body[at + 2] <= 3):
            raise ScanBroken("frame")
    picture.components = components
    picture.blocks = -(-width // 8) * -(-height // 8)


def _take_scan(picture: _Picture, body: bytes, data: bytes, at: int) -> int:
    """One scan and its coded data; the place of the marker that ends it."""
    picture.scans += 1
    taken = body[0] if body else 0
    if not picture.has_tables or not 1 <= taken <= picture.components or len(body) != 4 + 2 * taken:
        raise ScanBroken("scan")
    if picture.scans > MOST_SCANS:
        raise ScanBroken("too many scans")
    end = _end_of_coded_data(data, at)
    _write(picture, _SOS, body)
    picture.out += data[at:end]
    picture.scan_bytes += end - at
    return end


def _end_of_coded_data(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise ScanBroken("cut off")
        following = data[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2


def _finished(picture: _Picture) -> bytes:
    if not picture.scans or picture.scan_bytes < picture.blocks // _BLOCKS_A_BYTE:
        raise ScanBroken("cut off")
    return bytes(picture.out) + bytes((0xFF, _EOI))


def _check_tables(body: bytes, length_of: Callable[[bytes, int], int]) -> None:
    """Tables follow one another and fill the segment; there is room for nothing else."""
    at = 0
    while at < len(body):
        at += length_of(body, at)
    if at != len(body) or not body:
        raise ScanBroken("tables")


def _transform_alone(body: bytes) -> bytes:
    """Adobe's segment with its transform and zeros for all that it says besides; nothing for another one."""
    is_adobes = len(body) == 12 and body.startswith(b"Adobe") and body[11] in {0, 1}
    return b"Adobe\x00\x64" + bytes(4) + body[11:] if is_adobes else b""


def _quantisation_length(body: bytes, at: int) -> int:
    return 1 + (128 if body[at] >> 4 else 64)


def _huffman_length(body: bytes, at: int) -> int:
    return 17 + sum(body[at + 1 : at + 17])


def _write(picture: _Picture, marker: int, body: bytes) -> None:
    picture.out += bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body
