"""Sealed records chosen to be carried by hand, page by page in the order of their numbers. Reads only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import first_row, rows

_PAGE = 16
"""Records in memory at once; one has a MiB at most."""

UNANSWERED = frozenset(
    {RecordState.QUEUED, RecordState.SENDING, RecordState.RECEIVED, RecordState.QUARANTINED}
)
"""States of records on which the operator's last word is not here."""

_CHOSEN = """
    FROM outbox JOIN sealed USING (record_id)
    WHERE terminal = :terminal AND sequence > :after AND sequence BETWEEN :first AND :last
        AND state IN (SELECT value FROM json_each(:states))
        AND (:ids IS NULL OR outbox.record_id IN (SELECT value FROM json_each(:ids)))
        AND (:closed OR outbox.record_id NOT IN (SELECT record_id FROM given_up WHERE told_at IS NOT NULL))
"""
_ABOVE_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records: of these states and numbers, and of these only if ``ids`` are given.

    ``closed``: those too that were given up, as the operator has been told.
    """

    states: frozenset[RecordState] = UNANSWERED
    first: int = 1
    last: int | None = None
    ids: tuple[UUID, ...] | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A record's number and its bytes, exactly as they were signed."""

    sequence: int
    envelope: bytes


def count_sealed(db: Database, terminal: str, chosen: Selection) -> int:
    """How many records of a terminal are chosen and still here as bytes."""
    row = first_row(db, f"SELECT count(*) AS n {_CHOSEN}", _parameters(terminal, chosen, 0))
    return 0 if row is None else int(row["n"])


def sealed_records(db: Database, terminal: str, chosen: Selection) -> Iterator[SealedRecord]:
    """The chosen records; no transaction stays open between two pages, and what changes is in or not."""
    after = 0
    query = f"SELECT sequence, envelope {_CHOSEN} ORDER BY sequence LIMIT {_PAGE}"
    while page := rows(db, query, _parameters(terminal, chosen, after)):
        for row in page:
            yield SealedRecord(row["sequence"], bytes(row["envelope"]))
        after = page[-1]["sequence"]


def _parameters(terminal: str, chosen: Selection, after: int) -> dict[str, Any]:
    return {
        "terminal": terminal,
        "after": after,
        "first": chosen.first,
        "last": _ABOVE_ALL if chosen.last is None else chosen.last,
        "states": json.dumps(sorted(chosen.states)),
        "closed": chosen.closed,
        "ids": None if chosen.ids is None else json.dumps([str(one) for one in chosen.ids]),
    }
