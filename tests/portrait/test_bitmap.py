"""Makers' pixels: every order, and bytes that are no picture."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.reader.bitmap import (
    Channels,
    NotAPictureError,
    PixelOrder,
    Rows,
    from_bmp,
    from_pixels,
)
from outlet_app.reader.portrait import LARGEST_SIDE, Portrait
from outlet_app.reader.portrait_answer import Outcome, PortraitAnswer, parse_answer, write_answer

# two rows of three pixels, as they lie in a file: 1 2 3 / 4 5 6
PIXELS = [bytes([n, n + 10, n + 20]) for n in range(1, 7)]


def bmp(
    rows: bytes, width: int = 3, height: int = 2, *, depth: int = 24, place: int = 54, compression: int = 0
) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, depth, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, place) + info + rows


PADDED = b"".join([*PIXELS[:3], b"\0\0\0", *PIXELS[3:], b"\0\0\0"])


@pytest.mark.parametrize(
    ("rows", "order"),
    [(Rows.TOP_DOWN, "123456"), (Rows.BOTTOM_UP, "456123"), (Rows.TURNED, "654321")],
)
@pytest.mark.parametrize("channels", Channels)
def test_every_order_of_rows_and_channels(rows: Rows, order: str, channels: Channels) -> None:
    step = 1 if channels is Channels.RGB else -1
    wanted = b"".join(PIXELS[int(number) - 1][::step] for number in order)
    assert from_bmp(bmp(PADDED), PixelOrder(rows, channels)) == Portrait(3, 2, wanted)


def test_what_makers_are_careless_with_is_put_right() -> None:
    right = from_bmp(bmp(PADDED), PixelOrder())
    assert from_bmp(bmp(PADDED, place=0), PixelOrder()) == right
    assert from_bmp(bmp(PADDED, place=9999), PixelOrder()) == right
    assert from_bmp(bmp(PADDED, height=-2), PixelOrder()) == right
    assert from_bmp(bmp(PADDED[:-3]), PixelOrder()) == right
    assert from_bmp(bmp(b"".join(PIXELS)), PixelOrder()) == right
    assert from_bmp(bmp(PADDED + b"more"), PixelOrder()) == right
    four = b"".join(pixel + b"\xff" for pixel in PIXELS)
    assert from_bmp(bmp(four, depth=32), PixelOrder()) == right


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BM",
        b"GIF" + bytes(100),
        bmp(PADDED, width=0),
        bmp(PADDED, width=-3),
        bmp(PADDED, width=LARGEST_SIDE + 1),
        bmp(PADDED, height=1 << 30),
        bmp(PADDED, height=-(1 << 31)),
        bmp(PADDED, height=3),
        bmp(PADDED, depth=8),
        bmp(PADDED, compression=1),
        bmp(PADDED)[:60],
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPictureError):
        from_bmp(content, PixelOrder())


def test_pixels_without_a_header_may_be_padded() -> None:
    row, rows = bytes(range(102)) * 3, 126
    tight = from_pixels(row * rows + b"\xa5" * 999, 306 * 126, PixelOrder())
    padded = from_pixels((row + b"\0\0") * rows, 308 * 126, PixelOrder())
    assert tight == padded
    for written in (0, 306 * 125):
        with pytest.raises(NotAPictureError):
            from_pixels(row * rows, written, PixelOrder())


@settings(max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            bmp,
            st.binary(max_size=200),
            st.integers(-600, 600),
            st.integers(-600, 600),
            depth=st.sampled_from([24, 32]),
            place=st.integers(0, 300),
        ),
    )
)
def test_any_bytes_are_a_picture_of_their_size_or_refused(content: bytes) -> None:
    try:
        portrait = from_bmp(content, PixelOrder())
    except NotAPictureError:
        return
    assert len(portrait.rgb) == 3 * portrait.width * portrait.height


@given(st.binary(max_size=64))
def test_bytes_that_are_no_answer_are_none(content: bytes) -> None:
    assert parse_answer(content) is None


@given(st.sampled_from([Outcome.NOT_DECODED, Outcome.NO_DECODER]), st.text(max_size=400))
def test_an_answer_comes_back_with_its_reason_made_harmless(outcome: Outcome, reason: str) -> None:
    told = parse_answer(write_answer(PortraitAnswer(outcome, reason=reason)))
    assert told is not None
    assert told.outcome is outcome
    assert told.reason.isprintable()
    assert len(told.reason) == min(len(reason), 300)


def test_a_cut_answer_is_none() -> None:
    whole = write_answer(PortraitAnswer(Outcome.SHOWN, Portrait(2, 2, bytes(12))))
    assert parse_answer(whole) == PortraitAnswer(Outcome.SHOWN, Portrait(2, 2, bytes(12)))
    for end in range(len(whole)):
        assert parse_answer(whole[:end]) is None
    assert parse_answer(whole + b"\0") is None
