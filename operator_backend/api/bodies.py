"""Reading a request's body within bounds, and answering in JSON."""

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from operator_backend.refusals import STATUS, RequestRefused
from outlet_app.contract import canonical
from outlet_app.contract.api import RequestRefusal

BODY_TIMEOUT_S = 120.0
"""A whole body must have come by then; the slowest line of an outlet brings a batch in less."""

_MOST_DIGITS = 12


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body as sent; RequestRefused for one that is too long, encoded, cut or too slow."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RequestRefused(RequestRefusal.MALFORMED)
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > _MOST_DIGITS or int(declared) > most_bytes:
        raise RequestRefused(RequestRefusal.TOO_LARGE)
    parts: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for part in request.stream():
                length += len(part)
                if length > most_bytes:
                    raise RequestRefused(RequestRefusal.TOO_LARGE)
                parts.append(part)
    except (TimeoutError, ClientDisconnect) as exc:
        raise RequestRefused(RequestRefusal.MALFORMED) from exc
    return b"".join(parts)


def json_response(body: bytes, status: int = 200) -> Response:
    """JSON bytes as an answer that nobody on the way may keep."""
    return Response(body, status, {"cache-control": "no-store"}, media_type="application/json")


def refusal_response(refusal: RequestRefusal, status: int | None = None) -> Response:
    """The answer that says why a whole request is refused."""
    return error_response(str(refusal), status or STATUS[refusal])


def error_response(code: str, status: int) -> Response:
    """An answer ``{"error": code}``."""
    return json_response(canonical.encode({"error": code}), status)
