"""One contact of a terminal: its word on its chain, its records one by one, and the signed answer."""

import hashlib

from operator_backend import chain
from operator_backend.checkpoints import Point, reached
from operator_backend.closing import close_former
from operator_backend.database import reading, writing
from operator_backend.decided import with_decided
from operator_backend.decisions import decisions_for
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.moving import settle_move
from operator_backend.outlets import find_outlet
from operator_backend.policies import latest_policy_number
from operator_backend.refusals import RequestRefused
from operator_backend.signed_requests import is_late, next_nonce
from operator_backend.statements import latest_statement
from operator_backend.terminals import find_terminal
from operator_backend.trust_checks import arrived
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.contact import ChainState, ContactAnswer, Item, ItemAnswer, decode_contact
from outlet_app.contract.decision import DecisionMark
from outlet_app.contract.http_signing import SignedBy
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context

BATCH_SIZE = 20
"""Records asked for in one contact: below a second of work on a small server."""

MOST_RECORDS = 100
"""Records taken from one contact; what lies beyond is asked for again."""

NEXT_CONTACT_S = 60
"""Seconds until a terminal that has nothing to send comes back."""

LATER_S = 1


def read_contact(signed: SignedBy, body: bytes) -> tuple[ChainState, list[bytes]]:
    """Chain state and envelopes of a body; RequestRefused unless the signer speaks of itself."""
    try:
        state, envelopes = decode_contact(body)
    except Malformed as exc:
        raise RequestRefused(RequestRefusal.MALFORMED) from exc
    if state.terminal != signed.terminal:
        raise RequestRefused(RequestRefusal.MALFORMED)
    return state, envelopes


def answer_contact(
    operator: Operator, signed: SignedBy, state: ChainState, envelopes: list[bytes]
) -> SignedObject:
    """Take the records, each in a transaction of its own, and sign what came of them."""
    if state.former:
        # first: records among these may be about records of the terminals that the device was
        with writing(operator.engine) as connection:
            close_former(connection, operator, signed.terminal, state)
    items = _taken(operator, signed.terminal, envelopes[:MOST_RECORDS])
    items += [_later(data) for data in envelopes[MOST_RECORDS:]]
    with writing(operator.engine) as connection:
        terminal = find_terminal(connection, signed.terminal, lock=True)
        assert terminal is not None, "the request's signature named it"
        if is_late(operator, signed, terminal):
            chain.note_late_state(connection, terminal, state, operator.now())
        else:
            chain.note_chain_state(connection, terminal, state, operator.now())
            settle_move(connection, operator, terminal, state)
        items = with_decided(connection, signed.terminal, items)
    answer = _answer(operator, signed, tuple(items), state.decided or DecisionMark())
    reached(Point.BEFORE_ANSWER)
    return answer


def _taken(operator: Operator, terminal: str, envelopes: list[bytes]) -> list[Item]:
    """The answer to each; what came before the record that it names is looked at again when all are there."""
    items = [take_record(operator, terminal, data) for data in envelopes]
    brought = {item.record_id for item in items if item.answer is not ItemAnswer.LATER}
    return [
        take_record(operator, terminal, data)
        if item.answer is ItemAnswer.LATER and arrived(data).header.refers_to in brought
        else item
        for item, data in zip(items, envelopes, strict=True)
    ]


def _later(data: bytes) -> Item:
    sha256 = hashlib.sha256(data).hexdigest()
    return Item(sha256, None, ItemAnswer.LATER, None, after_s=LATER_S)


def _answer(
    operator: Operator, signed: SignedBy, items: tuple[Item, ...], known: DecisionMark
) -> SignedObject:
    with reading(operator.engine) as connection:
        terminal = find_terminal(connection, signed.terminal)
        assert terminal is not None, "terminals stay"
        outlet = find_outlet(connection, terminal.outlet)
        assert outlet is not None, "outlets stay"
        statement = latest_statement(connection).statement
        decided, more = decisions_for(connection, terminal.terminal_id, known)
        highest, highest_sha256 = chain.highest_given(connection, terminal)
        answer = ContactAnswer(
            nonce=signed.nonce,
            terminal=terminal.terminal_id,
            operator_time=operator.now(),
            next_nonce=next_nonce(operator),
            items=items,
            unbroken=terminal.unbroken,
            chain_head=terminal.chain_head,
            fork=chain.forked_sequence(connection, terminal.terminal_id),
            batch_size=BATCH_SIZE,
            next_contact_s=NEXT_CONTACT_S,
            stop=False,
            policy=latest_policy_number(connection),
            roster=outlet.roster,
            keys=statement.number,
            missing=chain.missing_numbers(connection, terminal),
            journal_known=terminal.journal_length,
            highest=highest,
            highest_sha256=highest_sha256,
            outlet=terminal.outlet,
            outlet_name=outlet.name,
            moving_to=terminal.moving_to,
            closed=terminal.closed_after is not None,
            decisions=decided,
            more_decisions=more,
        )
    key = operator.signing_key(statement, KeyUse.RECEIPT)
    return sign_object(key.signer(), key.key_id, Context.CONTACT, answer.to_value())
