"""Requests out of the bytes that a host sends; what is damaged is answered, as a module does."""

from collections.abc import Iterator
from dataclasses import dataclass

from outlet_app.reader.frames import LONGEST, OVERHEAD, PREAMBLE, SHORTEST_REQUEST, Status, checksum

_MOST_PENDING = 2 * LONGEST
"""Bytes kept while a request is incomplete; a host that sends more without a frame is not talking to us."""


@dataclass(frozen=True, slots=True)
class Request:
    """One frame from the host. ``complaint`` is the status of a damaged one, None for a true one."""

    content: bytes
    """Command, parameter and data; the checksum left out."""
    byte_count: int
    complaint: Status | None = None

    @property
    def command(self) -> bytes:
        """Command and parameter byte."""
        return self.content[:2]

    @property
    def data(self) -> bytes:
        """What follows them."""
        return self.content[2:]


class RequestReceiver:
    """Incremental: bytes go in as they come, requests come out as they are complete."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[Request]:
        """Requests completed by ``data``; noise between them is dropped."""
        self._pending += data
        del self._pending[:-_MOST_PENDING]
        while (request := self._next()) is not None:
            yield request

    def clear(self) -> None:
        """Forget the beginning of a request, when the host has gone."""
        self._pending.clear()

    def _next(self) -> Request | None:
        start = self._pending.find(PREAMBLE)
        if start < 0:
            del self._pending[: -(len(PREAMBLE) - 1)]
            return None
        del self._pending[:start]
        if len(self._pending) < OVERHEAD:
            return None
        length = int.from_bytes(self._pending[len(PREAMBLE) : OVERHEAD], "big")
        if not SHORTEST_REQUEST <= length <= LONGEST:
            del self._pending[:OVERHEAD]
            return Request(b"", OVERHEAD, Status.REQUEST_LENGTH_WRONG)
        end = OVERHEAD + length
        if len(self._pending) < end:
            return None
        counted = bytes(self._pending[len(PREAMBLE) : end])
        del self._pending[:end]
        damaged = checksum(counted) != 0
        return Request(counted[2:-1], end, Status.REQUEST_CHECKSUM_WRONG if damaged else None)
