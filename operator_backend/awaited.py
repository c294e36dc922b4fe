"""Records that came before the one they name: how long each has been waited for, by the operator's clock.

A terminal may have been without a network for weeks, so the moment at which a
record was made says nothing of how long its reference has been on its way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from operator_backend.tables import awaited
from outlet_app.domain import timestamps

LONGEST = timedelta(days=3)
LEAST_TIMES = 100
"""A record is given up only when it has been waited for so long and has come so often: whoever shows up once
a week has had no time to bring the other one."""

FIRST_S, LAST_S = 30, 900
"""Bounds of the pause before it is to come again, which grows with the wait."""

_SLOWNESS = 8


@dataclass(frozen=True, slots=True)
class Awaited:
    """One record that waits at its terminal."""

    waited: timedelta
    times: int

    @property
    def is_given_up(self) -> bool:
        """True when the record it names will hardly come any more."""
        return self.waited > LONGEST and self.times >= LEAST_TIMES

    @property
    def after_s(self) -> int:
        """Seconds after which it comes again."""
        return min(LAST_S, max(FIRST_S, int(self.waited.total_seconds()) // _SLOWNESS))


def came_too_early(connection: Connection, terminal: str, envelope_sha256: str, now: datetime) -> Awaited:
    """Note that a record came once more without the one that it names."""
    this = awaited.c.envelope_sha256 == envelope_sha256
    row = connection.execute(select(awaited.c.first_came_at, awaited.c.times).where(this)).one_or_none()
    if row is None:
        connection.execute(
            insert(awaited).values(
                envelope_sha256=envelope_sha256,
                terminal=terminal,
                first_came_at=timestamps.to_text(now),
                times=1,
            )
        )
        return Awaited(timedelta(), 1)
    connection.execute(update(awaited).where(this).values(times=row.times + 1))
    return Awaited(now - timestamps.from_text(row.first_came_at), row.times + 1)


def is_held_now(connection: Connection, envelope_sha256: str) -> None:
    """It waits no more."""
    connection.execute(delete(awaited).where(awaited.c.envelope_sha256 == envelope_sha256))
