"""Drawn portraits and their decoder, which takes bytes from outside."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.documents.simulated import OPEN_PORTRAIT, SAMPLE_SAM_NUMBER, is_simulated
from outlet_app.reader.portrait import LARGEST_SIDE, Portrait, decode_portrait
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.drawing import Look, draw_photo

SOME_LOOKS = [Look(), Look(long_hair=True), Look(glasses=True), Look(long_hair=True, glasses=True)]
RED, BLUE = b"\xff\x00\x00", b"\x00\x00\xff"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int, height: int, rows: bytes, *, depth: int = 8, colour: int = 3, palette: bytes = RED + BLUE
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        OPEN_PORTRAIT
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", palette)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("look", SOME_LOOKS)
def test_a_drawn_face_fits_and_comes_back_as_a_picture(look: Look) -> None:
    photo = draw_photo(look)
    portrait = decode_portrait(photo)
    assert len(photo) == 1024
    assert portrait is not None
    assert (portrait.width, portrait.height, len(portrait.rgb)) == (102, 126, 102 * 126 * 3)
    colours = {portrait.rgb[at : at + 3] for at in range(0, len(portrait.rgb), 3)}
    assert look.skin.to_bytes(3) in colours
    assert look.hair.to_bytes(3) in colours


def test_the_face_is_where_a_face_belongs() -> None:
    portrait = decode_portrait(draw_photo(Look()))
    assert portrait is not None
    middle = (60 * 102 + 51) * 3
    assert portrait.rgb[middle : middle + 3] == Look().skin.to_bytes(3)


@pytest.mark.parametrize("name", ["sample-blank", "undecodable-photo"])
def test_photos_without_an_open_format_are_none(name: str) -> None:
    assert decode_portrait(card(name).photo) is None


def test_every_filter_of_the_format_is_undone() -> None:
    rows = b"\x00\x00\x01" + b"\x01\x01\xff" + b"\x02\x00\x01" + b"\x03\x01\x00" + b"\x04\x00\x01"
    portrait = decode_portrait(png(2, 5, rows))
    # worked out by hand: none 01, sub 10, up 11, average 11, Paeth 12 would leave the palette
    assert portrait is None
    portrait = decode_portrait(png(2, 5, rows[:-1] + b"\x00"))
    assert portrait == Portrait(2, 5, RED + BLUE + BLUE + RED + BLUE * 2 + BLUE * 2 + BLUE * 2)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_pixels_share_bytes_at_lower_depths(depth: int) -> None:
    packed = bytes([1 << (8 - 2 * depth)])
    assert decode_portrait(png(2, 1, b"\0" + packed, depth=depth)) == Portrait(2, 1, RED + BLUE)


@pytest.mark.parametrize(
    "photo",
    [
        b"",
        OPEN_PORTRAIT,
        png(LARGEST_SIDE + 1, 1, b"\0" * (LARGEST_SIDE + 2)),
        png(0, 1, b"\0"),
        png(1, 1, b"\0\x02"),
        png(1, 1, b"\x05\0"),
        png(1, 1, b"\0"),
        png(1, 1, b"\0\0", colour=2),
        png(1, 1, b"\0\0", depth=3),
        png(1, 1, b"\0\0", palette=b""),
        png(1, 1, b"\0\0")[:-1],
        png(1, 1, b"\0\0").replace(b"PLTE", b"PLTX"),
        png(1, 1, b"\0\0") + bytes(1 << 16),
    ],
)
def test_what_is_damaged_or_too_large_is_none(photo: bytes) -> None:
    assert decode_portrait(photo) is None


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)[:60_000]
    header = struct.pack(">IIBBBBB", 2, 2, 8, 3, 0, 0, 0)
    photo = OPEN_PORTRAIT + chunk(b"IHDR", header) + chunk(b"PLTE", RED) + chunk(b"IDAT", bomb)
    portrait = decode_portrait(photo + chunk(b"IEND", b""))
    assert portrait is not None
    assert len(portrait.rgb) == 12


@settings(max_examples=60)
@given(position=st.integers(0, 900), value=st.integers(0, 255))
def test_a_changed_byte_never_does_harm(position: int, value: int) -> None:
    photo = bytearray(draw_photo(Look()))
    photo[position] = value
    portrait = decode_portrait(bytes(photo))
    assert portrait is None or len(portrait.rgb) == portrait.width * portrait.height * 3


@given(st.binary(max_size=300))
def test_any_bytes_after_the_signature_do_no_harm(rest: bytes) -> None:
    assert decode_portrait(OPEN_PORTRAIT + rest) is None


def test_marks_of_simulation() -> None:
    real_looking = bytes.fromhex("574C66007E00") + bytes(1018)
    assert is_simulated(SAMPLE_SAM_NUMBER, real_looking)
    assert is_simulated("05.01-20200101-0000000001-0000000001", bytes(1024))
    assert not is_simulated("05.01-20200101-0000000001-0000000001", real_looking)
    assert not is_simulated(None, real_looking)
    assert not is_simulated(None, b"")
