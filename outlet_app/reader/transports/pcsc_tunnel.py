"""A line of bytes through a PC/SC reader: SAM frames inside an APDU or a control code.

Each request is answered within its own exchange; nothing comes later. ISO
7816-4: status 61xx says that xx more bytes wait for GET RESPONSE.
"""

import time
from collections.abc import Callable
from typing import Protocol

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.byte_link import READ_SLICE_S
from outlet_app.reader.envelope import CONTROL, Envelope
from outlet_app.reader.frames import LONGEST

_DONE = 0x9000
_MORE = 0x61
_GET_RESPONSE = bytes.fromhex("00C00000")


class TunnelCard(Protocol):
    """A connection to a PC/SC reader."""

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Data and status word of the answer."""

    def control(self, code: int | None, data: bytes) -> bytes:
        """Whole answer to a control code; None stands for the reader's escape code."""


class TunnelLink:
    """ByteLink in one envelope. KnownFailure READER_NO_ANSWER when the reader refuses the envelope."""

    def __init__(self, card: TunnelCard, envelope: Envelope, *, on_close: Callable[[], None]) -> None:
        self._card = card
        self._envelope = envelope
        self._on_close = on_close
        self._answer = b""

    def write(self, data: bytes) -> None:
        """Send one frame and keep what is answered for the next read."""
        wrapped = self._envelope.wrap(data)
        if self._envelope.way == CONTROL:
            self._answer += self._controlled(wrapped)
        else:
            self._answer += self._transmitted(wrapped)

    def read_some(self) -> bytes:
        """The answer, once; after it the line is silent until the next write."""
        answer, self._answer = self._answer, b""
        if not answer:
            # a line waits so long for a first byte, and whoever reads it counts on that
            time.sleep(READ_SLICE_S)
        return answer

    def discard_input(self) -> None:
        """Forget an answer that was not read."""
        self._answer = b""

    def close(self) -> None:
        """Give the connection back, if it is this line's to give."""
        self._on_close()

    def _controlled(self, wrapped: bytes) -> bytes:
        answer = self._card.control(self._envelope.control_code, wrapped)
        if not self._envelope.status_word:
            return answer
        _check(int.from_bytes(answer[-2:], "big"))
        return answer[:-2]

    def _transmitted(self, wrapped: bytes) -> bytes:
        answer, status = self._card.transmit(wrapped)
        if not self._envelope.status_word:
            return answer + status.to_bytes(2, "big")
        while status >> 8 == _MORE and len(answer) <= LONGEST:
            more, status = self._card.transmit(_GET_RESPONSE + bytes([status & 0xFF]))
            answer += more
        _check(status)
        return answer


def _check(status: int) -> None:
    if status != _DONE:
        raise KnownFailure(FailureCode.READER_NO_ANSWER, f"tunnel: status {status:04x}")
