"""The probe: a signed answer over the asker's nonce, with a nonce for its next request."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from operator_backend.api.bodies import json_response
from operator_backend.database import reading
from operator_backend.installation import Operator
from operator_backend.refusals import RequestRefused
from operator_backend.signed_requests import next_nonce
from operator_backend.statements import latest_statement
from outlet_app.contract.api import PROBE_PATH, RequestRefusal
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.probe import ProbeAnswer, is_nonce
from outlet_app.contract.signed_object import sign_object
from outlet_app.contract.signing import Context

router = APIRouter()


@router.get(PROBE_PATH)
async def probe(request: Request) -> Response:
    """``?nonce=N`` once; anything else is malformed."""
    asked = request.query_params.getlist("nonce")
    if len(asked) != 1 or not is_nonce(asked[0]):
        raise RequestRefused(RequestRefusal.MALFORMED)
    return json_response(await run_in_threadpool(_answer, request.app.state.operator, asked[0]))


def _answer(operator: Operator, nonce: str) -> bytes:
    with reading(operator.engine) as connection:
        statement = latest_statement(connection).statement
    answer = ProbeAnswer(nonce, operator.folder.operator, operator.now(), next_nonce(operator))
    key = operator.signing_key(statement, KeyUse.RECEIPT)
    return sign_object(key.signer(), key.key_id, Context.PROBE, answer.to_value()).encode()
