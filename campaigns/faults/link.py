"""One connection through its exchanges, with the faults that are dealt on it."""

import contextlib
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from campaigns.faults.faults import AT_A_BYTE, INVENTED, Fault, FaultKind, Message
from campaigns.faults.http_stream import BrokenOff, HttpStream, declared_length, path_of
from campaigns.faults.strange_answers import strange_answer

DROPS = 20
"""Pieces in which the rest of a trickled message comes."""

_ABRUPT = struct.pack("ii", 1, 0)
"""SO_LINGER: on, no seconds. Closing sends RST in the place of FIN."""


class CutHere(Exception):  # noqa: N818 - said of the connection, not a mistake of the program
    """The fault ends the connection."""


@dataclass(frozen=True, slots=True)
class Place:
    """A connection by its number, and the port of the client at its end."""

    connection: int
    port: int


class House(Protocol):
    """What a link asks of the proxy that it belongs to."""

    def next_fault(self, place: Place, order: int) -> Fault | None:
        """What goes wrong on the connection as the how-manieth fault, counted from 0."""

    def came_in(self, place: Place, path: str, body_bytes: int) -> None:
        """A request begins."""

    def strike(self, place: Place, fault: Fault, body_bytes: int) -> None:
        """The fault comes about now, in an exchange whose request has so many bytes of body."""

    def wait(self, seconds: float) -> None:
        """So long, or until the proxy ends."""

    def swap_answer(self, path: str, answer: bytes) -> bytes:
        """The answer that came before this one for the path; no bytes before the first."""

    def upstream(self) -> AbstractContextManager[socket.socket]:
        """A new connection to the operator."""


class Link:
    """The client's end is given, the operator's is opened when it is needed."""

    def __init__(self, house: House, place: Place, client: socket.socket) -> None:
        self._house = house
        self._place = place
        self._client = HttpStream(client)
        self._body_bytes = 0

    def serve(self) -> None:
        """Exchange after exchange until one end closes or the fault ends it: BrokenOff, CutHere, OSError."""
        with contextlib.ExitStack() as stack:
            server: HttpStream | None = None
            order = exchange = 0
            due = self._house.next_fault(self._place, order)
            while head := self._client.head():
                path = path_of(head)
                self._body_bytes = declared_length(head)
                self._house.came_in(self._place, path, self._body_bytes)
                fault = due if due is not None and due.exchange == exchange else None
                exchange += 1
                if fault is not None:
                    order, exchange = order + 1, 0
                    due = self._house.next_fault(self._place, order)
                if server is None:
                    server = HttpStream(stack.enter_context(self._house.upstream()))
                self._exchange(path, head, server, fault)

    def _exchange(self, path: str, head: bytes, server: HttpStream, fault: Fault | None) -> None:
        if fault is not None and fault.kind in INVENTED:
            self._invented(head, server, fault)
            return
        if fault is not None and fault.kind is FaultKind.DUPLICATE:
            answer = self._twice(head, server, fault)
            self._house.swap_answer(path, answer)
            self._client.connection.sendall(answer)
            return
        self._relay(head, self._client, server, fault, Message.REQUEST)
        answer_head = _begun(server)
        if fault is not None and fault.kind is FaultKind.OLD_ANSWER:
            answer = answer_head + b"".join(server.body(answer_head))
            self._client.connection.sendall(self._earlier(path, answer, fault))
            return
        self._house.swap_answer(path, self._relay(answer_head, server, self._client, fault, Message.ANSWER))

    # -- whole exchanges --

    def _invented(self, head: bytes, server: HttpStream, fault: Fault) -> None:
        request = head + b"".join(self._client.body(head))
        answer = b""
        if fault.message is Message.ANSWER:
            server.connection.sendall(request)
            answer = _begun(server)
            answer += b"".join(server.body(answer))
        # the same bytes whenever the fault comes on this connection again
        chance = random.Random(f"{fault.kind}/{self._place.connection}")  # noqa: S311 - noise, no secret
        strange = strange_answer(fault.kind, answer, chance)
        self._house.strike(self._place, fault, self._body_bytes)
        self._client.connection.sendall(strange.data)
        if strange.closes:
            raise CutHere

    def _twice(self, head: bytes, server: HttpStream, fault: Fault) -> bytes:
        """Both are sent before an answer is read: the operator works on them side by side."""
        request = head + b"".join(self._client.body(head))
        with self._house.upstream() as again:
            server.connection.sendall(request)
            again.sendall(request)
            first, second = server.message(), HttpStream(again).message()
        self._house.strike(self._place, fault, self._body_bytes)
        return second if fault.at >= 0.5 else first

    def _earlier(self, path: str, answer: bytes, fault: Fault) -> bytes:
        before = self._house.swap_answer(path, answer)
        if not before:
            return answer
        self._house.strike(self._place, fault, self._body_bytes)
        return before

    # -- at a byte --

    def _relay(
        self, head: bytes, source: HttpStream, sink: HttpStream, fault: Fault | None, message: Message
    ) -> bytes:
        """Head and body from one end to the other; the fault comes at its byte if this is its message."""
        place = None
        if fault is not None and fault.kind in AT_A_BYTE and fault.message is message:
            place = fault.byte(len(head), declared_length(head))
        passed = bytearray()
        is_slow = False
        for part in chain([head], source.body(head)):
            before = len(passed)
            passed += part
            left = part
            if fault is not None and place is not None and place <= len(passed):
                sink.connection.sendall(part[: place - before])
                left = part[place - before :]
                place = None
                self._strike(fault)
                is_slow = fault.kind is FaultKind.TRICKLE
            for drop in _drops(left) if is_slow else (left,):
                if is_slow and fault is not None:
                    self._house.wait(fault.seconds)
                sink.connection.sendall(drop)
        return bytes(passed)

    def _strike(self, fault: Fault) -> None:
        self._house.strike(self._place, fault, self._body_bytes)
        match fault.kind:
            case FaultKind.CUT:
                raise CutHere
            case FaultKind.RESET:
                self._client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPT)
                raise CutHere
            case FaultKind.DELAY:
                self._house.wait(fault.seconds)


def _begun(server: HttpStream) -> bytes:
    head = server.head()
    if not head:
        raise BrokenOff
    return head


def _drops(data: bytes) -> Iterator[bytes]:
    size = max(1, -(-len(data) // DROPS))
    for at in range(0, len(data), size):
        yield data[at : at + size]
