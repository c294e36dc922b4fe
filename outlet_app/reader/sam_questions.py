"""What is asked of a SAM_V module, which answers fit each question, and what their statuses mean.

A late answer to an earlier question must not be taken for the answer to this
one, so each question names the shape of its good answer; failures carry a
status and no data.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import OVERHEAD, SHORTEST_REPLY, Command, Reply, Status

_SAM_NUMBER = struct.Struct("<HHIII")
_SECTION_LENGTHS = 4
"""Bytes before the text: two big-endian words, text and photo [2+]."""

_GOOD_STATUSES: set[int] = {Status.DONE, Status.FOUND}

_FAILURES: dict[int, FailureCode] = {
    Status.SELF_TEST_FAILED: FailureCode.MODULE_SELF_TEST_FAILED,
    Status.NOT_AUTHORISED: FailureCode.MODULE_NOT_AUTHORISED,
    Status.CARD_REFUSED_SAM: FailureCode.CARD_REFUSED,
    Status.SAM_REFUSED_CARD: FailureCode.CARD_REFUSED,
    Status.CARD_TYPE_UNKNOWN: FailureCode.CARD_NOT_ID,
    Status.NOTHING_FOUND: FailureCode.CARD_REMOVED,
    Status.NOT_FOUND_BEFORE: FailureCode.CARD_REMOVED,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One request: its name for logs, its bytes, what a good answer looks like and how long it is."""

    name: str
    command: Command
    good: Callable[[Reply], bool]
    answer_bytes: int
    plain_done_may_do: bool = False
    """Whether ``done, no data`` counts when nothing better follows: the data says nothing here [D]."""
    data: bytes = b""
    """What follows command and parameter in the request."""

    def fits(self, reply: Reply) -> bool:
        """True for a good answer to this question and for every failure."""
        return self.good(reply) or (reply.status not in _GOOD_STATUSES and not reply.data)

    def may_do(self, reply: Reply) -> bool:
        """True for an answer that is taken only when the line is silent after it."""
        return self.plain_done_may_do and reply.status == Status.DONE and not reply.data


def _done_with(data_bytes: int) -> Callable[[Reply], bool]:
    return lambda reply: reply.status == Status.DONE and len(reply.data) == data_bytes


def _found(reply: Reply) -> bool:
    # the four data bytes are not promised to be zero [2+]
    return reply.status == Status.FOUND


def _has_sections(reply: Reply) -> bool:
    return reply.status == Status.DONE and _sections(reply.data) is not None


def _answer_bytes(data_bytes: int) -> int:
    return OVERHEAD + SHORTEST_REPLY + data_bytes


RESET = Question("reset", Command.RESET_SAM, _done_with(0), _answer_bytes(0))
STATUS = Question("status", Command.SAM_STATUS, _done_with(0), _answer_bytes(0))
NUMBER = Question("number", Command.SAM_NUMBER, _done_with(_SAM_NUMBER.size), _answer_bytes(16))
FIND = Question("find", Command.FIND, _found, _answer_bytes(4))
SELECT = Question("select", Command.SELECT, _done_with(8), _answer_bytes(8), plain_done_may_do=True)
READ = Question("read", Command.READ, _has_sections, _answer_bytes(_SECTION_LENGTHS + 256 + 1024))


def failure_of(question: Question, reply: Reply) -> KnownFailure:
    """What a status that is not the good one means to the person at the counter."""
    code = _FAILURES.get(reply.status, FailureCode.CARD_READ_FAILED)
    return KnownFailure(code, f"{question.name}: status {reply.status:02x}")


def sam_number_text(data: bytes) -> str:
    """``05.03-20101010-0001234567-1234567890`` out of the 16 bytes of a SAM number [2+]."""
    kind, version, day, serial, check = _SAM_NUMBER.unpack(data)
    return f"{kind:02d}.{version:02d}-{day:08d}-{serial:010d}-{check:010d}"


def split_sections(reply: Reply) -> tuple[bytes, bytes]:
    """Text block and photo of a good answer to READ, by the lengths that the answer itself gives."""
    sections = _sections(reply.data)
    if sections is None:
        raise KnownFailure(FailureCode.CARD_READ_FAILED, "section lengths do not fit the answer")
    return sections


def _sections(data: bytes) -> tuple[bytes, bytes] | None:
    """None when the two lengths do not fill the data exactly."""
    if len(data) < _SECTION_LENGTHS:
        return None
    text_length, photo_length = struct.unpack_from(">HH", data)
    photo_at = _SECTION_LENGTHS + text_length
    if photo_at + photo_length != len(data):
        return None
    return data[_SECTION_LENGTHS:photo_at], data[photo_at:]
