"""Somebody between terminal and operator: sees every byte, may change or invent answers."""

import contextlib
import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from outlet_app.sync.stores import Stores
from tests.outlet_fixture import OutletUnderTest


@dataclass(frozen=True)
class Passed:
    """One exchange as it passed him: request, and the operator's own answer (0 and empty: never asked)."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes

    @property
    def all_bytes(self) -> bytes:
        return b"\n".join([self.path.encode(), repr(self.headers).encode(), self.body, self.answer])


@dataclass(frozen=True)
class Reply:
    """What he lets through to the terminal."""

    status: int
    body: bytes
    media: str = "application/json"


Alter = Callable[[Passed], Reply | None]


class ManInTheMiddle:
    """Passes everything on to the operator at ``upstream``.

    ``alter`` may put an answer in the place of the operator's; ``invent`` may
    answer before the operator is asked at all.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.seen: list[Passed] = []
        self.alter: Alter = _as_it_is
        self.invent: Alter = _as_it_is
        man = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                man.handle(self)

            def do_POST(self) -> None:
                man.handle(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
                """Says nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def to(self, path: str) -> list[Passed]:
        return [passed for passed in self.seen if passed.path.partition("?")[0] == path]

    def replay(self, passed: Passed) -> tuple[int, bytes]:
        """The operator's answer to the very same request once more."""
        return self._ask(passed.method, passed.path, passed.headers, passed.body)

    def handle(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = dict(handler.headers.items())
        unasked = Passed(handler.command, handler.path, headers, body, 0, b"")
        reply = self.invent(unasked)
        if reply is not None:
            self.seen.append(unasked)
        else:
            status, answer = self._ask(handler.command, handler.path, headers, body)
            passed = Passed(handler.command, handler.path, headers, body, status, answer)
            self.seen.append(passed)
            reply = self.alter(passed) or Reply(status, answer)
        handler.send_response(reply.status)
        handler.send_header("Content-Type", reply.media)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        # answers come to him as they are, so that what he passes on is what he sees
        dropped = {"host", "connection", "accept-encoding"}
        kept = {name: value for name, value in headers.items() if name.lower() not in dropped}
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body or None, kept)
            response = connection.getresponse()
            return response.status, response.read()


class HasUrl(Protocol):
    """A server of a test."""

    @property
    def url(self) -> str: ...


def through(server: HasUrl, outlet: OutletUnderTest) -> None:
    """The outlet takes this server for its operator's from now on."""
    with Stores(outlet.home) as stores:
        stores._db.execute("UPDATE enrolment SET server = ?", (server.url,))


def _as_it_is(_: Passed) -> Reply | None:
    return None


@contextlib.contextmanager
def man_in_the_middle(upstream: str) -> Iterator[ManInTheMiddle]:
    man = ManInTheMiddle(upstream)
    try:
        yield man
    finally:
        man.close()
