"""Tags are short, keyed and even; PINs are checked under the device's own secret."""

import statistics
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.domain.documents import Document
from outlet_app.domain.registrations import Role
from outlet_app.trust.pins import is_pin, is_right_pin
from outlet_app.trust.tags import (
    IDENTITY_NAME_BITS,
    IDENTITY_NUMBER_BITS,
    NUMBER_TAG_BITS,
    TAG_BITS,
    TagMaker,
)
from tests.contract import fictional
from tests.trust.acting_operator import PIN, entry


def person(number: str, name: str = "样例") -> Document:
    return replace(fictional.document(), number=number, name=name)


MAKER = TagMaker(bytes(range(32)))
OTHER = TagMaker(bytes(range(1, 33)))


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_no_tag_is_longer_than_said(value: str) -> None:
    first, second = MAKER.iccid(value)
    assert 0 <= MAKER.number(value) < 2**NUMBER_TAG_BITS
    for tag in (first, second):
        assert 0 <= tag < 2**TAG_BITS
    assert 0 <= MAKER.identity(person(value)) < 2 ** (IDENTITY_NAME_BITS + IDENTITY_NUMBER_BITS)


def test_the_same_value_has_the_same_tags_and_another_terminal_has_others() -> None:
    values = [f"8986000000000{n:07d}" for n in range(200)]
    assert [MAKER.iccid(v) for v in values] == [TagMaker(bytes(range(32))).iccid(v) for v in values]
    same = sum(MAKER.iccid(v) == OTHER.iccid(v) for v in values)
    assert same <= 1


def test_tags_are_spread_evenly() -> None:
    """Chi-squared over all tags of a document; 6 standard deviations leave no room for chance."""
    count, tags = 50_000, 2 ** (IDENTITY_NAME_BITS + IDENTITY_NUMBER_BITS)
    bins = Counter(MAKER.identity(person(f"99000019900101{n:04d}", f"样{n}")) for n in range(count))
    expected = count / tags
    chi_squared = sum((bins[n] - expected) ** 2 / expected for n in range(tags))
    assert chi_squared < tags - 1 + 6 * (2 * (tags - 1)) ** 0.5
    assert statistics.fmean(bins.values()) == expected


def test_the_tag_of_a_document_leaves_who_knows_county_and_birth_date_with_dozens_of_numbers() -> None:
    """And with dozens too where the sex is known, which a number's 17th digit tells."""
    for area in range(990000, 990040):
        numbers = [f"{area}19900101{n:04d}" for n in range(1000)]
        for of_this in (numbers, numbers[::2]):
            tags = Counter(MAKER.identity(person(number)) for number in of_this)
            assert len(tags) == 2**IDENTITY_NUMBER_BITS
            assert min(tags.values()) >= (30 if of_this is numbers else 12)


def test_two_people_are_taken_for_one_once_in_512() -> None:
    one = MAKER.identity(person("990000199001010010", "样一"))
    others = 20_000
    same = sum(MAKER.identity(person(f"9900001990{n:08d}", f"样{n}")) == one for n in range(others))
    assert same < 2 * others / 512


def test_the_two_tags_of_a_sim_are_independent() -> None:
    pairs = [MAKER.iccid(f"8986000000000{n:07d}") for n in range(20_000)]
    assert sum(first == second for first, second in pairs) < 30
    alike = [second for first, second in pairs if first == pairs[0][0]]
    assert len(set(alike)) > len(alike) * 0.8


def test_the_same_text_has_other_tags_as_another_thing() -> None:
    texts = [str(n) for n in range(40)]
    assert [MAKER.identity(person(text)) & 15 for text in texts] != [
        MAKER.iccid(text)[0] >> 8 for text in texts
    ]


def test_a_number_tag_leaves_a_thief_with_many_numbers_behind_one_mask() -> None:
    tag = MAKER.number("13800000001")
    candidates = [n for n in range(10_000) if MAKER.number(f"138{n:04d}0001") == tag]
    assert len(candidates) > 100


def test_the_right_pin_is_right_only_with_the_devices_secret() -> None:
    secret = bytes(range(32))
    clerk = entry("7001", Role.CLERK, PIN, secret)
    assert is_right_pin(clerk, PIN, secret)
    assert not is_right_pin(clerk, "271829", secret)
    assert not is_right_pin(clerk, PIN, bytes(32))


@pytest.mark.parametrize("text", ["", "12345", "abcdef", "12345a", "１２３４５６", "1" * 65, " 271828"])
def test_what_cannot_be_a_pin_is_wrong_at_once(text: str) -> None:
    assert not is_pin(text)
    assert not is_right_pin(entry("7001", Role.CLERK, PIN, bytes(32)), text, bytes(32))
