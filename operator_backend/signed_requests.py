"""Who sent a request: its signature, whether the terminal may still speak, and its nonce, spent once."""

from operator_backend.database import reading, writing
from operator_backend.installation import Operator
from operator_backend.nonces import given_at, make_nonce, spend_nonce
from operator_backend.refusals import RequestRefused
from operator_backend.terminals import Terminal, find_terminal
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
        if not spend_nonce(connection, operator.secret.nonce_key, signed.nonce, operator.now()):
            raise RequestRefused(RequestRefusal.NONCE_STALE)
    return signed


def next_nonce(operator: Operator) -> str:
    """A nonce for one more signed request."""
    return make_nonce(operator.secret.nonce_key, operator.now())


def is_late(operator: Operator, signed: SignedBy, terminal: Terminal) -> bool:
    """True when the terminal spoke again after it was given the nonce of this request.

    A request may lie on the line, or be worked on, for longer than its sender
    waits. What it says of the terminal is not how the terminal stands any more.
    """
    last = terminal.last_contact_at
    # a contact that is still to come was noted by a clock that was set back since
    return last is not None and given_at(operator.secret.nonce_key, signed.nonce) < last <= operator.now()
