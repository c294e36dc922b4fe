"""A terminal is closed: by the device that joined anew, or by the operator where its key is gone.

The device says at joining, under its former key, what it was; that makes the
new terminal the successor. Closed is the former one only by the successor's
first contact: an answer that was lost on its way changed nothing on the device,
which goes on as before. What was given out until then is taken, nothing after.
"""

from sqlalchemy import Connection, func, select, update

from operator_backend.acts import Act, note_act
from operator_backend.database import writing
from operator_backend.installation import Operator
from operator_backend.tables import records, terminals
from operator_backend.terminals import Terminal, find_terminal, unknown_terminal
from outlet_app.contract.contact import ChainState
from outlet_app.contract.enrolment import (
    EnrolmentRequest,
    FormerStanding,
    FormerWord,
    former_word_from_value,
)
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signing import Context
from outlet_app.domain import timestamps


def note_successor(
    connection: Connection, request: EnrolmentRequest, successor: str
) -> FormerStanding | None:
    """What is held of the terminal that a device was; None where it says nothing that its key bears out."""
    word = _word(request)
    terminal = None if word is None else find_terminal(connection, word.terminal, lock=True)
    if word is None or terminal is None or request.former is None:
        return None
    if not request.former.is_signed_by(terminal.public_key, Context.FORMER_TERMINAL):
        return None
    connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal.terminal_id)
        .values(successor=successor, said_highest=max(terminal.said_highest, word.highest_sequence))
    )
    return FormerStanding(terminal.terminal_id, _highest_held(connection, terminal), terminal.unbroken)


def close_former(connection: Connection, operator: Operator, signer: str, state: ChainState) -> None:
    """Close the terminals that this device was, each at the number that it names as its last.

    A device may have joined anew more than once before its first contact. What
    became of each was said under its own key, so that nobody else's is closed.
    """
    successor = signer
    for said in state.former:
        former = find_terminal(connection, said.terminal, lock=True)
        if former is None or former.successor != successor:
            return
        if former.closed_after is None:
            _close(connection, operator, former, max(said.highest_sequence, former.said_highest))
        successor = former.terminal_id


def close_terminal(operator: Operator, terminal_id: str) -> int:
    """Take what a terminal has said that it gave out, and nothing after; that number.

    ARGUMENT_WRONG when there is none of that id.
    """
    with writing(operator.engine) as connection:
        terminal = find_terminal(connection, terminal_id, lock=True)
        if terminal is None:
            raise unknown_terminal()
        if terminal.closed_after is not None:
            return terminal.closed_after
        last = max(terminal.said_highest, _highest_held(connection, terminal))
        _close(connection, operator, terminal, last)
    return last


def _close(connection: Connection, operator: Operator, terminal: Terminal, last: int) -> None:
    now = operator.now()
    connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal.terminal_id)
        .values(closed_at=timestamps.to_text(now), closed_after=last, said_highest=last)
    )
    note_act(connection, Act.CLOSE_TERMINAL, terminal.terminal_id, now)


def _highest_held(connection: Connection, terminal: Terminal) -> int:
    wanted = select(func.max(records.c.sequence)).where(records.c.terminal == terminal.terminal_id)
    return int(connection.execute(wanted).scalar() or 0)


def _word(request: EnrolmentRequest) -> FormerWord | None:
    if request.former is None:
        return None
    try:
        word = former_word_from_value(request.former.value("former"))
    except Malformed:
        return None
    bound = (word.code_id, word.terminal_key, word.nonce)
    return word if bound == (request.code_id, request.terminal_key, request.nonce) else None
