"""The application: routes, and every error as JSON without a word of what was sent."""

import logging

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from operator_backend.api import enrol, probe, signed
from operator_backend.api.bodies import error_response, refusal_response
from operator_backend.faults import log_places
from operator_backend.installation import Operator
from operator_backend.refusals import RequestRefused
from outlet_app.contract.api import RequestRefusal
from outlet_app.domain.failures import FailureCode, KnownFailure

log = logging.getLogger(__name__)

LEAST_COMPRESSED_BYTES = 1024
"""A shorter answer fits into one packet as it is."""


def make_app(operator: Operator) -> FastAPI:
    """The operator's interface on an opened operator."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.operator = operator
    for module in (probe, enrol, signed):
        app.include_router(module.router)
    app.add_exception_handler(RequestRefused, _refused)
    app.add_exception_handler(HTTPException, _no_such_request)
    app.add_exception_handler(KnownFailure, _known_failure)
    app.add_middleware(_BugsAsJson)
    # a receipt is text within base64 within text: compressed it is a third
    app.add_middleware(GZipMiddleware, minimum_size=LEAST_COMPRESSED_BYTES, compresslevel=1)
    return app


async def _refused(_request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestRefused)
    return refusal_response(exc.refusal)


async def _no_such_request(_request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    return refusal_response(RequestRefusal.MALFORMED, exc.status_code)


async def _known_failure(_request: Request, exc: Exception) -> Response:
    assert isinstance(exc, KnownFailure)
    log.error("request failed: %s", exc.code)
    busy = exc.code is FailureCode.STORAGE_LOCKED
    return error_response(str(FailureCode.SERVER_BUSY if busy else FailureCode.SERVER_ERROR), 503)


class _BugsAsJson:
    """Answers 500 for what nobody expected; the log gets its place, and no words: they may quote a record."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noting_send(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception as exc:  # noqa: BLE001 - the edge: everything else is a bug, and must not reach the client
            log_places(exc)
            if not begun and scope["type"] == "http":
                await error_response(str(FailureCode.SERVER_ERROR), 500)(scope, receive, send)
