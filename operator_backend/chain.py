"""What is held of a terminal's chain, and reports of chains that split.

A terminal's records are numbered without gaps and each names the hash of the
one before. ``unbroken`` is the highest number with nothing missing below it,
the chain head that record's hash.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select, union, union_all, update

from operator_backend.tables import forks, given_up, records, terminals
from operator_backend.terminals import Terminal
from outlet_app.contract.contact import MOST_MISSING, ChainState
from outlet_app.contract.header import NO_PREVIOUS, Header
from outlet_app.domain import timestamps


class ForkCause(StrEnum):
    """What showed that a terminal's chain stands in two places."""

    RECORD = "record"
    CHAIN_STATE = "chain-state"
    ID = "id"
    JOURNAL = "journal"
    FELL_BACK = "terminal-fell-back"
    CLOSED = "terminal-closed"
    DAY = "day"


MOST_UNPROVEN = 20
"""Contacts in a row in which a terminal may not know how much of its journal was noted: on a bad line the
answers get lost one after another."""


@dataclass(frozen=True, slots=True)
class Held:
    """How far a chain is held."""

    unbroken: int
    chain_head: str


def held_sha256(connection: Connection, terminal: str, sequence: int) -> str | None:
    """Hash of the envelope that is held under this number."""
    found = connection.execute(
        select(records.c.envelope_sha256).where(
            records.c.terminal == terminal, records.c.sequence == sequence
        )
    ).scalar()
    return None if found is None else str(found)


def fits(connection: Connection, header: Header, envelope_sha256: str, now: datetime) -> bool:
    """True when the record fits between the neighbours that are held (either may be missing).

    The terminal signed each hash, so two of them for one number are a fork, which is reported.
    """
    if (header.sequence == 1) is not (header.previous == NO_PREVIOUS):
        return False
    name, sequence_before = header.terminal, header.sequence - 1
    for sequence, held, other in (
        (sequence_before, held_sha256(connection, name, sequence_before), header.previous),
        (sequence_before, given_up_sha256(connection, name, sequence_before), header.previous),
        (header.sequence, named_by_next(connection, name, header.sequence), envelope_sha256),
        (header.sequence, given_up_sha256(connection, name, header.sequence), envelope_sha256),
    ):
        if held is not None and held != other:
            report_fork(connection, ForkCause.RECORD, header.terminal, sequence, (held, other), now)
            return False
    return True


def held_with(connection: Connection, terminal: Terminal, sequence: int, envelope_sha256: str) -> Held:
    """How far the chain is held once this record is too."""
    if sequence != terminal.unbroken + 1:
        return Held(terminal.unbroken, terminal.chain_head)
    held = Held(sequence, envelope_sha256)
    following = connection.execute(
        union_all(
            *(
                select(table.c.sequence, table.c.envelope_sha256).where(
                    table.c.terminal == terminal.terminal_id, table.c.sequence > sequence
                )
                for table in (records, given_up)
            )
        ).order_by("sequence")
    )
    for row in following:
        if row.sequence > held.unbroken + 1:
            break
        held = Held(row.sequence, row.envelope_sha256)
    following.close()
    return held


def named_by_next(connection: Connection, terminal: str, sequence: int) -> str | None:
    """The hash that the record behind this number names; None where that one is not held."""
    found = connection.execute(
        select(records.c.previous).where(records.c.terminal == terminal, records.c.sequence == sequence + 1)
    ).scalar()
    return None if found is None else str(found)


def given_up_sha256(connection: Connection, terminal: str, sequence: int) -> str | None:
    """Hash of the envelope that was given up under this number; None where none was."""
    found = connection.execute(
        select(given_up.c.envelope_sha256).where(
            given_up.c.terminal == terminal, given_up.c.sequence == sequence
        )
    ).scalar()
    return None if found is None else str(found)


def keep_held(connection: Connection, terminal: str, held: Held) -> None:
    """Note how far a terminal's chain is held."""
    connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal)
        .values(unbroken=held.unbroken, chain_head=held.chain_head)
    )


def note_chain_state(connection: Connection, terminal: Terminal, state: ChainState, now: datetime) -> None:
    """Keep what a terminal says of itself; report it where it cannot be the terminal that we know."""
    note_late_state(connection, terminal, state, now)
    name, highest = terminal.terminal_id, state.highest_sequence
    if highest < terminal.said_highest:
        # its database is an older one, or was cut: numbers that it gave out are unknown to it
        hashes = (terminal.chain_head, state.highest_sha256)
        report_fork(connection, ForkCause.FELL_BACK, name, highest, hashes, now)
    witness = _journal_witness(connection, terminal, state, now)
    connection.execute(
        update(terminals)
        .where(terminals.c.id == name)
        .values(last_contact_at=timestamps.to_text(now), **witness)
    )


def note_late_state(connection: Connection, terminal: Terminal, state: ChainState, now: datetime) -> None:
    """The part of it that holds whenever it comes: a chain only grows, so an earlier word is still true."""
    name, highest = terminal.terminal_id, state.highest_sequence
    held = held_sha256(connection, name, highest)
    if held is not None and held != state.highest_sha256:
        report_fork(connection, ForkCause.CHAIN_STATE, name, highest, (held, state.highest_sha256), now)
    if terminal.closed_after is not None and highest > terminal.closed_after:
        hashes = (terminal.chain_head, state.highest_sha256)
        report_fork(connection, ForkCause.CLOSED, name, terminal.closed_after, hashes, now)
    connection.execute(
        update(terminals)
        .where(terminals.c.id == name)
        .values(said_highest=max(highest, terminal.said_highest))
    )


def _journal_witness(
    connection: Connection, terminal: Terminal, state: ChainState, now: datetime
) -> dict[str, int | str]:
    """What to note of the terminal's journal; reports one that is not the one that was noted.

    The noted length and head move on only when the terminal shows that the
    entry under the noted length is still the same one. Whoever asks about
    another length gets ours with the answer and shows it at the next contact;
    one that never does is reported too.
    """
    name, known = terminal.terminal_id, terminal.journal_length
    if state.journal_known == known and state.journal_length >= known:
        if state.journal_at == terminal.journal_head:
            return {
                "journal_length": state.journal_length,
                "journal_head": state.journal_head,
                "journal_unproven": 0,
            }
        report_fork(
            connection, ForkCause.JOURNAL, name, known, (terminal.journal_head, state.journal_at), now
        )
        return {}
    unproven = terminal.journal_unproven + 1
    if state.journal_length < known or unproven >= MOST_UNPROVEN:
        hashes = (terminal.journal_head, state.journal_head)
        report_fork(connection, ForkCause.JOURNAL, name, min(state.journal_length, known), hashes, now)
    return {"journal_unproven": unproven}


def report_fork(
    connection: Connection,
    cause: ForkCause,
    terminal: str,
    sequence: int,
    held_and_other: tuple[str, str],
    now: datetime,
) -> None:
    """Keep a report of two hashes where there should be one; the same again only counts."""
    held, other = held_and_other
    at = timestamps.to_text(now)
    same = (forks.c.terminal == terminal) & (forks.c.sequence == sequence) & (forks.c.cause == str(cause))
    again = connection.execute(
        update(forks).where(same).values(other_sha256=other, last_seen_at=at, times=forks.c.times + 1)
    )
    if again.rowcount == 0:
        connection.execute(
            insert(forks).values(
                terminal=terminal,
                sequence=sequence,
                cause=str(cause),
                held_sha256=held,
                other_sha256=other,
                first_seen_at=at,
                last_seen_at=at,
                times=1,
            )
        )


def missing_numbers(connection: Connection, terminal: Terminal) -> tuple[int, ...]:
    """The lowest numbers, MOST_MISSING at most, that a terminal says it gave out and that are not held."""
    found: list[int] = []
    expected = terminal.unbroken + 1
    # what was given up will not come, and is not asked for
    held = connection.execute(
        union(
            *(
                select(table.c.sequence).where(
                    table.c.terminal == terminal.terminal_id, table.c.sequence >= expected
                )
                for table in (records, given_up)
            )
        ).order_by("sequence")
    ).scalars()
    for sequence in itertools.chain(held, (terminal.said_highest + 1,)):
        found.extend(range(expected, min(sequence, expected + MOST_MISSING - len(found))))
        expected = sequence + 1
        if len(found) >= MOST_MISSING:
            break
    return tuple(found)


def highest_given(connection: Connection, terminal: Terminal) -> tuple[int, str]:
    """The highest number that a terminal is known to have given out, and the hash that is held under it.

    64 zeros where it is not held: the terminal said it, and the record has not come.
    """
    held = connection.execute(
        select(records.c.sequence, records.c.envelope_sha256)
        .where(records.c.terminal == terminal.terminal_id)
        .order_by(records.c.sequence.desc())
        .limit(1)
    ).first()
    if held is None or held.sequence < terminal.said_highest:
        return terminal.said_highest, NO_PREVIOUS
    return held.sequence, held.envelope_sha256


def forked_sequence(connection: Connection, terminal: str) -> int | None:
    """The lowest number at which two records of a terminal differ."""
    causes = (str(ForkCause.RECORD), str(ForkCause.CHAIN_STATE))
    lowest = select(func.min(forks.c.sequence)).where(forks.c.terminal == terminal, forks.c.cause.in_(causes))
    found = connection.execute(lowest).scalar()
    return None if found is None else int(found)
