"""Hashes over ranges of numbers: one definition for both sides, and nothing passes for another."""

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.contract.ranges import (
    LEAF_BYTES,
    MOST_LEAVES,
    NO_LEAF,
    PARTS,
    ChainLeaves,
    Standing,
    leaf,
    leaves_in,
    parts_of,
)


def _leaf(number: int, standing: Standing = Standing.ACCEPTED) -> bytes:
    return leaf(hashlib.sha256(str(number).encode()).hexdigest(), standing)


def _chain(length: int) -> ChainLeaves:
    return ChainLeaves(1, b"".join(_leaf(number) for number in range(1, length + 1)))


def test_a_short_range_is_hashed_over_its_ends_and_leaves() -> None:
    ends = (3).to_bytes(8, "big") + (4).to_bytes(8, "big")
    expected = hashlib.sha256(b"outlet-app/range/v1\x00" + ends + _leaf(3) + _leaf(4))
    assert _chain(9).range_hash(3, 4) == expected.hexdigest()


def test_a_long_range_is_hashed_over_its_ends_and_the_hashes_of_its_parts() -> None:
    chain = _chain(100)
    parts = b"".join(bytes.fromhex(chain.range_hash(*part)) for part in parts_of(1, 100))
    ends = (1).to_bytes(8, "big") + (100).to_bytes(8, "big")
    assert chain.range_hash(1, 100) == hashlib.sha256(b"outlet-app/range/v1\x01" + ends + parts).hexdigest()


@settings(max_examples=60)
@given(first=st.integers(1, 10_000), length=st.integers(MOST_LEAVES + 1, 1_000_000))
def test_parts_cover_a_range_once_and_in_order(first: int, length: int) -> None:
    last = first + length - 1
    parts = parts_of(first, last)
    assert len(parts) <= PARTS
    assert (parts[0][0], parts[-1][1]) == (first, last)
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(parts))


@settings(max_examples=40)
@given(length=st.integers(1, 400), data=st.data())
def test_one_leaf_more_less_or_other_changes_the_root(length: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, length))
    whole = b"".join(_leaf(one) for one in range(1, length + 1))
    start = (number - 1) * LEAF_BYTES
    other = data.draw(st.sampled_from((NO_LEAF, _leaf(number, Standing.REFUSED), _leaf(number + 1))))
    changed = whole[:start] + other + whole[start + LEAF_BYTES :]
    root = ChainLeaves(1, whole).range_hash(1, length)
    assert ChainLeaves(1, changed).range_hash(1, length) != root
    assert ChainLeaves(1, whole).range_hash(1, length + 1) != root


def test_beyond_its_ends_a_chain_has_no_leaves() -> None:
    chain = ChainLeaves(3, _leaf(3) + _leaf(4))
    assert chain.between(1, 6) == NO_LEAF * 2 + _leaf(3) + _leaf(4) + NO_LEAF * 2
    assert chain.between(7, 8) == chain.between(1, 2) == NO_LEAF * 2
    assert list(leaves_in(chain.between(4, 5))) == [_leaf(4), NO_LEAF]
    assert ChainLeaves(1, b"").last == 0


def test_what_is_no_hash_is_no_leaf() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        leaf("00", Standing.MADE)
    with pytest.raises(ValueError, match="cut"):
        ChainLeaves(1, b"\x00")
