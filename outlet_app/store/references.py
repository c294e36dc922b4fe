"""Which records void, amend or take the place of which: looked up, never written into the earlier one.

A queued record is never changed, so what became of it afterwards is read from
the records that name it. One of those *stands* unless it was refused or set
aside; a refused registration stands again once an amendment of it stands.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from outlet_app.domain.registrations import RecordKind, RecordState, local_number
from outlet_app.store.database import rows
from outlet_app.store.rows import RecordRow

_UNANSWERED_OR_GOOD = "NOT IN ('refused', 'quarantined')"

STANDS = f"""
    ({{one}}.state {_UNANSWERED_OR_GOOD} OR ({{one}}.state = 'refused' AND EXISTS (
        SELECT 1 FROM outbox AS mender WHERE mender.refers_to = {{one}}.record_id
        AND mender.kind = 'amendment' AND mender.state {_UNANSWERED_OR_GOOD})))
"""  # noqa: S608 - put together from constants
"""A record under this alias has not come to nothing."""

IS_SUPERSEDED = f"""
    EXISTS (SELECT 1 FROM outbox AS later WHERE later.refers_to = {{one}}.record_id
        AND later.kind <> 'amendment' AND {STANDS.format(one="later")})
"""  # noqa: S608 - as above
"""A void or a replacement of the record under this alias stands."""


_LATER = f"""
    SELECT outbox.record_id, outbox.refers_to, outbox.kind, outbox.state, outbox.outlet, outbox.terminal,
        outbox.sequence, phone_mask, {STANDS.format(one="outbox")} AS stands
    FROM outbox LEFT JOIN summary USING (record_id)
    WHERE outbox.refers_to IN ({{marks}}) ORDER BY confirmed_at, sequence
"""  # noqa: S608 - as above
_ANSWERED = frozenset({RecordState.ACCEPTED, RecordState.REFUSED})


def with_references(db: Database, found: Sequence[RecordRow]) -> list[RecordRow]:
    """The records with what they name, what became of them, and the phone number that is in force.

    One that the operator answered is REPLACED once it has accepted a void or a replacement of it.
    """
    later: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _among(db, _LATER, [str(record.record_id) for record in found]):
        later[row["refers_to"]].append(row)
    named = {record.refers_to for record in found if record.refers_to is not None}
    numbers = {
        row["record_id"]: _number(row)
        for row in _among(
            db,
            "SELECT record_id, outlet, terminal, sequence FROM outbox WHERE record_id IN ({marks})",
            [str(one) for one in named],
        )
    }
    return [
        _joined(record, later.get(str(record.record_id), []), numbers.get(str(record.refers_to)))
        for record in found
    ]


def waiting_about(db: Database, record_id: UUID) -> list[UUID]:
    """Queued records that name this one."""
    found = rows(
        db, "SELECT record_id FROM outbox WHERE refers_to = ? AND state = 'queued'", (str(record_id),)
    )
    return [UUID(row["record_id"]) for row in found]


def _joined(record: RecordRow, later: list[dict[str, Any]], refers_to_number: str | None) -> RecordRow:
    standing = [row for row in later if row["stands"]]
    superseder = next((row for row in standing if row["kind"] != RecordKind.AMENDMENT), None)
    amendments = [row for row in standing if row["kind"] == RecordKind.AMENDMENT]
    masks = [row["phone_mask"] for row in amendments if row["phone_mask"] is not None]
    is_replaced = superseder is not None and superseder["state"] == RecordState.ACCEPTED
    return replace(
        record,
        state=RecordState.REPLACED if is_replaced and record.state in _ANSWERED else record.state,
        phone_mask=masks[-1] if masks else record.phone_mask,
        refers_to_number=refers_to_number,
        superseded_by=None if superseder is None else _number(superseder),
        superseded_as=None if superseder is None else RecordKind(superseder["kind"]),
        amended=bool(amendments),
    )


def _number(row: dict[str, Any]) -> str:
    return local_number(row["outlet"], row["terminal"], row["sequence"])


def _among(db: Database, query: str, values: list[str]) -> list[dict[str, Any]]:
    if not values:
        return []
    return rows(db, query.format(marks=", ".join("?" * len(values))), values)
