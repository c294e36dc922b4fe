"""What goes over one client's connections: counted, and held to a speed, where the line is metered."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from outlet_app.sync.pace import Pace
from outlet_app.sync.tcp_count import carried_bytes
from outlet_app.sync.whole_head import WholeHeadResponse

_AROUND = 1.1
"""What messages of HTTP weigh with TLS, the heads of packets and what confirms these."""

_BUFFER_S = 0.5
_LEAST_BUFFER_BYTES = 4_096
_MOST_BUFFER_BYTES = 65_536


class LineMeter:
    """Of one client. ``bytes_per_s`` is what may go both ways, all in all; 0 holds nothing back."""

    def __init__(self, bytes_per_s: int = 0) -> None:
        self._bytes_per_s = bytes_per_s
        self.pace = Pace(int(bytes_per_s / _AROUND)) if bytes_per_s else None
        self._lock = threading.Lock()
        self._messages = 0
        self._gone = 0
        self._open: socket.socket | None = None

    @property
    def held_s(self) -> float:
        """Seconds for which the speed limit held bytes back."""
        return 0.0 if self.pace is None else self.pace.held_s

    def carried(self) -> int:
        """Bytes both ways so far, by the system's count, else by the messages' own with a tenth on top."""
        with self._lock:
            now = None if self._open is None else carried_bytes(self._open)
            if now is None and not self._gone:
                return int(self._messages * _AROUND)
            return self._gone + (now or 0)

    def begins(self, connection: socket.socket) -> None:
        """A new connection, by a handle that stays good until ``ends``."""
        with self._lock:
            self._open = connection

    def ends(self) -> None:
        """The handle is about to be closed."""
        with self._lock:
            if self._open is not None:
                self._gone += carried_bytes(self._open) or 0
                self._open = None

    def pieces(self, data: Any) -> Iterator[Any]:
        """What is to be sent, piece by piece, each when it is its time."""
        if not isinstance(data, (bytes, bytearray)):
            yield data
            return
        size = len(data) if self.pace is None else self.pace.piece_bytes
        for start in range(0, len(data), max(size, 1)):
            piece = data[start : start + size]
            self.passed(len(piece))
            yield piece

    def passed(self, count: int) -> None:
        """So many bytes of messages, about to be sent or just received."""
        with self._lock:
            self._messages += count
        if self.pace is not None:
            self.pace.take(count)

    def socket_options(self) -> list[tuple[int, int, int]]:
        """A buffer so small that the other side feels how slowly it is read, half a second's worth."""
        if self.pace is None:
            return []
        size = min(max(int(self._bytes_per_s * _BUFFER_S), _LEAST_BUFFER_BYTES), _MOST_BUFFER_BYTES)
        return [(socket.SOL_SOCKET, socket.SO_RCVBUF, size)]

    def end(self) -> None:
        """Nothing is held back any more; from any thread."""
        if self.pace is not None:
            self.pace.end()


def metered_response(meter: LineMeter) -> Callable[..., WholeHeadResponse]:
    """What makes the answers of connections of this meter."""

    def response(connection: socket.socket, *args: Any, **how: Any) -> WholeHeadResponse:
        return WholeHeadResponse(_Metered(connection, meter), *args, **how)  # type: ignore[arg-type] # see there

    return response


class _Metered:
    """A connection as the standard library's response uses one: to make a file of it, and no more."""

    def __init__(self, connection: socket.socket, meter: LineMeter) -> None:
        self._connection = connection
        self._meter = meter

    def makefile(self, mode: str) -> io.BufferedReader:
        raw = self._connection.makefile(mode, buffering=0)  # type: ignore[call-overload] # "rb", always
        return io.BufferedReader(_MeteredBytes(raw, self._meter))


class _MeteredBytes(io.RawIOBase):
    """Bytes as they are received."""

    def __init__(self, raw: socket.SocketIO, meter: LineMeter) -> None:
        super().__init__()
        self._raw = raw
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        pace = self._meter.pace
        view = memoryview(buffer) if pace is None else memoryview(buffer)[: pace.piece_bytes]
        count = self._raw.readinto(view)
        if count:
            self._meter.passed(count)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
