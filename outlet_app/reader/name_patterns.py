"""Regular expressions over names of devices: of a site's making, over names of a device's making.

Python's engine goes back over what it tried, and a pattern can make that
take for ever. So a pattern has few places at which to choose, none within
another, and of a name only the beginning is looked at.
"""

import re

LONGEST_NAME = 128
"""Characters of a name that are looked at, pcsc-lite's MAX_READERNAME; USB serial numbers have up to 126."""

LONGEST_PATTERN = 200
MOST_CHOICES = 3
"""Repeats, and alternatives within brackets, of one pattern: at worst 128 to the fourth power of steps."""

_PARTS = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P?<\w+>|<?[=!]|[\w-]*:|[\w-]+\)))?|[*+?][?+]?|\{[\d,]+\}[?+]?|.",
    re.DOTALL,
)


def compiled(text: str) -> re.Pattern[str]:
    """The pattern; ValueError says what is wrong with it."""
    if len(text) > LONGEST_PATTERN:
        raise ValueError(f"longer than {LONGEST_PATTERN} characters")
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error
    _check_choices(text)
    return pattern


def found_in(pattern: re.Pattern[str], name: str) -> bool:
    """True when the pattern occurs within the name."""
    return pattern.search(name[:LONGEST_NAME]) is not None


def _check_choices(text: str) -> None:
    """ValueError for a repeat around a choice, and for too many of them."""
    choices = 0
    at_openings: list[int] = []
    in_last_group = 0
    for part in _PARTS.findall(text):
        if _repeats(part):
            if in_last_group:
                raise ValueError("a repeat around a repeat or a choice")
            choices += 1
        in_last_group = 0
        match part:
            case "|" if at_openings:
                choices += 1
            case ")":
                in_last_group = choices - at_openings.pop()
            case _ if part[0] == "(" and part[-1] != ")":
                at_openings.append(choices)
    if choices > MOST_CHOICES:
        raise ValueError(f"more than {MOST_CHOICES} repeats and choices")


def _repeats(part: str) -> bool:
    """A lone brace is a character."""
    return part[0] in "*+?" or (part[0] == "{" and len(part) > 1)
