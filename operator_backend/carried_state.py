"""What a terminal said of itself in a bundle. The file may be old, and a newer one may have come before it.

So only that is concluded which holds whenever it was said: a number has one
envelope and a journal's entry one hash for ever, and what was given out stays
given out.
"""

from sqlalchemy import Connection, update

from operator_backend.chain import ForkCause, held_sha256, report_fork
from operator_backend.closing import close_former
from operator_backend.installation import Operator
from operator_backend.tables import terminals
from operator_backend.terminals import Terminal
from outlet_app.contract.contact import ChainState


def note_before(connection: Connection, operator: Operator, terminal: Terminal, state: ChainState) -> None:
    """Close what the device was before: records of the bundle may be about records of those terminals."""
    if state.former:
        close_former(connection, operator, terminal.terminal_id, state)


def note_after(connection: Connection, operator: Operator, terminal: Terminal, state: ChainState) -> None:
    """Keep what counts of the state, and report where it cannot be of the terminal that we know."""
    name, now, highest = terminal.terminal_id, operator.now(), state.highest_sequence
    held = held_sha256(connection, name, highest)
    if held is not None and held != state.highest_sha256:
        report_fork(connection, ForkCause.CHAIN_STATE, name, highest, (held, state.highest_sha256), now)
    if terminal.closed_after is not None and highest > terminal.closed_after:
        hashes = (terminal.chain_head, state.highest_sha256)
        report_fork(connection, ForkCause.CLOSED, name, terminal.closed_after, hashes, now)
    witness = _journal_witness(connection, operator, terminal, state)
    connection.execute(
        update(terminals)
        .where(terminals.c.id == name)
        .values(said_highest=max(highest, terminal.said_highest), **witness)
    )


def _journal_witness(
    connection: Connection, operator: Operator, terminal: Terminal, state: ChainState
) -> dict[str, int | str]:
    """What to note of the journal: more of it where the bundle names the entry that was noted last."""
    known = terminal.journal_length
    named = {state.journal_known: state.journal_at, state.journal_length: state.journal_head}
    if known not in named:
        return {}
    if named[known] != terminal.journal_head:
        hashes = (terminal.journal_head, named[known])
        report_fork(connection, ForkCause.JOURNAL, terminal.terminal_id, known, hashes, operator.now())
        return {}
    if state.journal_length <= known:
        return {}
    return {"journal_length": state.journal_length, "journal_head": state.journal_head}
