"""Reading a request's body within bounds, and answering in JSON."""

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from operator_backend.refusals import STATUS, RequestRefused
from outlet_app.contract import canonical
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.compression import ENCODING, decompressed
from outlet_app.contract.malformed import Malformed

BODY_TIMEOUT_S = 120.0
SLOWEST_LINE_BYTES_PER_S = 1_000
"""A whole body must have come after BODY_TIMEOUT_S and the time that it takes on an outlet's slowest line."""

MOST_BODY_TIME_S = 1_200.0

_MOST_DIGITS = 12
_HEADERS = {"cache-control": "no-store", "accept-encoding": ENCODING}


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body as sent, compressed where it is; RequestRefused for one that is too long, cut or too slow."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > _MOST_DIGITS or int(declared) > most_bytes:
        raise RequestRefused(RequestRefusal.TOO_LARGE)
    parts: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(_time_s(int(declared))):
            async for part in request.stream():
                length += len(part)
                if length > most_bytes:
                    raise RequestRefused(RequestRefusal.TOO_LARGE)
                parts.append(part)
    except (TimeoutError, ClientDisconnect) as exc:
        raise RequestRefused(RequestRefusal.MALFORMED) from exc
    return b"".join(parts)


def is_plain(headers: Mapping[str, str]) -> bool:
    """True when a request's body is not compressed."""
    return headers.get("content-encoding", "identity") == "identity"


def plain_body(headers: Mapping[str, str], body: bytes, most_bytes: int) -> bytes:
    """The content of a body that was read, and whose signature holds: nobody else's is decompressed.

    RequestRefused for another encoding than gzip, for what is not one whole
    member of it, and for one that holds more than ``most_bytes``.
    """
    if is_plain(headers):
        return body
    if headers["content-encoding"] != ENCODING:
        raise RequestRefused(RequestRefusal.MALFORMED)
    try:
        return decompressed(body, most_bytes, "body")
    except Malformed as exc:
        raise RequestRefused(RequestRefusal.MALFORMED) from exc


def _time_s(declared_bytes: int) -> float:
    return min(BODY_TIMEOUT_S + declared_bytes / SLOWEST_LINE_BYTES_PER_S, MOST_BODY_TIME_S)


def json_response(body: bytes, status: int = 200) -> Response:
    """JSON bytes as an answer that nobody on the way may keep; it says that requests may be compressed."""
    return Response(body, status, dict(_HEADERS), media_type="application/json")


def refusal_response(refusal: RequestRefusal, status: int | None = None) -> Response:
    """The answer that says why a whole request is refused."""
    return error_response(str(refusal), status or STATUS[refusal])


def error_response(code: str, status: int) -> Response:
    """An answer ``{"error": code}``."""
    return json_response(canonical.encode({"error": code}), status)
