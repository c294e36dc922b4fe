"""What travels compressed: never more is kept than agreed, and only one whole member counts."""

import gzip
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlet_app.contract.compression import compressed, decompressed
from outlet_app.contract.malformed import Malformed

MOST = 10_000


@given(st.binary(max_size=MOST))
def test_what_was_compressed_comes_back(data: bytes) -> None:
    assert decompressed(compressed(data), MOST, "x") == data
    assert compressed(data) == compressed(data)


@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_a_byte_that_flipped_gives_the_same_data_or_is_refused(data: bytes, at: int) -> None:
    spoilt = bytearray(compressed(data))
    spoilt[at % len(spoilt)] ^= 1 << at % 8
    try:
        assert decompressed(bytes(spoilt), MOST, "x") == data  # of the header not every bit means something
    except Malformed:
        return


def test_a_bomb_is_refused_at_the_first_byte_too_many() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    with pytest.raises(Malformed, match="too long"):
        decompressed(bomb, MOST, "x")
    assert decompressed(gzip.compress(bytes(MOST)), MOST, "x") == bytes(MOST)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(os.urandom(99))[:-1],
        gzip.compress(b"a") + b"b",
        gzip.compress(b"a") + gzip.compress(b"b"),
    ],
    ids=["empty", "another form", "cut", "more behind it", "a second member"],
)
def test_anything_but_one_whole_member_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        decompressed(data, MOST, "x")
