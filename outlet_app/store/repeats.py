"""What waits here for the same number, SIM or person: found by mask and tags, which are hints, not values.

A number is held by the record that gave it, until that one is answered, and
until a later one that stands takes it back, takes its place or gives another
number. A refused registration holds its own again while an amendment of it waits.
CROSS JOIN keeps SQLite's order: from the few that match to their records.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import local_number
from outlet_app.store.database import first_row, known_row
from outlet_app.store.references import IS_SUPERSEDED, STANDS

WAITING = "IN ('queued', 'sending', 'received')"

_FIRST_WAITING = f"""
    SELECT held.outlet, held.terminal, held.sequence
    FROM summary CROSS JOIN outbox AS held USING (record_id)
    WHERE {{matches}}
        AND (held.state {WAITING} OR (held.kind <> 'amendment' AND held.state = 'refused'
            AND EXISTS (SELECT 1 FROM outbox AS mending WHERE mending.refers_to = held.record_id
                AND mending.kind = 'amendment' AND mending.state {WAITING})))
        AND iif(held.kind = 'amendment', held.refers_to, held.record_id) NOT IN ({{besides}})
        AND NOT EXISTS (
            SELECT 1 FROM outbox AS newer LEFT JOIN summary AS given ON given.record_id = newer.record_id
            WHERE newer.refers_to = iif(held.kind = 'amendment', held.refers_to, held.record_id)
                AND {STANDS.format(one="newer")}
                AND (newer.kind <> 'amendment' OR (given.{{given}} IS NOT NULL AND iif(
                    newer.terminal = held.terminal,
                    newer.sequence > held.sequence,
                    newer.confirmed_at > held.confirmed_at))))
    ORDER BY held.confirmed_at, held.sequence LIMIT 1
"""  # noqa: S608 - put together from constants

_SAME_IDENTITY = f"""
    SELECT count(*) AS n FROM summary CROSS JOIN outbox USING (record_id)
    WHERE identity_tag = ? AND family_initial = ? AND terminal = ?
        AND (state = 'quarantined' OR {STANDS.format(one="outbox")})
        AND NOT {IS_SUPERSEDED.format(one="outbox")}
"""  # noqa: S608 - as above


def waiting_number(
    db: Database, phone_mask: str, number_tag: int, besides: Collection[UUID] = ()
) -> str | None:
    """Local number of the first record that waits for the phone number of this mask and tag.

    ``besides`` are registrations that are being mended: neither they nor their amendments count.
    """
    return _first(db, "phone_mask = ? AND number_tag = ?", (phone_mask, number_tag), besides, "number_tag")


def waiting_iccid(db: Database, iccid_tags: Sequence[int], besides: Collection[UUID] = ()) -> str | None:
    """Local number of the first record that waits with the SIM of these two tags."""
    return _first(db, "iccid_tag = ? AND iccid_second_tag = ?", tuple(iccid_tags), besides, "iccid_tag")


def other_waiting(db: Database, record_id: UUID) -> tuple[FailureCode, str] | None:
    """What waits already with the number or SIM of a record that is set aside."""
    own = first_row(
        db,
        "SELECT phone_mask, number_tag, iccid_tag, iccid_second_tag, refers_to"
        " FROM summary JOIN outbox USING (record_id) WHERE record_id = ?",
        (str(record_id),),
    )
    if own is None:
        return None
    besides = {record_id} if own["refers_to"] is None else {record_id, UUID(own["refers_to"])}
    if own["number_tag"] is not None:
        number = waiting_number(db, own["phone_mask"], own["number_tag"], besides)
        if number is not None:
            return FailureCode.NUMBER_WAITING, number
    if own["iccid_tag"] is None:
        return None
    iccid = waiting_iccid(db, (own["iccid_tag"], own["iccid_second_tag"]), besides)
    return None if iccid is None else (FailureCode.ICCID_WAITING, iccid)


def same_identity_count(db: Database, terminal: str, identity_tag: int, family_initial: str) -> int:
    """Records of the same tag and first character that stand: not refused, taken back or replaced."""
    row = known_row(db, _SAME_IDENTITY, (identity_tag, family_initial, terminal))
    return 0 if row is None else int(row[0])


def identity_of(db: Database, record_id: UUID) -> tuple[int, str] | None:
    """Tag and first character of the person of a registration; None once they are forgotten."""
    row = first_row(
        db,
        "SELECT identity_tag, family_initial FROM summary WHERE record_id = ? AND identity_tag IS NOT NULL",
        (str(record_id),),
    )
    return None if row is None else (int(row["identity_tag"]), str(row["family_initial"]))


def _first(
    db: Database, matches: str, values: tuple[Any, ...], besides: Collection[UUID], given: str
) -> str | None:
    query = _first_waiting(matches, given, len(besides))
    row = known_row(db, query, (*values, *(str(one) for one in besides)))
    return None if row is None else local_number(*row)


@lru_cache(maxsize=16)
def _first_waiting(matches: str, given: str, besides: int) -> str:
    return _FIRST_WAITING.format(matches=matches, besides=", ".join("?" * besides), given=given)
