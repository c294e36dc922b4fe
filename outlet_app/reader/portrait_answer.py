"""What the photo process says, as bytes: one answer, then it ends.

``OPP1``, outcome as one byte, width, height, length of the content (big-endian
u16, u16, u32), content: R, G, B of each pixel, or the reason in ASCII.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from outlet_app.reader.portrait import LARGEST_SIDE, Portrait

_MAGIC = b"OPP1"
_HEAD = struct.Struct(">4sBHHI")
_LONGEST_REASON = 300
LONGEST_ANSWER = _HEAD.size + 3 * LARGEST_SIDE * LARGEST_SIDE
"""Bytes; more than this is no answer."""


class Outcome(StrEnum):
    """How it went with a photo."""

    SHOWN = "shown"
    NO_DECODER = "no-decoder"
    NOT_LICENSED = "not-licensed"
    """The maker's decoder says that it may not be used with this reader."""
    NOT_DECODED = "not-decoded"


_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class PortraitAnswer:
    """A picture (SHOWN), or why there is none: ``reason`` is for the log and never holds content."""

    outcome: Outcome
    portrait: Portrait | None = None
    reason: str = ""
    out_of_time: bool = False


def write_answer(answer: PortraitAnswer) -> bytes:
    """The bytes of an answer."""
    width, height, content = 0, 0, answer.reason.encode("ascii", "replace")[:_LONGEST_REASON]
    if answer.portrait is not None:
        width, height, content = answer.portrait.width, answer.portrait.height, answer.portrait.rgb
    return _HEAD.pack(_MAGIC, _OUTCOMES.index(answer.outcome), width, height, len(content)) + content


def length_wanted(so_far: bytes) -> int:
    """Bytes of the whole answer, as far as its beginning tells: the head's until the head is there."""
    if len(so_far) < _HEAD.size:
        return _HEAD.size
    return int(_HEAD.size + _HEAD.unpack_from(so_far)[4])


def parse_answer(content: bytes) -> PortraitAnswer | None:
    """The answer, None when the bytes are none."""
    if not _HEAD.size <= len(content) <= LONGEST_ANSWER:
        return None
    magic, number, width, height, length = _HEAD.unpack_from(content)
    rest = content[_HEAD.size :]
    if magic != _MAGIC or number >= len(_OUTCOMES) or length != len(rest):
        return None
    outcome = _OUTCOMES[number]
    if outcome is not Outcome.SHOWN:
        reason = rest[:_LONGEST_REASON].decode("ascii", "replace")
        return PortraitAnswer(outcome, reason="".join(mark if mark.isprintable() else "?" for mark in reason))
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE and length == 3 * width * height):
        return None
    return PortraitAnswer(outcome, Portrait(width, height, rest))
