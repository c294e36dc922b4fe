"""A whole database that stands where it stood earlier: numbers given since are named, never given twice."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from outlet_app.contract.header import NO_PREVIOUS
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


@dataclass(frozen=True, slots=True)
class Given:
    """What the operator knows of the numbers that a terminal has given out.

    ``highest`` is the last of them, with the hash that is held under it or 64
    zeros. ``missing`` are the lowest that are not held, and complete up to
    ``known_to``: of those above nothing is known.
    """

    unbroken: int
    highest: ChainEnd
    missing: frozenset[int]
    known_to: int

    def is_held(self, sequence: int) -> bool:
        """True when the operator holds the record of this number."""
        return sequence <= self.unbroken or (sequence <= self.known_to and sequence not in self.missing)


def name_given(connection: sqlite3.Connection, terminal: str, given: Given, now: datetime) -> int:
    """Fill the chain up to the last number that was given out; how many were not known here any more.

    Nothing on this device says so: the disk kept less than it had said, or an
    earlier copy was put in place of database and mark. To go on below that
    number would give some of them twice. People are told as of a rescue, which
    records are with the operator and which are lost.
    """
    stands = where_now(connection)
    if stands is None or stands.terminal != terminal:
        return 0
    highest = given.highest
    count = highest.sequence - stands.sequence
    if not 0 < count <= MOST_HELD:
        return 0
    sha256 = highest.envelope_sha256
    if sha256 == NO_PREVIOUS:
        sha256 = nameless_hash(terminal, highest.sequence)
    mark = replace(stands, sequence=highest.sequence, envelope_sha256=sha256)
    notice = name_missed(connection, stands, mark, now, is_held=given.is_held)
    file = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    with contextlib.suppress(OSError):  # the journal has it; only the showing would be missed
        keep_notice(file.parent, notice)
    return count


def name_missed(
    connection: sqlite3.Connection,
    stands: Mark,
    mark: Mark,
    now: datetime,
    *,
    is_held: Callable[[int], bool] | None = None,
) -> RescueNotice:
    """Fill both chains up to the mark with places of what is lost; the notice names the records.

    Its write-ahead log was taken away, or an earlier copy was put in its place. ``is_held`` tells which
    records the operator holds, None: those of which it is known here.
    """
    at = timestamps.to_text(now)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _check_stands(connection, stands)
        outlet, known = connection.execute(
            "SELECT outlet, operator_unbroken FROM enrolment WHERE terminal = ?", (stands.terminal,)
        ).fetchone()
        missed = range(stands.sequence + 1, mark.sequence + 1)
        held = frozenset(one for one in missed if (one <= known if is_held is None else is_held(one)))
        for sequence in missed:
            _put(connection, "outbox", _missed_row(mark, outlet, sequence, at, is_held=sequence in held))
        holes = _fill_journal(connection, stands, mark, len(missed), at)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    lost = [one for one in missed if one not in held]
    return RescueNotice(
        stamp=at.replace(":", "").replace("-", ""),
        set_aside=None,
        records=stands.sequence,
        lost=tuple(local_number(outlet, mark.terminal, one) for one in lost[:MOST_NAMED]),
        lost_count=len(lost),
        copies_lost=len(held),
        entries_lost=holes,
        enrolled=True,
    )


def name_doubt(connection: sqlite3.Connection, stands: Mark, now: datetime) -> RescueNotice:
    """Nothing beside the database tells how far it had come: say so, and how far it goes.

    Somebody put a copy of the file in its place, or took log and mark away.
    """
    at = timestamps.to_text(now)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _check_stands(connection, stands)
        (outlet,) = connection.execute(
            "SELECT outlet FROM enrolment WHERE terminal = ?", (stands.terminal,)
        ).fetchone()
        said = f"records {stands.sequence}, mark missing"
        place = (stands.terminal, stands.journal + 1, stands.journal_hash)
        _put(connection, "journal", entry(*place, at, "records-missing", said))
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return RescueNotice(
        stamp=at.replace(":", "").replace("-", ""),
        set_aside=None,
        records=stands.sequence,
        lost=(),
        lost_count=0,
        copies_lost=0,
        entries_lost=0,
        enrolled=True,
        last=local_number(outlet, stands.terminal, stands.sequence) if stands.sequence else "",
    )


def _fill_journal(connection: sqlite3.Connection, stands: Mark, mark: Mark, missed: int, at: str) -> int:
    """Holes up to the mark, and the entry that says so; how many holes."""
    number, head = stands.journal, stands.journal_hash
    holes = max(0, mark.journal - stands.journal)
    for number in range(stands.journal + 1, mark.journal + 1):
        place = hole(mark.terminal, number, head, at, mark.journal_hash if number == mark.journal else None)
        _put(connection, "journal", place)
        head = place["hash"]
    detail = f"records {stands.sequence}, lost {missed}, entries lost {holes}"
    _put(connection, "journal", entry(mark.terminal, number + 1, head, at, "records-missing", detail))
    return holes


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
