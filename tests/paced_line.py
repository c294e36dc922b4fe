"""A line on loopback that carries so many bytes a second with so much delay, and counts what it carries."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE_BYTES = 1_024
_LOOK_S = 0.1
_LATE_S = 0.05


_UnderWay = queue.SimpleQueue[tuple[float, bytes]]
"""Bytes, each with the moment when they come out at the other end."""


@dataclass
class Carried:
    """Payload bytes of TCP, to the server and back."""

    there: int = 0
    back: int = 0


class PacedLine:
    """Connections to ``url`` reach the server at ``port``; each way has the rate and half of the round trip.

    It reads no faster than it carries; what is not read yet waits in the
    system's buffers, as it does in a modem's.
    """

    def __init__(self, port: int, *, bytes_per_s: float = float("inf"), round_trip_s: float = 0.0) -> None:
        self._port = port
        self._bytes_per_s = bytes_per_s
        self._way_s = round_trip_s / 2
        self.carried = Carried()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_S)
        self._threads = [threading.Thread(target=self._accept)]
        self._sockets: list[socket.socket] = []
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(10)
        for each in (self._listener, *self._sockets):
            each.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            # a connection is made in one round trip
            self._stopped.wait(2 * self._way_s)
            far = socket.create_connection(("127.0.0.1", self._port))
            self._sockets += (near, far)
            for source, target, way in ((near, far, "there"), (far, near, "back")):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                source.settimeout(_LOOK_S)
                self._carry(source, target, way)

    def _carry(self, source: socket.socket, target: socket.socket, way: str) -> None:
        under_way: _UnderWay = queue.SimpleQueue()
        for work in (
            threading.Thread(target=self._take, args=(source, under_way, way)),
            threading.Thread(target=self._give, args=(target, under_way)),
        ):
            self._threads.append(work)
            work.start()

    def _take(self, source: socket.socket, under_way: _UnderWay, way: str) -> None:
        free_at = time.monotonic()
        most = _PIECE_BYTES if self._bytes_per_s != float("inf") else 65_536
        while not self._stopped.is_set():
            try:
                data = source.recv(most)
            except TimeoutError:
                continue
            except OSError:
                data = b""
            # a wait that ended a moment late is made up for: the line itself was never idle then
            free_at = max(free_at, time.monotonic() - _LATE_S) + len(data) / self._bytes_per_s
            under_way.put((free_at + self._way_s, data))
            if not data:
                return
            setattr(self.carried, way, getattr(self.carried, way) + len(data))
            self._stopped.wait(max(0.0, free_at - time.monotonic()))

    def _give(self, target: socket.socket, under_way: _UnderWay) -> None:
        with contextlib.suppress(OSError):
            while not self._stopped.is_set():
                try:
                    at, data = under_way.get(timeout=_LOOK_S)
                except queue.Empty:
                    continue
                self._stopped.wait(max(0.0, at - time.monotonic()))
                if not data:
                    break
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def paced_line(
    port: int, *, bytes_per_s: float = float("inf"), round_trip_s: float = 0.0
) -> Iterator[PacedLine]:
    line = PacedLine(port, bytes_per_s=bytes_per_s, round_trip_s=round_trip_s)
    try:
        yield line
    finally:
        line.close()
