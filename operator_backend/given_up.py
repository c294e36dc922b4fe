"""Numbers that a terminal gave up: their records could not be taken, and a supervisor said that none comes.

The gap is explained then: the chain goes on over it by the hash that the
terminal signed. A record that comes after all is taken like any other.
"""

from datetime import datetime

from sqlalchemy import Connection, insert

from operator_backend.chain import (
    ForkCause,
    given_up_sha256,
    held_sha256,
    held_with,
    keep_held,
    named_by_next,
    report_fork,
)
from operator_backend.tables import given_up
from operator_backend.terminals import find_terminal
from outlet_app.contract.given_up import GivenUp, given_up_from_value
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain import timestamps


def take_given_up(connection: Connection, terminal_id: str, word: SignedObject, now: datetime) -> int | None:
    """Note a number that was given up; it, where that is known here now.

    None for what the terminal did not sign, and for a hash that cannot be: that
    is reported as a fork, the terminal signed both.
    """
    terminal = find_terminal(connection, terminal_id, lock=True)
    assert terminal is not None, "the request's signature named it"
    if not word.is_signed_by(terminal.public_key, Context.GIVEN_UP):
        return None
    try:
        said = given_up_from_value(word.value("given up"))
    except Malformed:
        return None
    if said.terminal != terminal_id:
        return None
    for known in (
        held_sha256(connection, terminal_id, said.sequence),
        named_by_next(connection, terminal_id, said.sequence),
        given_up_sha256(connection, terminal_id, said.sequence),
    ):
        if known is not None and known != said.envelope_sha256:
            hashes = (known, said.envelope_sha256)
            report_fork(connection, ForkCause.RECORD, terminal_id, said.sequence, hashes, now)
            return None
    if given_up_sha256(connection, terminal_id, said.sequence) is None:
        _keep(connection, said, word, now)
        held = held_with(connection, terminal, said.sequence, said.envelope_sha256)
        keep_held(connection, terminal_id, held)
    return said.sequence


def _keep(connection: Connection, said: GivenUp, word: SignedObject, now: datetime) -> None:
    connection.execute(
        insert(given_up).values(
            terminal=said.terminal,
            sequence=said.sequence,
            record_id=str(said.record_id),
            envelope_sha256=said.envelope_sha256,
            reason=str(said.reason),
            clerk=said.given_up_by.number,
            given_up_at=timestamps.to_text(said.given_up_at),
            received_at=timestamps.to_text(now),
            signed=word.encode(),
        )
    )
