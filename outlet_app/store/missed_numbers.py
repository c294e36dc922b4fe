"""A whole database that stands where it stood earlier: numbers given since are named, never given twice."""

import contextlib
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import local_number
from outlet_app.store.chain_mark import Mark, where_now
from outlet_app.store.rebuilt_chain import lost_row, nameless_hash, nameless_id
from outlet_app.store.rebuilt_journal import entry, hole
from outlet_app.store.rescue_notice import MOST_NAMED, RescueNotice, keep_notice
from outlet_app.store.rows import ChainEnd

MOST_HELD = 10_000
"""More numbers than these were not lost in one night: that is another chain than ours."""


def name_held(connection: sqlite3.Connection, terminal: str, held: ChainEnd, now: datetime) -> int:
    """Fill the chain up to what the operator holds of it; how many records are with the operator only.

    Nothing on this device says so: the disk kept less than it had said, or an
    earlier copy was put in place of database and mark. People are told as of a rescue.
    """
    stands = where_now(connection)
    if stands is None or stands.terminal != terminal:
        return 0
    count = held.sequence - stands.sequence
    if not 0 < count <= MOST_HELD:
        return 0
    mark = replace(stands, sequence=held.sequence, envelope_sha256=held.envelope_sha256)
    notice = name_missed(connection, stands, mark, now, held=held.sequence)
    notice = replace(notice, lost=(), lost_count=0, copies_lost=count)
    file = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    with contextlib.suppress(OSError):  # the journal has it; only the showing would be missed
        keep_notice(file.parent, notice)
    return count


def name_missed(
    connection: sqlite3.Connection, stands: Mark, mark: Mark, now: datetime, *, held: int | None = None
) -> RescueNotice:
    """Fill both chains up to the mark with places of what is lost; the notice names the records.

    Its write-ahead log was taken away, or an earlier copy was put in its place. ``held`` is how far the
    operator holds the records, None for as far as is known here.
    """
    at = timestamps.to_text(now)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _check_stands(connection, stands)
        outlet, known = connection.execute(
            "SELECT outlet, operator_unbroken FROM enrolment WHERE terminal = ?", (stands.terminal,)
        ).fetchone()
        held = known if held is None else held
        missed = range(stands.sequence + 1, mark.sequence + 1)
        for sequence in missed:
            _put(connection, "outbox", _missed_row(mark, outlet, sequence, at, is_held=sequence <= held))
        number, head = stands.journal, stands.journal_hash
        holes = max(0, mark.journal - stands.journal)
        for number in range(stands.journal + 1, mark.journal + 1):
            place = hole(
                mark.terminal, number, head, at, mark.journal_hash if number == mark.journal else None
            )
            _put(connection, "journal", place)
            head = place["hash"]
        detail = f"records {stands.sequence}, lost {len(missed)}, entries lost {holes}"
        _put(connection, "journal", entry(mark.terminal, number + 1, head, at, "records-missing", detail))
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return RescueNotice(
        stamp=at.replace(":", "").replace("-", ""),
        set_aside=None,
        records=stands.sequence,
        lost=tuple(local_number(outlet, mark.terminal, one) for one in missed[:MOST_NAMED]),
        lost_count=len(missed),
        copies_lost=0,
        entries_lost=holes,
        enrolled=True,
    )


def _check_stands(connection: sqlite3.Connection, stands: Mark) -> None:
    """KnownFailure STORAGE_LOCKED when the counter went on meanwhile: it is looked at again the next time."""
    if where_now(connection) != stands:
        raise KnownFailure(FailureCode.STORAGE_LOCKED, "numbers were given meanwhile")


def _missed_row(mark: Mark, outlet: str, sequence: int, at: str, *, is_held: bool) -> dict[str, object]:
    is_last = sequence == mark.sequence
    return lost_row(
        {
            "terminal": mark.terminal,
            "outlet": outlet,
            "sequence": sequence,
            "record_id": nameless_id(mark.terminal, sequence),
            "kind": "open",
            "channel": "counter",
            "policy": 0,
            "confirmed_at": at,
            "envelope_sha256": mark.envelope_sha256 if is_last else nameless_hash(mark.terminal, sequence),
            "slip_shown_at": at,
        },
        is_held=is_held,
    )


def _put(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    known = {name: value for name, value in row.items() if value is not None}
    places = ", ".join("?" * len(known))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(known)}) VALUES ({places})",  # noqa: S608 - names of this package
        list(known.values()),
    )
