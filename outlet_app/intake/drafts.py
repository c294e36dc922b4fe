"""What is on the counter before it is a record, and what the intake tells the window."""

from dataclasses import dataclass
from uuid import UUID

import uuid6

from outlet_app.domain.cards import CardRead
from outlet_app.domain.registrations import (
    RecordKind,
    RecordState,
    Role,
    ServiceDetails,
    Slip,
    Statements,
    local_number,
)
from outlet_app.store.rows import NewRecord, RecordRow


@dataclass(frozen=True, slots=True)
class Draft:
    """One registration in the making. Change it with ``dataclasses.replace``; the id stays for good.

    ``refers_to`` is the registration whose place it takes (Mending.new_replacement).
    """

    record_id: UUID
    kind: RecordKind
    card: CardRead | None = None
    details: ServiceDetails | None = None
    statements: Statements | None = None
    refers_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """Who this terminal is; ``test`` marks an operator of tests and demos."""

    terminal: str
    outlet: str
    outlet_name: str
    operator: str
    test: bool
    revoked: bool


@dataclass(frozen=True, slots=True)
class SignedInClerk:
    """Who stands behind the counter."""

    number: str
    role: Role


@dataclass(frozen=True, slots=True)
class TodayCounts:
    """This terminal's records of the present day in China, and how many of them stand where."""

    stored: int
    waiting: int
    accepted: int
    refused: int


def new_record_id() -> UUID:
    """A version 7 UUID (RFC 9562): time first, then chance."""
    return UUID(bytes=uuid6.uuid7().bytes)


def slip_of_new(new: NewRecord) -> Slip:
    """What the customer is shown of a record that was stored just now."""
    header = new.header
    return Slip(
        header.record_id,
        header.sequence,
        local_number(header.outlet, header.terminal, header.sequence),
        new.phone_mask or "",
        header.confirmed_at,
        RecordState.QUEUED,
    )


def slip_of(row: RecordRow) -> Slip:
    """What the customer is shown of a stored record."""
    return Slip(
        row.record_id, row.sequence, row.local_number, row.phone_mask or "", row.confirmed_at, row.state
    )
