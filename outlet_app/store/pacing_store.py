"""When the operator may be spoken to next: our back-off, and the server's own pacing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode
from outlet_app.store.database import believed, first_row, known_row, write

FIRST_BATCH_SIZE = 20
FIRST_BATCH_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Pacing:
    """The one row for an operator. ``failures`` in a row and the last one's code; None where there is none.

    ``batch_bytes`` is how much of a batch the line has shown that it carries in good time.
    ``backoff_until`` is our own patience; ``next_contact_at``, ``batch_size``
    and ``stopped`` are the server's wishes; ``last_contact_at`` is the last
    proven contact. The moments of waits are those of WaitClock, ``counted_at`` is when they were given.
    """

    failures: int = 0
    last_failure: FailureCode | None = None
    backoff_until: datetime | None = None
    next_contact_at: datetime | None = None
    stopped: bool = False
    batch_size: int = FIRST_BATCH_SIZE
    batch_bytes: int = FIRST_BATCH_BYTES
    last_contact_at: datetime | None = None
    counted_at: datetime | None = None


class PacingStore:
    """Keeps Pacing for one terminal."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal

    def load(self) -> Pacing:
        """What is known; a fresh Pacing before the first contact."""
        row = first_row(self._db, "SELECT * FROM pacing WHERE terminal = ?", (self._terminal,))
        if row is None:
            return Pacing()
        failure = row["last_failure"]
        with believed(self._db):
            return Pacing(
                failures=row["failures"],
                last_failure=None if failure is None else FailureCode(failure),
                backoff_until=_moment(row["backoff_until"]),
                next_contact_at=_moment(row["next_contact_at"]),
                stopped=bool(row["stopped"]),
                batch_size=row["batch_size"],
                batch_bytes=row["batch_bytes"],
                last_contact_at=_moment(row["last_contact_at"]),
                counted_at=_moment(row["counted_at"]),
            )

    def last_contact_at(self) -> datetime | None:
        """When the operator last proved that it was there; None before the first contact."""
        row = known_row(self._db, "SELECT last_contact_at FROM pacing WHERE terminal = ?", (self._terminal,))
        with believed(self._db):
            return None if row is None else _moment(row[0])

    def save(self, pacing: Pacing) -> None:
        """Put it in the place of what was known."""
        with write(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO pacing (terminal, failures, last_failure, backoff_until,"
                " next_contact_at, stopped, batch_size, batch_bytes, last_contact_at, counted_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._terminal,
                    pacing.failures,
                    pacing.last_failure,
                    _text(pacing.backoff_until),
                    _text(pacing.next_contact_at),
                    int(pacing.stopped),
                    pacing.batch_size,
                    pacing.batch_bytes,
                    _text(pacing.last_contact_at),
                    _text(pacing.counted_at),
                ),
            )


def _moment(text: Any) -> datetime | None:
    return None if text is None else timestamps.from_text(text)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else timestamps.to_text(moment)
