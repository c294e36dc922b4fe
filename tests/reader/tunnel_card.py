"""A card program for the virtual reader that passes SAM frames through an envelope.

It shares no code with the driver: envelope, frames and card are written out
here once more, from the public description of the protocol, so that a mistake
on one side does not hide behind the same one on the other.
"""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from functools import reduce
from typing import Self

ATR = bytes.fromhex("3B888001D10386050080800058")
BANK_ATR = bytes.fromhex("3B6500002063CB6800")
NUMBER_TEXT = "05.03-20101010-0001234567-1234567890"

_HEAD = bytes.fromhex("AAAAAA9669")
_DONE = "AAAAAA9669000400009094"
_NOTHING = "AAAAAA9669000400008084"
_STATUS, _RESET, _NUMBER, _FIND, _SELECT, _READ = "11FF", "10FF", "12FF", "2001", "2002", "3001"
_FIXED = {
    _STATUS: _DONE,
    _RESET: _DONE,
    _NUMBER: "AAAAAA966900140000900500030092B7320187D61200D2029649D8",
    _FIND: "AAAAAA9669000800009F0000000097",
    _SELECT: "AAAAAA9669000C00009000000000000000009C",
}


def sample_text(name: str = "样例") -> bytes:
    """The fictional card of GB 11643's own example number."""
    fields = (
        (name, 15), ("2", 1), ("01", 2), ("19491231", 8), ("某市某区样例路1号", 35),
        ("11010519491231002X", 18), ("某市公安局", 15), ("20200101", 8), ("长期", 8), ("", 18),
    )  # fmt: skip
    return "".join(text.ljust(length) for text, length in fields).encode("utf-16-le")


def _frame(content: bytes) -> bytes:
    counted = bytes([(len(content) + 1) >> 8, (len(content) + 1) & 0xFF]) + content
    return _HEAD + counted + bytes([reduce(lambda a, b: a ^ b, counted)])


class Module:
    """What the module says to a frame. ``odd`` maps a command to the answers that it gives first."""

    def __init__(self) -> None:
        self.text = sample_text()
        self.photo = bytes(1024)
        self.odd: dict[str, list[str]] = {}
        self.heard: list[str] = []
        self._was_read = False

    def answer(self, frame: bytes) -> bytes:
        """Empty for bytes that are no true frame."""
        length = frame[5] << 8 | frame[6]
        if frame[:5] != _HEAD or len(frame) != 7 + length or reduce(lambda a, b: a ^ b, frame[5:]):
            return b""
        command = frame[7:9].hex().upper()
        self.heard.append(command)
        odd = self.odd.get(command)
        if odd:
            return bytes.fromhex(odd.pop(0))
        if command == _RESET:
            self._was_read = False
        if command == _FIND and self._was_read:
            return bytes.fromhex(_NOTHING)
        if command == _READ:
            self._was_read = True
            return _frame(bytes.fromhex("00009001000400") + self.text + self.photo)
        return bytes.fromhex(_FIXED.get(command, "AAAAAA9669000400002125"))


@dataclass
class TunnelCard:
    """One card in the first virtual slot; ``header`` and what follows are the envelope it understands.

    ``in_parts`` gives answers longer than 256 bytes by GET RESPONSE, as ISO
    7816-4 has it.
    """

    header: str = "FFFE0000"
    extended: bool = False
    expects_length: bool = True
    status_word: bool = True
    in_parts: bool = False
    atr: bytes = ATR
    module: Module = field(default_factory=Module)
    apdus: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._rest = b""
        self._leaving = threading.Event()
        self._socket = socket.create_connection(("127.0.0.1", 35963), 5)
        self._socket.settimeout(0.05)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        received = b""
        while True:
            try:
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                arrived = self._socket.recv(8192)
            except TimeoutError:
                continue
            except OSError:
                return
            if not arrived:
                return
            received += arrived
            while len(received) >= 2 and len(received) >= 2 + (received[0] << 8 | received[1]):
                end = 2 + (received[0] << 8 | received[1])
                message, received = received[2:end], received[end:]
                if not self._heard(message):
                    return

    def _heard(self, message: bytes) -> bool:
        """False once the reader has seen that the card is gone."""
        if message == b"\x04":
            self._say(b"" if self._leaving.is_set() else self.atr)
            return not self._leaving.is_set()
        if len(message) > 1:
            self.apdus.append(message.hex().upper())
            self._say(self._answer(message))
        return True

    def _say(self, message: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendall(bytes([len(message) >> 8, len(message) & 0xFF]) + message)

    def _answer(self, apdu: bytes) -> bytes:
        if apdu == bytes.fromhex("0036000008"):
            return bytes.fromhex("01020304050607089000") if self.atr == ATR else bytes.fromhex("6D00")
        if apdu[:4] == bytes.fromhex("00C00000") and self._rest:
            return self._part(apdu[4] or 256)
        if apdu[:4] != bytes.fromhex(self.header):
            return bytes.fromhex("6D00")
        frame = self._opened(apdu[4:])
        return bytes.fromhex("6700") if frame is None else self._wrapped(self.module.answer(frame))

    def _wrapped(self, answer: bytes) -> bytes:
        if not self.status_word:
            return answer or bytes(2)
        if self.in_parts and len(answer) > 256:
            self._rest = answer
            return self._part(0)
        return answer + bytes.fromhex("9000")

    def _part(self, wanted: int) -> bytes:
        part, self._rest = self._rest[:wanted], self._rest[wanted:]
        more = min(len(self._rest), 256)
        return part + (bytes([0x61, more & 0xFF]) if more else bytes.fromhex("9000"))

    def _opened(self, body: bytes) -> bytes | None:
        """The frame within Lc, data and Le, None when the lengths are not those of this envelope."""
        tail = (2 if self.extended else 1) if self.expects_length else 0
        if self.extended:
            length, start = (body[1] << 8 | body[2], 3) if body[:1] == b"\x00" else (-1, 0)
        else:
            length, start = body[0], 1
        if length < 0 or len(body) != start + length + tail or any(body[start + length :]):
            return None
        return body[start : start + length]
