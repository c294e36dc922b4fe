"""Records that are set aside: since when, whose they are to mend, and which were given up. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from outlet_app.domain import timestamps
from outlet_app.domain.quarantine import owner_of
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import believed, first_row, rows
from outlet_app.store.given_up_store import NOT_GIVEN_UP
from outlet_app.store.rows import GivenUpRow, RecordRow

_SET_ASIDE_AT = """
    SELECT max(at) AS at FROM journal INDEXED BY journal_set_aside
    WHERE subject = ? AND event = 'record-quarantined'
"""
_GIVEN_UP = "SELECT reason, person, given_up_at, told_at FROM given_up WHERE record_id = ?"
_IN_QUARANTINE = f"FROM outbox INDEXED BY outbox_by_state WHERE state = 'quarantined' AND {NOT_GIVEN_UP}"


@dataclass(frozen=True, slots=True)
class QuarantineFigures:
    """How many records are set aside and not given up, since when the oldest, and how many were given up."""

    set_aside: int
    oldest_at: datetime | None
    given_up: int


def with_set_aside(db: Database, found: Sequence[RecordRow]) -> list[RecordRow]:
    """The records; those that are set aside with their owner, since when, and whether they were given up."""
    with believed(db):
        return [_told(db, row) if row.state is RecordState.QUARANTINED else row for row in found]


def figures(db: Database) -> QuarantineFigures:
    """Of all records of this device; what is set aside is few."""
    ids = rows(db, f"SELECT record_id, confirmed_at {_IN_QUARANTINE}")
    given_up = first_row(
        db,
        "SELECT count(*) AS n FROM given_up CROSS JOIN outbox USING (record_id) WHERE state = 'quarantined'",
    )
    assert given_up is not None, "a count always gives a row"
    with believed(db):
        moments = [
            _set_aside_at(db, row["record_id"]) or timestamps.from_text(row["confirmed_at"]) for row in ids
        ]
    return QuarantineFigures(len(ids), min(moments, default=None), int(given_up["n"]))


def _told(db: Database, row: RecordRow) -> RecordRow:
    since = _set_aside_at(db, str(row.record_id)) or row.confirmed_at
    gone = _given_up(db, row.record_id)
    owner = None if gone is not None else owner_of(row.error_who)
    return replace(row, set_aside_at=since, owner=owner, given_up=gone)


def _set_aside_at(db: Database, record_id: str) -> datetime | None:
    row = first_row(db, _SET_ASIDE_AT, (record_id,))
    return None if row is None or row["at"] is None else timestamps.from_text(row["at"])


def _given_up(db: Database, record_id: UUID) -> GivenUpRow | None:
    row = first_row(db, _GIVEN_UP, (str(record_id),))
    if row is None:
        return None
    return GivenUpRow(
        row["reason"], row["person"], timestamps.from_text(row["given_up_at"]), row["told_at"] is not None
    )
