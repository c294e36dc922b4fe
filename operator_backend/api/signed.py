"""Requests that a terminal signs: a contact with its records, and what it fetches."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from operator_backend.api.bodies import is_plain, json_response, plain_body, read_body
from operator_backend.checkpoints import Point, reached
from operator_backend.contacts import answer_contact, read_contact
from operator_backend.downloads import keys_for_terminal, policies_for_terminal, roster_for_terminal
from operator_backend.installation import Operator
from operator_backend.reconciling import answer_reconciliation
from operator_backend.refusals import RequestRefused
from operator_backend.signed_requests import signer_of
from outlet_app.contract.api import (
    CONTACT_PATH,
    KEYS_PATH,
    POLICY_PATH,
    RECONCILIATION_PATH,
    ROSTER_PATH,
    RequestRefusal,
)
from outlet_app.contract.contact import MAX_CONTACT_BYTES, MEDIA_TYPE
from outlet_app.contract.http_signing import SignableRequest
from outlet_app.contract.reconciliation import MAX_RECONCILIATION_BYTES
from outlet_app.contract.reconciliation import MEDIA_TYPE as RECONCILIATION_TYPE

NO_BODY = 0

router = APIRouter()


@router.post(CONTACT_PATH)
async def contact(request: Request) -> Response:
    """Chain state and envelopes in, a signed answer item by item out."""
    if request.headers.get("content-type") != MEDIA_TYPE:
        raise RequestRefused(RequestRefusal.MALFORMED)
    body = await read_body(request, MAX_CONTACT_BYTES)
    return json_response(
        await run_in_threadpool(_contact, request.app.state.operator, _signable(request), body)
    )


@router.post(RECONCILIATION_PATH)
async def reconciliation(request: Request) -> Response:
    """Ranges of numbers and their hashes in, what differs out."""
    if request.headers.get("content-type") != RECONCILIATION_TYPE:
        raise RequestRefused(RequestRefusal.MALFORMED)
    body = await read_body(request, MAX_RECONCILIATION_BYTES)
    return json_response(
        await run_in_threadpool(_reconciliation, request.app.state.operator, _signable(request), body)
    )


@router.get(KEYS_PATH)
async def keys(request: Request) -> Response:
    """The statement of keys in force."""
    return await _download(request, keys_for_terminal)


@router.get(POLICY_PATH)
async def policy(request: Request) -> Response:
    """All policy packs."""
    return await _download(request, policies_for_terminal)


@router.get(ROSTER_PATH)
async def roster(request: Request) -> Response:
    """The people of the terminal's outlet."""
    return await _download(request, roster_for_terminal)


def _contact(operator: Operator, request: SignableRequest, body: bytes) -> bytes:
    signed = signer_of(operator, request, body)
    content = plain_body(request.headers, body, MAX_CONTACT_BYTES)
    state, envelopes = read_contact(signed, content)
    reached(Point.REQUEST_READ)
    return answer_contact(operator, signed, state, envelopes).encode()


def _reconciliation(operator: Operator, request: SignableRequest, body: bytes) -> bytes:
    signed = signer_of(operator, request, body)
    content = plain_body(request.headers, body, MAX_RECONCILIATION_BYTES)
    return answer_reconciliation(operator, signed, content).encode()


async def _download(request: Request, content: Callable[[Operator, str], bytes]) -> Response:
    if not is_plain(request.headers):
        raise RequestRefused(RequestRefusal.MALFORMED)
    body = await read_body(request, NO_BODY)
    return json_response(
        await run_in_threadpool(
            _signed_download, request.app.state.operator, _signable(request), body, content
        )
    )


def _signed_download(
    operator: Operator, request: SignableRequest, body: bytes, content: Callable[[Operator, str], bytes]
) -> bytes:
    return content(operator, signer_of(operator, request, body).terminal)


def _signable(request: Request) -> SignableRequest:
    """Method, path and headers as they came; the authority is not signed, a proxy may change it."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    path = request.scope["raw_path"].decode("latin-1")
    return SignableRequest(request.method, f"http://operator{path}", headers)
