"""The canonical form: Python's writer and the standard's library give the same bytes, or the same refusal."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from outlet_app.contract import canonical

TEXT = st.text(
    st.characters(codec="utf-8")
    | st.sampled_from('\\"/\b\f\n\r\t\x00\x1f\x7f\u2028\ud7ff\ue000\ufb33\U0001f600')
)
NAME = st.text(st.sampled_from('abz_"\\\x00\x7f\x80\u20ac\ufb33\U0001f600'), max_size=4)
LEAF = TEXT | st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
VALUE = st.dictionaries(
    NAME,
    st.recursive(LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAME, inner, max_size=4)),
    max_size=6,
)


@settings(max_examples=400)
@given(VALUE)
def test_both_write_the_same_bytes(value: dict[str, Any]) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)
    assert canonical.decode(canonical.encode(value), "value") == value


@pytest.mark.parametrize(
    "value", [{"a": 2**53}, {"a": -(2**53)}, {"a": float("nan")}, {"a": b""}, {"a": "\ud800"}]
)
def test_what_the_standard_refuses_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical.encode(value)


def test_names_beyond_ascii_stand_in_the_order_of_the_standard() -> None:
    # UTF-16 units: the pair of an emoji stands before U+FB33 (RFC 8785 section 3.2.3)
    value = {"\ufb33": 1, "\U0001f600": 2}
    assert canonical.encode(value) == '{"\U0001f600":2,"\ufb33":1}'.encode()
