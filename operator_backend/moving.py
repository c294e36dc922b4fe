"""A terminal moves to another outlet: new work stops, what waits arrives or is handed over, then it is there.

The terminal makes no new record from when it knows of the move, which it says
in its chain state. So the number that it names then is the last one of the old
outlet, whatever of them is still on its way.
"""

from sqlalchemy import Connection, insert, select, update

from operator_backend.acts import Act, note_act
from operator_backend.database import writing
from operator_backend.installation import Operator
from operator_backend.outlets import find_outlet, unknown_outlet
from operator_backend.tables import terminal_outlets, terminals
from operator_backend.terminals import Terminal, find_terminal, unknown_terminal
from outlet_app.contract.contact import ChainState
from outlet_app.domain import timestamps


def move_terminal(operator: Operator, terminal_id: str, outlet: str, *, hand_over: bool = False) -> bool:
    """Let a terminal move once nothing waits on it, or, handed over, as soon as it knows.

    The outlet where it is ends a move that was begun; False then. ARGUMENT_WRONG names what there is not.
    """
    now = operator.now()
    with writing(operator.engine) as connection:
        terminal = find_terminal(connection, terminal_id, lock=True)
        if terminal is None or terminal.revoked or terminal.closed_after is not None:
            raise unknown_terminal()
        if find_outlet(connection, outlet) is None:
            raise unknown_outlet()
        moves = terminal.outlet != outlet
        connection.execute(
            update(terminals)
            .where(terminals.c.id == terminal_id)
            .values(moving_to=outlet if moves else None, hand_over=int(moves and hand_over))
        )
        note_act(connection, Act.MOVE_TERMINAL, f"{terminal_id} {outlet}", now)
    return moves


def settle_move(connection: Connection, operator: Operator, terminal: Terminal, state: ChainState) -> None:
    """Finish a move that the terminal knows of, when nothing waits on it or it is handed over."""
    if terminal.moving_to is None or state.moving_to != terminal.moving_to:
        return
    whole = state.waiting == 0 and terminal.unbroken == state.highest_sequence
    if not (whole or terminal.hand_over):
        return
    now = operator.now()
    at = timestamps.to_text(now)
    places = [(state.highest_sequence + 1, terminal.moving_to)]
    if not _rows(connection, terminal.terminal_id):
        places.insert(0, (1, terminal.outlet))
    for from_sequence, outlet in places:
        same = (terminal_outlets.c.terminal == terminal.terminal_id) & (
            terminal_outlets.c.from_sequence == from_sequence
        )
        if connection.execute(update(terminal_outlets).where(same).values(outlet=outlet, since=at)).rowcount:
            continue  # it moved on before it made a record there
        connection.execute(
            insert(terminal_outlets).values(
                terminal=terminal.terminal_id, from_sequence=from_sequence, outlet=outlet, since=at
            )
        )
    connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal.terminal_id)
        .values(outlet=terminal.moving_to, moving_to=None, hand_over=0)
    )
    note_act(connection, Act.TERMINAL_MOVED, f"{terminal.terminal_id} {terminal.moving_to}", now)


def outlet_at(connection: Connection, terminal: Terminal, sequence: int) -> str:
    """Where the terminal was when it gave out this number."""
    found = terminal.outlet
    for from_sequence, outlet in _rows(connection, terminal.terminal_id):
        if from_sequence <= sequence:
            found = outlet
    return found


def _rows(connection: Connection, terminal: str) -> list[tuple[int, str]]:
    rows = connection.execute(
        select(terminal_outlets.c.from_sequence, terminal_outlets.c.outlet)
        .where(terminal_outlets.c.terminal == terminal)
        .order_by(terminal_outlets.c.from_sequence)
    )
    return [(row.from_sequence, row.outlet) for row in rows]
