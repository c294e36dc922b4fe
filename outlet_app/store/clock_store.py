"""What this device knows of the time beside its own clock: the operator's last signed word on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from outlet_app.domain import timestamps
from outlet_app.store.database import first_row, write
from outlet_app.store.journal import Journal, JournalEvent

_FLOOR = """
    SELECT (SELECT operator_time FROM clock WHERE id = 1) AS operator_time,
        (SELECT behind_since FROM clock WHERE id = 1) AS behind_since,
        (SELECT at FROM journal WHERE terminal = :terminal ORDER BY number DESC LIMIT 1) AS journal_at
"""


@dataclass(frozen=True, slots=True)
class ClockFloor:
    """The earliest that it can be: the later of the operator's time and the last entry; None without either.

    ``is_behind`` is what was last journalled of the system's clock.
    """

    moment: datetime | None
    is_behind: bool


class ClockStore:
    """The one row about the clock, and the journal of one terminal."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)

    def floor(self) -> ClockFloor:
        """The earliest that it can be now."""
        row = first_row(self._db, _FLOOR, {"terminal": self._terminal})
        assert row is not None, "a query of subqueries has one row"
        known = [found for found in (row["operator_time"], row["journal_at"]) if found is not None]
        moment = timestamps.from_text(max(known)) if known else None
        return ClockFloor(moment, row["behind_since"] is not None)

    def operator_time(self) -> datetime | None:
        """The operator's last signed time; None before the first."""
        row = first_row(self._db, "SELECT operator_time FROM clock WHERE id = 1")
        known = None if row is None else row["operator_time"]
        return None if known is None else timestamps.from_text(known)

    def note_operator_time(self, moment: datetime, *, tolerance_s: float) -> None:
        """Keep the operator's signed time; an entry says so where the journal is ahead of it."""
        last = self._journal.last_at()
        with write(self._db):
            self._put("operator_time", timestamps.to_text(moment))
            ahead_s = 0.0 if last is None else (last - moment).total_seconds()
            if ahead_s > tolerance_s:
                detail = f"{-ahead_s:+.0f} s by the operator's time"
                self._journal.append(JournalEvent.CLOCK_JUMPED, moment, detail=detail)

    def note_behind(self, since: datetime | None, now: datetime, detail: str) -> None:
        """The system's clock is behind since a moment, or None: no longer; journalled either way."""
        with write(self._db):
            self._put("behind_since", None if since is None else timestamps.to_text(since))
            self._journal.append(JournalEvent.CLOCK_JUMPED, now, detail=detail)

    def note_jump(self, now: datetime, seconds: float) -> None:
        """The system's clock was set while the program ran."""
        self._journal.record(JournalEvent.CLOCK_JUMPED, now, detail=f"{seconds:+.0f} s while running")

    def _put(self, column: str, value: str | None) -> None:
        self._db.table("clock").upsert({"id": 1, column: value}, pk="id")
