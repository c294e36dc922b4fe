"""Patterns over device names: whatever a site writes and a device calls itself, matching has an end."""

import time

import pytest

from outlet_app.reader.name_patterns import LONGEST_PATTERN, compiled, found_in


@pytest.mark.parametrize(
    "text",
    ["(a+)+$", "(a|a)*$", "(?:a*b?)+", "((ab)+c)*", "(?P<x>a+){2,}", "(a(b+))+", ".*.*.*.*", "(?:a|a)" * 4],
)
def test_a_pattern_that_can_take_for_ever_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="repeat"):
        compiled(text)


@pytest.mark.parametrize("text", ["(", "a{1,9}{2}", "x" * (LONGEST_PATTERN + 1)])
def test_what_is_no_pattern_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compiled(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("OMNIKEY .*5[04]2[0-9]", "HID Global OMNIKEY 5422 Smartcard Reader"),
        ("^Virtual PCD", "Virtual PCD 00 00"),
        ("(ACS|HID) .*", "acs ACR1252"),
        (r"\(a\+\)\+$", "(a+)+"),
        ("[(+*]x", "(x"),
        ("[]+]+a", "]+a"),
        ("(?:(?:ab))+c", "ababc"),
        ("a{", "a{"),
    ],
)
def test_ordinary_patterns_are_found_within_names(text: str, name: str) -> None:
    assert found_in(compiled(text), name)


@pytest.mark.parametrize("text", [".*.*.*x", "(?:a)*(?:a)*(?:a)*b", r"\w*\w*\w*\d$"])
def test_the_worst_patterns_that_are_taken_end_soon_on_a_hostile_name(text: str) -> None:
    pattern = compiled(text)
    begun_s = time.process_time()
    assert not found_in(pattern, "a" * 1_000_000)
    assert time.process_time() - begun_s < 5
