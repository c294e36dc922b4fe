"""Servers on loopback that are not, or not quite, the operator's."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket, threading.Event], None]


class StrangeServer:
    """Takes connections on a port of its own; each request gets the behaviour; ``requests`` came in."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._threads = [threading.Thread(target=self._accept)]
        self.requests: list[bytes] = []
        self.request_came = threading.Event()
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def stop(self) -> None:
        self._stopped.set()
        for thread in list(self._threads):
            thread.join(5)
            assert not thread.is_alive()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(0.05)
            while not self._stopped.is_set():
                request = self._request(connection)
                if not request:
                    return
                self.requests.append(request)
                self.request_came.set()
                self._behaviour(connection, self._stopped)

    def _request(self, connection: socket.socket) -> bytes:
        data = b""
        while not self._stopped.is_set():
            head, end, body = data.partition(b"\r\n\r\n")
            if end and len(body) >= _declared(head):
                return data
            try:
                part = connection.recv(65536)
            except TimeoutError:
                continue
            if not part:
                return b""
            data += part
        return b""


def _declared(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def http_answer(
    status: str, body: bytes, *, media: str = "application/json", headers: tuple[str, ...] = ()
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def answers(data: bytes, *, then_closes: bool = False) -> Behaviour:
    def behave(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(data)
        if then_closes:
            connection.shutdown(socket.SHUT_RDWR)

    return behave


def trickles(start: bytes, drop: bytes, every_s: float) -> Behaviour:
    def behave(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(start)
        while not stopped.wait(every_s):
            connection.sendall(drop)

    return behave


def says_nothing(connection: socket.socket, stopped: threading.Event) -> None:
    stopped.wait()


def hangs_up(connection: socket.socket, _: threading.Event) -> None:
    connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def strange_server(behaviour: Behaviour) -> Iterator[StrangeServer]:
    server = StrangeServer(behaviour)
    try:
        yield server
    finally:
        server.stop()
