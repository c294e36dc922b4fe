"""A terminal compares its numbers with those held here: the signed answer, range by range."""

from sqlalchemy import Connection

from operator_backend.database import writing
from operator_backend.days import take_closing, take_result
from operator_backend.given_up import take_given_up
from operator_backend.held_leaves import held_leaves, highest_number
from operator_backend.installation import Operator
from operator_backend.refusals import RequestRefused
from operator_backend.signed_requests import next_nonce
from operator_backend.statements import latest_statement
from operator_backend.terminals import find_terminal
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.http_signing import SignedBy
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.ranges import MOST_LEAVES, ChainLeaves, parts_of
from outlet_app.contract.reconciliation import (
    AskedRange,
    HeldRange,
    ReconciliationAnswer,
    ReconciliationRequest,
    decode_request,
)
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context


def answer_reconciliation(operator: Operator, signed: SignedBy, body: bytes) -> SignedObject:
    """Keep what the terminal signed about its days, and tell how its ranges stand here.

    RequestRefused unless the body is whole and the signer speaks of itself.
    """
    try:
        request = decode_request(body)
    except Malformed as exc:
        raise RequestRefused(RequestRefusal.MALFORMED) from exc
    if request.terminal != signed.terminal:
        raise RequestRefused(RequestRefusal.MALFORMED)
    with writing(operator.engine) as connection:
        answer = _answer(connection, operator, signed, request)
        statement = latest_statement(connection).statement
    key = operator.signing_key(statement, KeyUse.RECEIPT)
    return sign_object(key.signer(), key.key_id, Context.RECONCILIATION, answer.to_value())


def _answer(
    connection: Connection, operator: Operator, signed: SignedBy, request: ReconciliationRequest
) -> ReconciliationAnswer:
    terminal = find_terminal(connection, signed.terminal, lock=True)
    assert terminal is not None, "the request's signature named it"
    now = operator.now()
    closings = [take_closing(connection, terminal, word, now) for word in request.closings]
    results = [take_result(connection, terminal, word, now) for word in request.results]
    given_up = [take_given_up(connection, signed.terminal, word, now) for word in request.given_up]
    return ReconciliationAnswer(
        nonce=signed.nonce,
        terminal=terminal.terminal_id,
        operator_time=now,
        next_nonce=next_nonce(operator),
        highest=highest_number(connection, terminal.terminal_id),
        ranges=_held(connection, terminal.terminal_id, request.ranges),
        closings=tuple(number for number in closings if number is not None),
        results=tuple(number for number in results if number is not None),
        given_up=tuple(number for number in given_up if number is not None),
    )


def _held(connection: Connection, terminal: str, asked: tuple[AskedRange, ...]) -> tuple[HeldRange, ...]:
    if not asked:
        return ()
    first, last = min(one.first for one in asked), max(one.last for one in asked)
    leaves = held_leaves(connection, terminal, first, last)
    return tuple(_held_range(leaves, one) for one in asked)


def _held_range(leaves: ChainLeaves, asked: AskedRange) -> HeldRange:
    first, last = asked.first, asked.last
    own = leaves.range_hash(first, last)
    if own == asked.sha256:
        return HeldRange(first, last, own)
    if last - first < MOST_LEAVES:
        return HeldRange(first, last, own, leaves=leaves.between(first, last))
    parts = tuple(leaves.range_hash(*part) for part in parts_of(first, last))
    return HeldRange(first, last, own, parts=parts)
