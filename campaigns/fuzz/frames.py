"""Streams of true and damaged frames for the receiver, and a plain reading of them to compare with."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from time import perf_counter

from outlet_app.reader.frames import LONGEST, OVERHEAD, PREAMBLE, SHORTEST_REPLY, build_reply
from outlet_app.reader.receiver import Receiver

STREAM_FRAMES = 500
"""Frames of one stream."""

_READ_DATA_BYTES = 1284
_POOL_FRAMES = 64
_SILENT_ABOVE = 247
_PIECES = (
    PREAMBLE,
    PREAMBLE[:3],
    PREAMBLE + b"\xff\xff",
    PREAMBLE + b"\x0f\xff",
    PREAMBLE + b"\x00\x00",
    PREAMBLE + b"\x05\x08\x00\x00\x90",
    bytes.fromhex("AA00AA00AA00960069"),
    bytes.fromhex("55AA0456FF085A"),
    b"\xaa" * 9,
)


@dataclass(slots=True)
class FrameFigures:
    """What was fed so far. ``wrong`` holds numbers of streams that were read otherwise than plainly."""

    frames: int = 0
    bytes_fed: int = 0
    replies: int = 0
    receiver_s: float = 0.0
    most_pending: int = 0
    wrong: list[int] = field(default_factory=list)


class FrameCampaign:
    """Streams out of one seed, fed in pieces; the receiver must find what a plain reading finds."""

    def __init__(self, seed: int) -> None:
        self.figures = FrameFigures()
        self._chance = random.Random(seed)  # noqa: S311 - a campaign that can be run again
        self._streams = 0

    def run_stream(self, frames: int = STREAM_FRAMES) -> None:
        """Feed one stream of so many frames; every fourth one with moments of silence in its midst."""
        stream = self._stream(frames)
        silent = self._streams % 4 == 0
        pieces = list(self._pieces(stream))
        silences = self._chance.randbytes(len(pieces)) if silent else bytes(len(pieces))
        started_at = perf_counter()
        found, most = _receive(pieces, silences)
        figures = self.figures
        figures.receiver_s += perf_counter() - started_at
        figures.frames += frames
        figures.bytes_fed += len(stream)
        figures.replies += len(found)
        figures.most_pending = max(figures.most_pending, most)
        # after a silence a frame may be given up for one within it: then each need only be true
        right = all(map(_is_true, found)) if silent else found == list(read_plainly(stream))
        if not right:
            figures.wrong.append(self._streams)
        self._streams += 1

    def _stream(self, frames: int) -> bytes:
        chance = self._chance
        pool = [self._true_frame() for _ in range(_POOL_FRAMES)]
        choose, kinds = chance.choice, chance.randbytes(frames)
        return b"".join(choose(pool) if kind < 96 else self._damaged(choose(pool), kind) for kind in kinds)

    def _true_frame(self) -> bytes:
        chance = self._chance
        if chance.random() < 0.02:
            length = chance.choice([_READ_DATA_BYTES, 2310, LONGEST - 4])
        else:
            length = chance.choice([0, 0, 4, 8, 16, chance.randrange(64)])
        return build_reply(chance.randrange(256), chance.randbytes(length))

    def _damaged(self, frame: bytes, kind: int) -> bytes:
        """One of eight damages."""
        chance = self._chance
        at = int(chance.random() * len(frame))
        head, tail = frame[:at], frame[at:]
        match kind & 7:
            case 0:
                damaged = head + bytes([frame[at] ^ (1 << (kind >> 5))]) + frame[at + 1 :]
            case 1:
                damaged = head
            case 2:
                damaged = tail
            case 3:
                damaged = head + chance.randbytes(1 + (kind >> 4)) + tail
            case 4:
                damaged = chance.choice(_PIECES) + frame
            case 5:
                damaged = head + chance.choice(_PIECES) + tail
            case 6:
                damaged = PREAMBLE + chance.randbytes(2) + frame[OVERHEAD:]
            case _:
                damaged = chance.randbytes(kind >> 3) + frame
        return damaged

    def _pieces(self, stream: bytes) -> Iterator[bytes]:
        """The stream as a line delivers it: mostly some tens of bytes, at times one, at times thousands."""
        chance = self._chance
        largest = chance.choice([3, 24, 24, 100, 4096])
        at = 0
        while at < len(stream):
            end = at + 1 + int(chance.random() * largest)
            yield stream[at:end]
            at = end


def _receive(pieces: list[bytes], silences: bytes) -> tuple[list[bytes], int]:
    """Frames found, and the most bytes that were kept; a silence stands where its byte is above 247."""
    receiver = Receiver()
    replies = []
    most = 0
    for piece, silence in zip(pieces, silences, strict=True):
        replies += receiver.feed(piece)
        if silence > _SILENT_ABOVE:
            replies += receiver.quiet()
        most = max(most, receiver.pending)
    replies += receiver.quiet()
    return [reply.frame for reply in replies], most


def _is_true(frame: bytes) -> bool:
    return next(read_plainly(frame), b"") == frame


def read_plainly(stream: bytes) -> Iterator[bytes]:
    """True frames of a whole stream, byte by byte from the left: slow, short, and right by reading it."""
    at = 0
    while (at := stream.find(PREAMBLE[:1], at)) >= 0:
        start = _after_preamble(stream, at)
        end = 0 if start is None else _end(stream, start)
        if start is not None and end and reduce(xor, stream[start:end]) == 0:
            yield PREAMBLE + stream[start:end]
            at = end
        else:
            at += 1


def _after_preamble(stream: bytes, at: int) -> int | None:
    """Where the length word stands, a 00 between two bytes of the preamble passed over."""
    for index, expected in enumerate(PREAMBLE):
        if index and stream[at : at + 1] == b"\x00":
            at += 1
        if stream[at : at + 1] != bytes([expected]):
            return None
        at += 1
    return at


def _end(stream: bytes, start: int) -> int:
    """End of the frame, 0 for one that is cut or of an impossible length."""
    length = int.from_bytes(stream[start : start + 2], "big")
    end = start + 2 + length
    return end if SHORTEST_REPLY <= length <= LONGEST and end <= len(stream) else 0
