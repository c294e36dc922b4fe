"""What a module says on a line of bytes: requests in, answers out, at the pace of a real line if asked."""

import threading
from collections.abc import Callable, Iterator
from time import monotonic

from outlet_app.reader.simulator.answers import Answer
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.requests import RequestReceiver

_BITS_PER_BYTE = 10
"""8N1."""

_TICK_S = 0.002
"""A paced line delivers what it carries in this time at once, as adaptors do."""

Send = Callable[[bytes, int], bool]
"""Sends bytes at a rate in bit/s; False when nobody is there to take them."""


class Conversation:
    """One host on one line. ``halt`` ends every pause at once."""

    def __init__(self, module: SimulatedModule, send: Send, halt: threading.Event, *, pace: bool) -> None:
        self._module = module
        self._send = send
        self._halt = halt
        self._pace = pace
        self._receiver = RequestReceiver()

    def opened(self) -> None:
        """A host has come: what the last one left unsaid is forgotten."""
        self._receiver.clear()
        self._module.opened()

    def hear(self, data: bytes) -> bool:
        """Answer all requests that ``data`` completes; False when the reader is pulled out behind them."""
        arrived_at = monotonic()
        for request in self._receiver.feed(data):
            # the answer to set-baud still travels at the old rate
            rate = self._module.baud
            answer = self._module.handle(request)
            if self._pace:
                self._wait_until(arrived_at + request.byte_count * _BITS_PER_BYTE / rate)
            self._say(answer, rate)
            if answer.unplug:
                return False
        return True

    def _say(self, answer: Answer, rate: int) -> None:
        for chunk in answer.chunks:
            self._wait_until(monotonic() + chunk.pause_s)
            for piece in self._pieces(chunk.data, rate):
                if self._halt.is_set() or not self._send(piece, rate):
                    return

    def _pieces(self, data: bytes, rate: int) -> Iterator[bytes]:
        """The bytes at once, or as a line of that rate carries them."""
        size = max(1, round(rate / _BITS_PER_BYTE * _TICK_S)) if self._pace else max(1, len(data))
        started_at = monotonic()
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            if self._pace:
                self._wait_until(started_at + (at + len(piece)) * _BITS_PER_BYTE / rate)
            yield piece

    def _wait_until(self, moment: float) -> None:
        remaining_s = moment - monotonic()
        if remaining_s > 0:
            self._halt.wait(remaining_s)
