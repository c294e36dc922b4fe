"""How fast the receiver is, in MB/s (millions of bytes a second), on streams of three kinds."""

from collections.abc import Callable
from time import perf_counter

from outlet_app.reader.frames import PREAMBLE, Status, build_reply
from outlet_app.reader.receiver import Receiver

_STREAM_BYTES = 2_000_000
_PIECE_BYTES = 64
_READ_DATA = bytes.fromhex("01000400") + bytes(range(256)) * 5


def receiver_speeds() -> dict[str, float]:
    """MB/s for answers to a read, for noise, and for false frames as dense as they can stand."""
    kinds: dict[str, Callable[[], bytes]] = {
        "answers to a read": lambda: build_reply(Status.DONE, _READ_DATA),
        "noise without frames": lambda: bytes(range(256)),
        "dense false frames": lambda: PREAMBLE + b"\x0f\xff",
    }
    return {name: _speed(unit()) for name, unit in kinds.items()}


def _speed(unit: bytes) -> float:
    stream = unit * (_STREAM_BYTES // len(unit))
    receiver = Receiver()
    started_at = perf_counter()
    for at in range(0, len(stream), _PIECE_BYTES):
        receiver.feed(stream[at : at + _PIECE_BYTES])
    return len(stream) / (perf_counter() - started_at) / 1e6
