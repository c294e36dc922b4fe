"""Joining an outlet: the one request that is not signed, for it brings the key."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from operator_backend.api.bodies import is_plain, json_response, read_body
from operator_backend.enrolment import answer_enrolment
from operator_backend.refusals import RequestRefused
from outlet_app.contract.api import ENROL_PATH, RequestRefusal

MOST_BYTES = 16 * 1024

router = APIRouter()


@router.post(ENROL_PATH)
async def enrol(request: Request) -> Response:
    """A terminal's message under a code's request key; the answer is under its answer key."""
    if not is_plain(request.headers):
        raise RequestRefused(RequestRefusal.MALFORMED)
    body = await read_body(request, MOST_BYTES)
    return json_response(await run_in_threadpool(answer_enrolment, request.app.state.operator, body))
