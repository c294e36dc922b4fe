"""What faults do to an answer on its way to the host."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from outlet_app.reader.frames import OVERHEAD, PREAMBLE, checksum

_PIECE_BYTES = 100
PIECE_PAUSE_S = 0.02
SLOW_READ_S = 3.0
_SLOW_S = {"read": SLOW_READ_S, "find": 1.2, "select": 1.2}
_SLOW_OTHER_S = 0.6
"""Readers were seen to take 0.1-1.5 s for find and select, 2-5 s for a read, less for the rest."""

LATE_READ_S = 8.0
_LATE_S = 3.0
"""Longer than any reader was seen to take."""

_FOREIGN = bytes.fromhex("55AA0456FF085A")
"""A message of another protocol seen between frames; one public source."""

_STUFFED = bytes.fromhex("AA00AAAA9669")
"""A preamble with 00 stuffed into it, as one public source shows it."""

_NOISE = bytes.fromhex("00FF7E") + PREAMBLE[:4] + bytes.fromhex("1396AAAA69")
_DECOYS = (
    PREAMBLE + bytes.fromhex("000400008085"),
    PREAMBLE + bytes.fromhex("0009000090"),
)
"""Frames that are none: 'no card' with a wrong checksum, and one that takes in the next frame's preamble."""

_LONG_DECOY = PREAMBLE + bytes.fromhex("0508000090")
_ZERO_ANSWERS = {OVERHEAD + 8, OVERHEAD + 12}
"""Whole lengths of the answers to find and select, whose data is normally zero."""

_SAM_NUMBER_ANSWER = OVERHEAD + 20
_VALID_FROM = OVERHEAD + 3 + 4 + 188
"""Where the first day of validity stands in the answer to a read."""

_CARD_STATUS = bytes.fromhex("6982")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes for the host after a pause in seconds."""

    data: bytes
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the module sends for one request, and whether the reader is pulled out behind it."""

    chunks: tuple[Chunk, ...] = ()
    unplug: bool = False


def answer_with(reply: bytes, faults: Iterable[str], *, command: str | None) -> Answer:
    """Answer that leaves the module as ``reply`` and meets ``faults`` on its way."""
    names = list(faults)
    for name in names:
        if name in _DAMAGE:
            reply = _DAMAGE[name](reply)
    if "silence" in names:
        return Answer()
    if "unplugged" in names:
        return Answer((Chunk(reply[: len(reply) // 2]),), unplug=True)
    if "late" in names:
        return Answer((Chunk(reply, LATE_READ_S if command == "read" else _LATE_S),))
    if "slow" in names:
        return Answer(_pieces(reply, _SLOW_S.get(command or "", _SLOW_OTHER_S)))
    return Answer((Chunk(reply),))


def _pieces(reply: bytes, pause_s: float) -> tuple[Chunk, ...]:
    size = min(_PIECE_BYTES, len(reply) // 2 + 1)
    first, *others = [reply[at : at + size] for at in range(0, len(reply), size)]
    return (Chunk(first, pause_s), *(Chunk(piece, PIECE_PAUSE_S) for piece in others))


def _wrong_checksum(reply: bytes) -> bytes:
    return reply[:-1] + bytes([reply[-1] ^ 0x5A])


def _half(reply: bytes) -> bytes:
    return reply[: len(reply) // 2]


def _huge_length(reply: bytes) -> bytes:
    return reply.replace(PREAMBLE + reply[len(PREAMBLE) : OVERHEAD], PREAMBLE + b"\xff\xff", 1)


def _twice(reply: bytes) -> bytes:
    return reply * 2


def _before(prefix: bytes, reply: bytes) -> bytes:
    return prefix + reply


def _stuffed(reply: bytes) -> bytes:
    return reply.replace(PREAMBLE, _STUFFED, 1)


def _nonzero(reply: bytes) -> bytes:
    """Data bytes that nobody promised to be zero, the checksum kept true."""
    if len(reply) not in _ZERO_ANSWERS:
        return reply
    count = len(reply) - OVERHEAD - 4
    return _with_data(reply, bytes(range(0xA1, 0xA1 + count)))


def _other_sam_number(reply: bytes) -> bytes:
    if len(reply) != _SAM_NUMBER_ANSWER:
        return reply
    data = reply[OVERHEAD + 3 : -1]
    return _with_data(reply, data[:-4] + bytes(byte ^ 0x11 for byte in data[-4:]))


def _swapped(reply: bytes) -> bytes:
    first, second = _VALID_FROM, _VALID_FROM + 1
    if len(reply) <= second:
        return reply
    return reply[:first] + reply[second : second + 1] + reply[first:second] + reply[second + 1 :]


def _card_status(reply: bytes) -> bytes:
    return _framed(reply[len(PREAMBLE) : OVERHEAD] + _CARD_STATUS + reply[OVERHEAD + 2 : -1])


def _with_data(reply: bytes, data: bytes) -> bytes:
    return _framed(reply[len(PREAMBLE) : OVERHEAD + 3] + data)


def _framed(counted: bytes) -> bytes:
    return PREAMBLE + counted + bytes([checksum(counted)])


_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "nonzero-find": _nonzero,
    "swapped-bytes": _swapped,
    "card-status": _card_status,
    "wrong-sam-number": _other_sam_number,
    "wrong-checksum": _wrong_checksum,
    "huge-length": _huge_length,
    "stuffed-preamble": _stuffed,
    "half": _half,
    "twice": _twice,
    "noise": partial(_before, _NOISE),
    "foreign-message": partial(_before, _FOREIGN),
    "decoy": partial(_before, b"".join(_DECOYS)),
    "long-decoy": partial(_before, _LONG_DECOY),
}
