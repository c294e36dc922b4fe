"""Who sent a request: its signature, whether the terminal may still speak, and its nonce, spent once."""

from operator_backend.database import reading, writing
from operator_backend.installation import Operator
from operator_backend.nonces import make_nonce, spend_nonce
from operator_backend.refusals import RequestRefused
from operator_backend.terminals import find_terminal
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.http_signing import (
    RequestSignatureWrong,
    SignableRequest,
    SignedBy,
    verify_request,
)


def signer_of(operator: Operator, request: SignableRequest, body: bytes) -> SignedBy:
    """The terminal that signed a request, and the nonce within; RequestRefused for anything else.

    The nonce is spent before anything is done, so a copy of the request does
    nothing whatever became of the first.
    """
    with reading(operator.engine) as connection:

        def key_of(terminal_id: str) -> bytes | None:
            terminal = find_terminal(connection, terminal_id)
            return None if terminal is None else terminal.public_key

        try:
            signed = verify_request(key_of, request, body)
        except RequestSignatureWrong as exc:
            raise RequestRefused(RequestRefusal.SIGNATURE_WRONG) from exc
        terminal = find_terminal(connection, signed.terminal)
    if terminal is None:
        raise RequestRefused(RequestRefusal.SIGNATURE_WRONG)
    if terminal.revoked:
        raise RequestRefused(RequestRefusal.TERMINAL_REVOKED)
    with writing(operator.engine) as connection:
        if not spend_nonce(connection, operator.secret.nonce_key, signed.nonce, _now_s(operator)):
            raise RequestRefused(RequestRefusal.NONCE_STALE)
    return signed


def next_nonce(operator: Operator) -> str:
    """A nonce for one more signed request."""
    return make_nonce(operator.secret.nonce_key, _now_s(operator))


def _now_s(operator: Operator) -> int:
    return int(operator.now().timestamp())
