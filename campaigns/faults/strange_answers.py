"""What stands in the place of the operator's answer: pages of others, errors, and its own answer spoilt."""

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from campaigns.faults.faults import FaultKind

ENDLESS_BYTES = 8 * 1024 * 1024
"""Twice what any answer of the operator may have."""

WAIT_S = 1
_JSON = "application/json"
_BOMB = gzip.compress(b" " * ENDLESS_BYTES)
_LOGIN = b"<!doctype html><title>Wi-Fi</title><form action='/login'><input name='room'></form>"


@dataclass(frozen=True, slots=True)
class StrangeAnswer:
    """Bytes, and whether the connection ends behind them."""

    data: bytes
    closes: bool = False


def strange_answer(kind: FaultKind, answer: bytes, chance: random.Random) -> StrangeAnswer:
    """The answer of this kind; ``answer`` is the operator's own, or no bytes where it was not asked."""
    if kind in _FIXED:
        return StrangeAnswer(_FIXED[kind]())
    if kind in _DRAWN:
        return _DRAWN[kind](chance)
    head, _, body = answer.partition(b"\r\n\r\n")
    # the operator was not asked, or had nothing to say: some answer is spoilt all the same
    return _SPOILT[kind](head or _head("200 OK", b'{"items":[]}'), body or b'{"items":[]}', chance)


def _head(status: str, body: bytes, *more: str, media: str = _JSON) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {media}", f"Content-Length: {len(body)}", *more)
    return "\r\n".join(lines).encode()


def _answer(status: str, body: bytes, *more: str, media: str = _JSON) -> bytes:
    return _head(status, body, *more, media=media) + b"\r\n\r\n" + body


def _busy_until() -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)
    until = format_datetime(now + timedelta(seconds=WAIT_S), usegmt=True)
    dates = (f"Date: {format_datetime(now, usegmt=True)}", f"Retry-After: {until}")
    return _answer("429 Too Many Requests", b"{}", *dates)


_FIXED: dict[FaultKind, Callable[[], bytes]] = {
    FaultKind.LOGIN_PAGE: lambda: _answer("200 OK", _LOGIN, media="text/html; charset=utf-8"),
    FaultKind.REDIRECT: lambda: _answer(
        "302 Found", b"", "Location: http://127.0.0.1:9/login", media="text/html"
    ),
    FaultKind.STATUS_500: lambda: _answer("500 Internal Server Error", b"<h1>Oops</h1>", media="text/html"),
    FaultKind.STATUS_502: lambda: _answer("502 Bad Gateway", b""),
    FaultKind.STATUS_503: lambda: _answer("503 Service Unavailable", b"{}", f"Retry-After: {WAIT_S}"),
    FaultKind.BUSY_SECONDS: lambda: _answer("429 Too Many Requests", b"{}", f"Retry-After: {WAIT_S}"),
    FaultKind.BUSY_DATE: _busy_until,
    FaultKind.GZIP_BOMB: lambda: _answer("200 OK", _BOMB, "Content-Encoding: gzip"),
}


def _garbage(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(1, 3000))


_DRAWN: dict[FaultKind, Callable[[random.Random], StrangeAnswer]] = {
    # a first byte that no HTTP answer begins with: otherwise one in millions would be one
    FaultKind.NOT_HTTP: lambda chance: StrangeAnswer(b"\x00" + _garbage(chance) + b"\r\n\r\n", closes=True),
    FaultKind.GARBAGE_BODY: lambda chance: StrangeAnswer(_answer("200 OK", b"\xff" + _garbage(chance))),
    FaultKind.GZIP_GARBAGE: lambda chance: StrangeAnswer(
        _answer("200 OK", b"\x1f\x8b" + _garbage(chance), "Content-Encoding: gzip")
    ),
    FaultKind.ENDLESS: lambda _: StrangeAnswer(
        f"HTTP/1.1 200 OK\r\nContent-Type: {_JSON}\r\n\r\n".encode() + b" " * ENDLESS_BYTES, closes=True
    ),
}


def _with_length(head: bytes, length: str) -> bytes:
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    return b"\r\n".join((*lines, f"Content-Length: {length}".encode())) + b"\r\n\r\n"


def _flipped(head: bytes, body: bytes, chance: random.Random) -> StrangeAnswer:
    at = chance.randrange(len(body))
    spoilt = body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]
    return StrangeAnswer(head + b"\r\n\r\n" + spoilt)


def _longer(head: bytes, body: bytes, _: random.Random) -> StrangeAnswer:
    return StrangeAnswer(_with_length(head, str(len(body) + 100)) + body, closes=True)


def _shorter(head: bytes, body: bytes, _: random.Random) -> StrangeAnswer:
    return StrangeAnswer(_with_length(head, str(len(body) // 2)) + body)


def _two(head: bytes, body: bytes, _: random.Random) -> StrangeAnswer:
    two = f"{len(body)}\r\nContent-Length: {len(body) + 1}"
    return StrangeAnswer(_with_length(head, two) + body, closes=True)


_SPOILT: dict[FaultKind, Callable[[bytes, bytes, random.Random], StrangeAnswer]] = {
    FaultKind.FLIPPED_BYTE: _flipped,
    FaultKind.LENGTH_LONG: _longer,
    FaultKind.LENGTH_SHORT: _shorter,
    FaultKind.LENGTHS_TWO: _two,
}
