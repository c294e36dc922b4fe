"""Receipts that came to be later: an amendment's answer brings that of the record that it amends.

Each answer to the amendment carries it, also when the amendment comes again
because the answer was lost.
"""

from uuid import UUID

from sqlalchemy import Connection, select

from operator_backend.tables import records
from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.registrations import RecordKind

_TAKEN = frozenset({ItemAnswer.ACCEPTED, ItemAnswer.DUPLICATE})


def with_decided(connection: Connection, terminal: str, items: list[Item]) -> list[Item]:
    """The items, and before them those of records of this terminal that amendments among them decided."""
    taken = [str(item.record_id) for item in items if item.answer in _TAKEN and item.record_id is not None]
    amendment = records.alias()
    rows = connection.execute(
        select(records.c.id, records.c.envelope_sha256, records.c.receipt)
        .distinct()
        .join(amendment, amendment.c.refers_to == records.c.id)
        .where(
            amendment.c.id.in_(taken),
            amendment.c.kind == str(RecordKind.AMENDMENT),
            amendment.c.state == "accepted",
            records.c.terminal == terminal,
        )
    ).all()
    decided = {
        row.envelope_sha256: Item(
            row.envelope_sha256,
            UUID(row.id),
            ItemAnswer.DUPLICATE,
            decode_signed(row.receipt, "receipt"),
        )
        for row in rows
    }
    return [*decided.values(), *(item for item in items if item.envelope_sha256 not in decided)]
