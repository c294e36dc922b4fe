"""Terminals that joined an outlet: their keys, and what is held of each one's chain."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from operator_backend.acts import Act, note_act
from operator_backend.database import writing
from operator_backend.installation import Operator
from operator_backend.tables import terminals
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure

_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and letters that nobody takes for each other on the telephone."""

_ID_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal. ``unbroken`` and ``chain_head`` are as in a receipt; ``device_secret`` is wrapped.

    ``said_highest``, ``journal_length`` and ``journal_head`` are what it said of itself at its last contact.
    """

    terminal_id: str
    outlet: str
    public_key: bytes
    device_secret: bytes
    revoked: bool
    unbroken: int
    chain_head: str
    said_highest: int
    journal_length: int
    journal_head: str
    journal_unproven: int
    last_contact_at: datetime | None = None
    moving_to: str | None = None
    hand_over: bool = False
    successor: str | None = None
    closed_after: int | None = None
    """The last number that counts of a terminal that was closed; None while it is not."""


def enrol_terminal(
    connection: Connection, outlet: str, public_key: bytes, wrapped_secret: bytes, at: str
) -> str:
    """Add a terminal; gives its id, which no other terminal of this operator ever has."""
    last = connection.execute(select(func.max(terminals.c.number))).scalar() or 0
    terminal_id = _new_id(connection)
    connection.execute(
        insert(terminals).values(
            number=last + 1,
            id=terminal_id,
            outlet=outlet,
            public_key=public_key,
            device_secret=wrapped_secret,
            enrolled_at=at,
            unbroken=0,
            chain_head=NO_PREVIOUS,
            said_highest=0,
            journal_length=0,
            journal_head=NO_PREVIOUS,
        )
    )
    return terminal_id


def _new_id(connection: Connection) -> str:
    """A name by chance, not by counting.

    A device may have been a terminal of another operator (of tests, say), or of this one before its
    database was restored, and keeps records under every name it ever had.
    """
    while True:
        terminal_id = "T" + "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
        if find_terminal(connection, terminal_id) is None:
            return terminal_id


def find_terminal(connection: Connection, terminal_id: str, *, lock: bool = False) -> Terminal | None:
    """The terminal of this id; ``lock`` keeps other writers of it waiting where rows can be locked."""
    wanted = select(terminals).where(terminals.c.id == terminal_id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        return None
    return Terminal(
        terminal_id=row.id,
        outlet=row.outlet,
        public_key=row.public_key,
        device_secret=row.device_secret,
        revoked=row.revoked_at is not None,
        unbroken=row.unbroken,
        chain_head=row.chain_head,
        said_highest=row.said_highest,
        journal_length=row.journal_length,
        journal_head=row.journal_head,
        journal_unproven=row.journal_unproven,
        last_contact_at=None if row.last_contact_at is None else timestamps.from_text(row.last_contact_at),
        moving_to=row.moving_to,
        hand_over=bool(row.hand_over),
        successor=row.successor,
        closed_after=row.closed_after,
    )


def is_key_known(connection: Connection, public_key: bytes) -> bool:
    """True when a terminal with this key joined already."""
    found = select(terminals.c.number).where(terminals.c.public_key == public_key)
    return connection.execute(found).first() is not None


def unknown_terminal() -> KnownFailure:
    """What a command says of a terminal that never joined, or is no more."""
    return KnownFailure(FailureCode.ARGUMENT_WRONG, "--terminal: there is no such terminal")


def revoke_terminal(operator: Operator, terminal_id: str) -> None:
    """Take nothing more from a terminal, for good; a second time changes nothing.

    ARGUMENT_WRONG when there is none of that id.
    """
    now = operator.now()
    with writing(operator.engine) as connection:
        terminal = find_terminal(connection, terminal_id, lock=True)
        if terminal is None:
            raise unknown_terminal()
        if terminal.revoked:
            return
        connection.execute(
            update(terminals).where(terminals.c.id == terminal_id).values(revoked_at=timestamps.to_text(now))
        )
        note_act(connection, Act.REVOKE, terminal_id, now)
