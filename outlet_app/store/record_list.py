"""Looking into the queue: counts, pages, single records, repeats. Reads only."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from outlet_app.boot_clock import BootMoment
from outlet_app.domain import timestamps
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, RecordKind, RecordState, local_number
from outlet_app.store.database import believed, first_row, known_row, rows
from outlet_app.store.given_up_store import NOT_GIVEN_UP
from outlet_app.store.quarantine import figures, with_set_aside
from outlet_app.store.references import IS_SUPERSEDED, with_references
from outlet_app.store.repeats import WAITING
from outlet_app.store.rows import HeldData, QueueStatus, RecordRow, age_s

_COLUMNS = """
    SELECT outbox.record_id, terminal, outlet, sequence, kind, channel, state, confirmed_at, attempts,
        next_attempt_at, last_error, error_field, error_who, operator_time, slip_shown_at,
        EXISTS (SELECT 1 FROM sealed WHERE sealed.record_id = outbox.record_id) AS sealed_here,
        exception, clerk, approver, document_kind, family_initial, phone_mask, refers_to, boot, boot_ms
    FROM outbox LEFT JOIN summary USING (record_id)
"""
_WAITING = f"state {WAITING}"
_WAITING_TERMINALS = f"""
    SELECT DISTINCT terminal FROM outbox WHERE {_WAITING}
    UNION
    SELECT terminal FROM enrolment WHERE root <> (SELECT root FROM enrolment WHERE current = 1)
        AND EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_by_state
            WHERE state = 'received' AND outbox.terminal = enrolment.terminal)
    ORDER BY terminal
"""  # noqa: S608 - put together from constants
"""What one operator decides comes to the terminal that follows; what another does, to nobody else."""

MOST_ERROR_WAIT_S = 3600
"""No record waits longer than this after an error of its own (schedule.RECORD_MOST_S)."""

MOST_LATER_S = 86_400
"""No record waits longer than this because the operator said later (schedule.MOST_SERVER_WAIT_S)."""

IS_DUE = """
    (wait IS NULL OR next_attempt_at <= :now OR next_attempt_at > :most_later
        OR (wait = 'error' AND next_attempt_at > :most_error))
"""
"""A queued record is to be sent. A wait longer than any that is given is of a clock that was set back."""

_HAS_DUE = f"""
    SELECT 1 AS one FROM outbox INDEXED BY outbox_by_state
    WHERE state IN ('queued', 'sending') AND terminal = :terminal AND (state = 'sending' OR {IS_DUE}) LIMIT 1
"""  # noqa: S608 - put together from constants
_NOT_ACCEPTED = f"""
    SELECT state, count(*) AS n FROM outbox
    WHERE state IN ({", ".join(f"'{state}'" for state in RecordState if state is not RecordState.ACCEPTED)})
    GROUP BY state
"""  # noqa: S608 - put together from constants
_REPLACED = """
    SELECT state, count(*) AS n FROM outbox INDEXED BY outbox_replaced
    WHERE replaced = 1 AND state IN ('accepted', 'refused') GROUP BY state
"""
"""Of the answered records those that were voided or replaced, from an index that holds nothing else."""

_STANDING_SINCE = f"""
    SELECT state, count(*) AS n FROM outbox WHERE terminal = ? AND confirmed_at >= ?
        AND kind NOT IN ('void', 'amendment') AND NOT {IS_SUPERSEDED.format(one="outbox")} GROUP BY state
"""  # noqa: S608 - put together from constants

_LONGEST_LOCAL_NUMBER = 160
_ABOVE_ALL = 2**62


def status(db: Database, now: datetime) -> QueueStatus:
    """Counts by state, and the age of the oldest record that the operator has no part in yet.

    Accepted records may be a million: they are what is left of all numbers,
    which have no gap, when the others are counted.
    """
    counts = dict.fromkeys(RecordState, 0)
    for row in rows(db, _NOT_ACCEPTED):
        counts[RecordState(row["state"])] = row["n"]
    counts[RecordState.ACCEPTED] = _numbers_given(db) - sum(counts.values())
    for row in rows(db, _REPLACED):
        counts[RecordState(row["state"])] -= row["n"]
        counts[RecordState.REPLACED] += row["n"]
    oldest = first_row(db, "SELECT min(confirmed_at) AS at FROM outbox WHERE state IN ('queued', 'sending')")
    with believed(db):
        age = None if oldest is None else age_s(oldest["at"], now)
    aside = figures(db)
    counts[RecordState.QUARANTINED] = aside.set_aside
    since = None if aside.oldest_at is None else timestamps.to_text(aside.oldest_at)
    return QueueStatus(
        **{str(state): count for state, count in counts.items()},
        oldest_queued_age_s=age,
        exceptions=int(db.execute("SELECT count(*) FROM outbox WHERE exception = 1").fetchone()[0]),
        given_up=aside.given_up,
        oldest_quarantined_age_s=age_s(since, now),
    )


def _numbers_given(db: Database) -> int:
    terminals = rows(db, "SELECT terminal FROM enrolment")
    last = "SELECT max(sequence) FROM outbox WHERE terminal = ?"
    return sum(db.execute(last, (row["terminal"],)).fetchone()[0] or 0 for row in terminals)


def page(
    db: Database, terminal: str, limit: int, before_sequence: int | None, state: RecordState | None
) -> list[RecordRow]:
    """One page of a terminal's records by falling number."""
    of_state = "" if state is None else f" AND {_shown_as(state)}"
    found = rows(
        db,
        f"{_COLUMNS} WHERE terminal = :terminal AND sequence < :before{of_state}"
        " ORDER BY sequence DESC LIMIT :limit",
        {
            "terminal": terminal,
            "before": _ABOVE_ALL if before_sequence is None else before_sequence,
            "state": state,
            "limit": limit,
        },
    )
    return _told(db, found)


def is_stored(db: Database, record_id: UUID) -> bool:
    """True when a record of this id is here."""
    return known_row(db, "SELECT 1 FROM outbox WHERE record_id = ?", (str(record_id),)) is not None


def waiting_terminals(db: Database) -> list[str]:
    """Terminals of which records still wait here, to be sent or for another operator's decision."""
    return [row["terminal"] for row in rows(db, _WAITING_TERMINALS)]


def waiting_count(db: Database, terminal: str) -> int:
    """How many of a terminal's records no receipt answers for."""
    found = db.execute(f"SELECT count(*) FROM outbox WHERE terminal = ? AND {_WAITING}", (terminal,))  # noqa: S608
    return int(found.fetchone()[0])


# by name: left to itself the planner looks through all of a terminal's records when none waits
_OLDEST_UNSENT = """
    SELECT min(at) AS at FROM (
        SELECT (
            SELECT confirmed_at FROM outbox INDEXED BY outbox_by_state
            WHERE outbox.state = unsent.state AND outbox.terminal = enrolment.terminal
            ORDER BY sequence LIMIT 1
        ) AS at
        FROM enrolment, (SELECT 'queued' AS state UNION ALL SELECT 'sending') AS unsent
    )
"""


def unsent(db: Database, most: int, now: datetime) -> tuple[int, int]:
    """How many records of this device wait unsent, counted up to ``most``, and the oldest's age in seconds.

    Both by an index, however many there are.
    """
    counted = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state IN ('queued', 'sending') LIMIT ?)"
    count, oldest = known_row(db, counted, (most,)), known_row(db, _OLDEST_UNSENT)
    assert count is not None, "counts always give a row"
    with believed(db):
        return count[0], (None if oldest is None else age_s(oldest[0], now)) or 0


def has_due(db: Database, terminal: str, now: datetime) -> bool:
    """True when a record is to be sent by now, or was left in sending."""
    row = first_row(db, _HAS_DUE, {"terminal": terminal, **due_moments(now)})
    return row is not None


def due_moments(now: datetime) -> dict[str, str]:
    """The moments that IS_DUE compares with."""
    return {
        "now": timestamps.to_text(now),
        "most_error": timestamps.to_text(now + timedelta(seconds=MOST_ERROR_WAIT_S)),
        "most_later": timestamps.to_text(now + timedelta(seconds=MOST_LATER_S)),
    }


def receipt(db: Database, record_id: UUID) -> bytes | None:
    """The operator's signed word on a record, exactly as it came; None before there is one."""
    row = first_row(db, "SELECT receipt FROM outbox WHERE record_id = ?", (str(record_id),))
    return None if row is None or row["receipt"] is None else bytes(row["receipt"])


def counts_since(db: Database, terminal: str, moment: datetime) -> dict[RecordState, int]:
    """Counts by state of the registrations confirmed since a moment that were not taken back or replaced."""
    counts = dict.fromkeys(RecordState, 0)
    found = rows(
        db,
        _STANDING_SINCE,
        (terminal, timestamps.to_text(moment)),
    )
    for row in found:
        counts[RecordState(row["state"])] = row["n"]
    return counts


def exceptions_since(db: Database, moment: datetime) -> int:
    """How many records of typed documents were confirmed since a moment, whatever became of them."""
    found = db.execute(
        "SELECT count(*) FROM outbox WHERE exception = 1 AND confirmed_at >= ?", (timestamps.to_text(moment),)
    )
    return int(found.fetchone()[0])


def find(db: Database, terminal: str, wanted: str) -> RecordRow:
    """A record by id, local number or the terminal's bare sequence; KnownFailure RECORD_NOT_FOUND."""
    text = wanted.strip()
    row: dict[str, Any] | None = None
    if len(text) <= _LONGEST_LOCAL_NUMBER:
        row = first_row(db, _COLUMNS + " WHERE outbox.record_id = ?", (text.lower(),))
        tail = text.rsplit("-", 1)[-1]
        if row is None and tail.isascii() and tail.isdigit() and len(tail) <= 15:
            by_number = " WHERE terminal IN (SELECT terminal FROM enrolment) AND sequence = ?"
            same = rows(db, _COLUMNS + by_number, (int(tail),))
            row = next((found for found in same if _answers_to(found, terminal, text)), None)
    if row is None:
        raise KnownFailure(FailureCode.RECORD_NOT_FOUND)
    return _told(db, [row])[0]


def held(db: Database, now: datetime) -> HeldData:
    """Sealed records and summaries on this device, and the age of the oldest that has either."""
    row = first_row(
        db,
        "SELECT (SELECT count(*) FROM sealed) AS sealed, (SELECT count(*) FROM summary) AS summaries,"
        " (SELECT min(confirmed_at) FROM outbox WHERE record_id IN (SELECT record_id FROM sealed)"
        "  OR record_id IN (SELECT record_id FROM summary)) AS oldest",
    )
    assert row is not None, "counts always give a row"
    with believed(db):
        return HeldData(row["sealed"], row["summaries"], age_s(row["oldest"], now))


def slips_not_shown(db: Database, limit: int) -> list[RecordRow]:
    """Records whose slip nobody has seen, oldest first."""
    found = rows(
        db, _COLUMNS + " WHERE slip_shown_at IS NULL ORDER BY confirmed_at, sequence LIMIT ?", (limit,)
    )
    return _told(db, found)


def _told(db: Database, found: list[dict[str, Any]]) -> list[RecordRow]:
    return with_set_aside(db, with_references(db, _records(db, found)))


def _shown_as(state: RecordState) -> str:
    """Condition for the state in which records are shown; their own stays what the operator said."""
    match state:
        case RecordState.REPLACED:
            return "state IN ('accepted', 'refused') AND replaced = 1"
        case RecordState.ACCEPTED | RecordState.REFUSED:
            return "state = :state AND replaced = 0"
        case RecordState.QUARANTINED:
            return f"state = :state AND outbox.{NOT_GIVEN_UP}"
        case _:
            return "state = :state"


def _answers_to(row: dict[str, Any], terminal: str, text: str) -> bool:
    bare = text.isdigit() and row["terminal"] == terminal
    return bare or text == local_number(row["outlet"], row["terminal"], row["sequence"])


def _records(db: Database, found: list[dict[str, Any]]) -> list[RecordRow]:
    with believed(db):
        return [_record(row) for row in found]


def _record(row: dict[str, Any]) -> RecordRow:
    kind = row["document_kind"]
    return RecordRow(
        record_id=UUID(row["record_id"]),
        terminal=row["terminal"],
        outlet=row["outlet"],
        sequence=row["sequence"],
        local_number=local_number(row["outlet"], row["terminal"], row["sequence"]),
        kind=RecordKind(row["kind"]),
        channel=Channel(row["channel"]),
        state=RecordState(row["state"]),
        confirmed_at=timestamps.from_text(row["confirmed_at"]),
        attempts=row["attempts"],
        next_attempt_at=_moment(row["next_attempt_at"]),
        last_error=row["last_error"],
        error_field=row["error_field"],
        error_who=row["error_who"],
        operator_time=_moment(row["operator_time"]),
        slip_shown=row["slip_shown_at"] is not None,
        sealed_here=bool(row["sealed_here"]),
        exception=bool(row["exception"]),
        clerk=row["clerk"],
        approver=row["approver"],
        document_kind=None if kind is None else DocumentKind(kind),
        family_initial=row["family_initial"],
        phone_mask=row["phone_mask"],
        refers_to=None if row["refers_to"] is None else UUID(row["refers_to"]),
        confirmed_since=None if row["boot"] is None else BootMoment(row["boot"], row["boot_ms"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else timestamps.from_text(text)
