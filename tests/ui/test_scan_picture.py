"""A scan from outside: one picture within bounds, always written anew; everything else is refused."""

import contextlib
import struct
import time
import zlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from outlet_app.contract.party import MAX_SCAN_BYTES
from outlet_app.documents.jpeg import plain_jpeg
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.ui.scan_picture import KEPT_SIDE_PX, as_jpeg, picture_of
from tests.typed_documents import encoded, page, scan

QUIET = pytest.mark.qt_log_ignore("(?i)png|jpeg|bmp|qimage|alloc|corrupt|premature", extend=True)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of any size whose rows are all zeros: a few kilobytes that inflate to gigabytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9)) + chunk(b"IEND", b"")
    )


def bmp(width: int, height: int) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head + bytes(64)


def noise(side: int) -> QImage:
    state, data = 1, bytearray()
    for _ in range(side * side * 4):
        state = (state * 1_103_515_245 + 12_345) % (1 << 31)
        data.append(state >> 16 & 0xFF)
    return QImage(bytes(data), side, side, QImage.Format.Format_RGB32).copy()


def why(data: bytes) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        picture_of(data)
    return caught.value.code


@pytest.mark.parametrize("form", ["png", "bmp", "jpeg"])
def test_pictures_of_three_forms_become_a_plain_jpeg(form: str) -> None:
    made = as_jpeg(picture_of(encoded(page(1000, 700), form)))
    assert len(made) <= MAX_SCAN_BYTES
    assert QImage.fromData(plain_jpeg(made)).size().toTuple() == (1000, 700)


def test_nothing_but_the_picture_comes_along() -> None:
    polyglot = scan(mark="39.9042 N") + b"PK\x03\x04 and a second file"
    made = as_jpeg(picture_of(polyglot))
    assert b"39.9042" not in made
    assert b"PK\x03\x04" not in made


def test_a_large_scan_is_brought_down_and_a_transparent_one_put_on_white() -> None:
    assert max(picture_of(encoded(page(3000, 4200), "jpeg")).size().toTuple()) == KEPT_SIDE_PX
    clear = QImage(400, 300, QImage.Format.Format_ARGB32)
    clear.fill(Qt.GlobalColor.transparent)
    assert picture_of(encoded(clear, "png")).pixelColor(5, 5) == QColor("white")


def test_even_noise_fits_into_a_record() -> None:
    made = as_jpeg(noise(900).scaled(2000, 2000))
    assert len(made) <= MAX_SCAN_BYTES


@QUIET
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BM",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7\n" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'/>",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"II*\x00" + bytes(200),
        encoded(page(200, 200), "png"),
        encoded(page(400, 300), "png")[:60],
        png_bomb(50_000, 50_000),
        png_bomb(14_001, 300),
        png_bomb(9_000, 9_000),
        bmp(2_000_000, 2_000_000),
        bmp(30_000, 30_000),
        b"\xff\xd8\xff" + bytes(5000),
    ],
)
def test_what_is_no_scan_is_refused_soon(data: bytes) -> None:
    began = time.monotonic()
    assert why(data) is FailureCode.SCAN_MALFORMED
    assert time.monotonic() - began < 5


@QUIET
def test_a_truncated_picture_never_raises_anything_else() -> None:
    for form in ("png", "bmp", "jpeg"):
        whole = encoded(page(500, 400), form)
        for part in range(1, 10):
            cut = whole[: len(whole) * part // 10]
            with contextlib.suppress(KnownFailure):
                assert picture_of(cut).size().toTuple() == (500, 400)
