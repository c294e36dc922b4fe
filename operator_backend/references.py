"""The record that another one voids, amends or takes the place of, and whether it may.

A record may name a registration of its own terminal, or one of a terminal of
the same outlet that is closed or revoked: the device that joined again speaks
for what it was before. What has been voided or replaced is named no more.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from operator_backend.awaited import came_too_early, is_held_now
from operator_backend.record_refused import RecordRefused
from operator_backend.tables import records, terminals
from operator_backend.trust_checks import Arrived
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.header import Header
from outlet_app.contract.receipt import ReceiptState
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import REGISTRATION_KINDS, RecordKind


class ReferenceAwaited(Exception):  # noqa: N818 - nothing is wrong: it may still come
    """The record that this one names is not held yet; it comes again after ``after_s`` seconds."""

    def __init__(self, after_s: int) -> None:
        super().__init__(after_s)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that is held and that another one names."""

    record_id: UUID
    terminal: str
    outlet: str
    kind: RecordKind
    refused: bool
    superseded_by: UUID | None
    refers_to: UUID | None
    confirmed_at: datetime
    policy: int
    identity_tag: str | None
    envelope: bytes
    receipt: bytes


def find_reference(connection: Connection, record_id: UUID) -> Reference | None:
    """The record of this id; other writers of it wait where rows can be locked."""
    row = connection.execute(
        select(records).where(records.c.id == str(record_id)).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    return Reference(
        record_id=record_id,
        terminal=row.terminal,
        outlet=row.outlet,
        kind=RecordKind(row.kind),
        refused=row.state == ReceiptState.REFUSED,
        superseded_by=_id(row.superseded_by),
        refers_to=_id(row.refers_to),
        confirmed_at=timestamps.from_text(row.confirmed_at),
        policy=row.policy,
        identity_tag=row.identity_tag,
        envelope=row.envelope,
        receipt=row.receipt,
    )


def reference_of(connection: Connection, record: Arrived, now: datetime) -> Reference | None:
    """What the record names, None where it names nothing.

    ReferenceAwaited when that is not held; RecordRefused REFERENCE_UNKNOWN
    once it has been waited for long enough.
    """
    header = record.header
    if header.refers_to is None:
        return None
    found = find_reference(connection, header.refers_to)
    if found is not None:
        is_held_now(connection, record.sha256)
        return found
    wait = came_too_early(connection, header.terminal, record.sha256, now)
    if wait.is_given_up:
        raise RecordRefused(RecordRefusal.REFERENCE_UNKNOWN, "refers_to")
    raise ReferenceAwaited(wait.after_s)


def check_reference(connection: Connection, header: Header, reference: Reference) -> None:
    """RecordRefused REFERENCE_WRONG or REFERENCE_SUPERSEDED unless this record may be about that one."""
    if reference.kind not in REGISTRATION_KINDS or reference.outlet != header.outlet:
        raise RecordRefused(RecordRefusal.REFERENCE_WRONG, "refers_to")
    if reference.terminal != header.terminal and not _is_closed(connection, reference.terminal):
        raise RecordRefused(RecordRefusal.REFERENCE_WRONG, "refers_to")
    if reference.superseded_by is not None:
        raise RecordRefused(RecordRefusal.REFERENCE_SUPERSEDED, "refers_to")


def _is_closed(connection: Connection, terminal: str) -> bool:
    wanted = select(terminals.c.revoked_at, terminals.c.closed_at).where(terminals.c.id == terminal)
    row = connection.execute(wanted).one()
    return row.revoked_at is not None or row.closed_at is not None


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
