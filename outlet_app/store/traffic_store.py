"""How much has gone over a metered line today: one row, shared by all programs on this database."""

from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from outlet_app.store.database import known_row, write

_COUNT = """
    INSERT INTO traffic (id, day, bytes, wanted) VALUES (1, :day, :bytes, :wanted)
    ON CONFLICT (id) DO UPDATE SET
        bytes = CASE WHEN day < excluded.day THEN 0 ELSE bytes END + excluded.bytes,
        wanted = max(CASE WHEN day < excluded.day THEN 0 ELSE wanted END, excluded.wanted),
        day = excluded.day
"""


@dataclass(frozen=True, slots=True)
class DayTraffic:
    """Bytes both ways; ``wanted`` is what must be left of the day for the next record, 0 when not known."""

    bytes: int = 0
    wanted: int = 0


class TrafficStore:
    """Counts while there is a limit.

    What was counted on a day that is still to come belongs to the day that it
    is now: the clock was ahead then, and what was used is not there again.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, day: date) -> DayTraffic:
        """What was used of a day."""
        row = known_row(self._db, "SELECT day, bytes, wanted FROM traffic WHERE id = 1")
        if row is None or row[0] < day.isoformat():
            return DayTraffic()
        if row[0] > day.isoformat():
            self.add(day, 0)
        return DayTraffic(row[1], row[2])

    def add(self, day: date, count: int, *, wanted: int = 0) -> None:
        """So many bytes more; the next record waits for a day of which so many are left."""
        with write(self._db):
            self._db.execute(_COUNT, {"day": day.isoformat(), "bytes": count, "wanted": wanted})
