"""A proxy on loopback that deals faults as its script says, and passes the rest on."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from campaigns.faults.certificates import LOOPBACK, Certificates
from campaigns.faults.faults import OF_THE_HANDSHAKE, Fault, FaultKind, Script
from campaigns.faults.http_stream import BrokenOff
from campaigns.faults.link import CutHere, Link, Place

_CONNECT_S = 5.0
_JOIN_S = 10.0
_KILLS = frozenset({FaultKind.KILL_SERVER, FaultKind.KILL_SENDER})

OnKill = Callable[[FaultKind, int], None]
"""Called within the exchange: who is to be killed, and the port of the sender at its end."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """A fault that came about, on which connection, and in an exchange of how many bytes of body."""

    connection: int
    fault: Fault
    body_bytes: int


@dataclass(frozen=True, slots=True)
class CameIn:
    """A request: on which connection, for which path, and how many bytes of body."""

    connection: int
    path: str
    body_bytes: int


class FaultProxy:
    """Listens from its making until ``close``.

    ``upstream`` is the operator's port on loopback. ``certificates`` make it
    speak TLS to its clients. ``answers`` holds the last answer of each path; two
    proxies that share it give each other's. While ``gate`` is not set, nobody
    is let in.
    """

    def __init__(
        self,
        upstream: int,
        script: Script,
        *,
        certificates: Certificates | None = None,
        on_kill: OnKill | None = None,
        answers: dict[str, bytes] | None = None,
    ) -> None:
        self.script = script
        self.dealt: list[Dealt] = []
        self.requests: list[CameIn] = []
        self.struck = threading.Event()
        """Set when a fault has come about; whoever waits for the next one clears it."""
        self.gate = threading.Event()
        self.gate.set()
        self._upstream = upstream
        self._certificates = certificates
        self._on_kill = on_kill
        self._answers = {} if answers is None else answers
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._handles: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((LOOPBACK, 0), backlog=128)
        self._accepting = threading.Thread(target=self._accept, name="fault-proxy")
        self._accepting.start()

    @property
    def url(self) -> str:
        """Base URL for the terminal."""
        scheme = "http" if self._certificates is None else "https"
        return f"{scheme}://{LOOPBACK}:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """End every connection and thread; what is delayed goes on at once."""
        self._ended.set()
        self.gate.set()
        # wakes whoever waits in accept
        _shut(self._listener)
        self._accepting.join(_JOIN_S)
        self._listener.close()
        with self._lock:
            for handle in self._handles:
                _shut(handle)
        for thread in (*self._threads, self._accepting):
            thread.join(_JOIN_S)
            assert not thread.is_alive(), "a connection of the proxy does not end"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                connection, (_, port) = self._listener.accept()
            except OSError:
                return
            self.gate.wait()
            if self._ended.is_set():
                connection.close()
                return
            thread = threading.Thread(
                target=self._serve, args=(connection, Place(number, port)), name=f"fault-proxy-{number}"
            )
            number += 1
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]
            thread.start()

    def _serve(self, connection: socket.socket, place: Place) -> None:
        # what breaks off on one side is broken off on the other, which is all that a proxy can say
        with (
            self._held(connection),
            contextlib.suppress(OSError, BrokenOff, CutHere),
            connection,
            self._greeted(connection, place) as client,
        ):
            Link(self, place, client).serve()

    def _greeted(self, connection: socket.socket, place: Place) -> socket.socket:
        """The connection, behind TLS where this proxy speaks it."""
        if self._certificates is None:
            return connection
        context = self._certificates.right
        fault = self.next_fault(place, 0)
        if fault is not None and fault.kind in OF_THE_HANDSHAKE:
            self.strike(place, fault, 0)
            if fault.kind is FaultKind.HANDSHAKE_CUT:
                connection.recv(64)
                raise CutHere
            context = self._certificates.wrong
        return context.wrap_socket(connection, server_side=True)

    # -- what a link asks of its proxy --

    def next_fault(self, place: Place, order: int) -> Fault | None:
        """What goes wrong on the connection as the how-manieth fault, counted from 0."""
        return self.script(place.connection, order)

    def came_in(self, place: Place, path: str, body_bytes: int) -> None:
        """A request begins."""
        with self._lock:
            self.requests.append(CameIn(place.connection, path, body_bytes))

    def strike(self, place: Place, fault: Fault, body_bytes: int) -> None:
        """The fault comes about now."""
        with self._lock:
            self.dealt.append(Dealt(place.connection, fault, body_bytes))
        if fault.kind in _KILLS and self._on_kill is not None:
            self._on_kill(fault.kind, place.port)
        self.struck.set()

    def wait(self, seconds: float) -> None:
        """So long, or until the proxy ends."""
        self._ended.wait(seconds)

    def swap_answer(self, path: str, answer: bytes) -> bytes:
        """The answer that came before this one for the path; no bytes before the first."""
        with self._lock:
            before = self._answers.get(path, b"")
            self._answers[path] = answer
        return before

    @contextlib.contextmanager
    def upstream(self) -> Iterator[socket.socket]:
        """A new connection to the operator."""
        with socket.create_connection((LOOPBACK, self._upstream), timeout=_CONNECT_S) as connection:
            connection.settimeout(None)
            with self._held(connection):
                yield connection

    @contextlib.contextmanager
    def _held(self, connection: socket.socket) -> Iterator[None]:
        """A second handle of the connection meanwhile, good through TLS too, by which ``close`` ends it."""
        with connection.dup() as handle:
            with self._lock:
                self._handles.add(handle)
                if self._ended.is_set():
                    _shut(handle)
            try:
                yield
            finally:
                with self._lock:
                    self._handles.discard(handle)


def _shut(handle: socket.socket) -> None:
    # not connected any more: nobody waits on it then
    with contextlib.suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
