"""Of a scan's file the picture alone is kept; what is no whole picture within bounds is refused."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from outlet_app.documents.jpeg import ScanBroken, is_plain_jpeg, plain_jpeg
from tests.typed_documents import encoded, page, scan

EXIF = b"Exif\x00\x00MM\x00\x2a" + b"GPS 39.9042 N 116.4074 E"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_segments(*segments: bytes) -> bytes:
    """The scan with more segments behind its first two bytes."""
    return scan()[:2] + b"".join(segments) + scan()[2:]


def sized(width: int, height: int) -> bytes:
    """The scan with another size in its frame."""
    at = scan().index(b"\xff\xc0") + 5
    return scan()[:at] + struct.pack(">HH", height, width) + scan()[at + 4 :]


def why(data: bytes) -> str:
    with pytest.raises(ScanBroken) as caught:
        plain_jpeg(data)
    return str(caught.value)


@pytest.mark.parametrize("data", [scan(), scan(progressive=True), scan(640, 480), scan(mark="a comment")])
def test_the_picture_itself_stays_what_it_was(data: bytes) -> None:
    bare = plain_jpeg(data)
    assert QImage.fromData(bare) == QImage.fromData(data)
    assert is_plain_jpeg(bare)
    assert not is_plain_jpeg(data)


def test_a_grey_scan_is_a_picture() -> None:
    grey = page(600, 400).convertToFormat(QImage.Format.Format_Grayscale8)
    assert is_plain_jpeg(plain_jpeg(encoded(grey, "jpeg")))


@pytest.mark.parametrize(
    "extra",
    [
        segment(0xE1, EXIF),
        segment(0xE2, b"ICC_PROFILE\x00" + bytes(60)),
        segment(0xED, b"Photoshop 3.0\x00" + EXIF),
        segment(0xFE, EXIF),
        segment(0xEE, b"Adobe" + bytes(6) + b"\x01" + EXIF),
        b"\xff\xff\xff" + segment(0xFE, EXIF),
    ],
)
def test_metadata_does_not_come_along(extra: bytes) -> None:
    assert plain_jpeg(with_segments(extra)) == plain_jpeg(scan())


def test_of_adobes_segment_the_transform_alone_stays() -> None:
    bare = plain_jpeg(with_segments(segment(0xEE, b"AdobeGPSGPS\x00")))
    assert b"GPS" not in bare
    assert b"Adobe\x00\x64\x00\x00\x00\x00\x00" in bare
    assert is_plain_jpeg(bare)


@pytest.mark.parametrize("tail", [b"PK\x03\x04 a second file", b"%PDF-1.7", b"<script>", scan(), bytes(4096)])
def test_what_stands_behind_the_picture_is_cut_away(tail: bytes) -> None:
    assert plain_jpeg(scan() + tail) == plain_jpeg(scan())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"GIF89a" + scan(),
        b"%PDF-1.7\n" + scan(),
        b"<html>" + scan(),
        encoded(page(400, 300), "png"),
        encoded(page(400, 300), "bmp"),
        scan()[:-2],
        scan()[: len(scan()) // 2],
        scan()[: scan().index(b"\xff\xda") + 14] + b"\x01\xff\xd9",
        with_segments(segment(0xDC, b"\x01\x00")),
        with_segments(segment(0xCC, b"\x00\x10")),
        with_segments(segment(0xC3, bytes(15))),
        with_segments(segment(0xDB, bytes(65) + EXIF)),
        with_segments(segment(0xC4, bytes(17) + EXIF)),
        with_segments(segment(0xDD, b"\x00\x04" + EXIF)),
        with_segments(b"\xff\xe1\x00\x01"),
        with_segments(b"\xff\xe1\xff\xff")[:200],
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    assert why(data)


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (65_500, 65_500, "too many pixels"),
        (6_001, 300, "too many pixels"),
        (5_000, 5_000, "too many pixels"),
        (1, 1, "too few pixels"),
        (800, 239, "too few pixels"),
        (4_000, 4_000, "cut off"),
    ],
)
def test_a_size_that_its_bytes_cannot_fill_or_nobody_can_read_is_refused(
    width: int, height: int, reason: str
) -> None:
    assert why(sized(width, height)) == reason


def test_hundreds_of_scans_that_keep_a_decoder_busy_are_refused() -> None:
    data = scan(progressive=True)
    first = data.index(b"\xff\xda")
    second = data.index(b"\xff\xc4", first)
    one = data[first:second]
    assert why(data[:first] + one * 50 + data[first:]) == "too many scans"


@settings(max_examples=150)
@given(st.integers(2, len(scan()) - 1), st.binary(min_size=1, max_size=6))
def test_no_damage_brings_anything_but_a_picture_or_a_refusal(at: int, junk: bytes) -> None:
    damaged = scan()[:at] + junk + scan()[at + len(junk) :]
    try:
        bare = plain_jpeg(damaged)
    except ScanBroken:
        return
    assert is_plain_jpeg(bare)
    assert len(bare) <= len(damaged) + 2
