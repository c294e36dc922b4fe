"""What time it is: the latest of the system's clock, the operator's word and the last entry.

The operator's word is its last signed time, and what has surely passed since.
Days of validity and the order of what people see depend on the present; the
order of records never does, that is their numbers. A clock that is behind or
was set is journalled and said, and stops nobody.
"""

from collections.abc import Callable
from datetime import datetime

from outlet_app import boot_clock
from outlet_app.boot_clock import BootMoment
from outlet_app.domain import timestamps
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import Database

BEHIND_S = 120.0
"""Further behind than a PC's clock drifts between two contacts [own choice]."""

JUMP_S = 60.0
"""Further apart than two clocks of one machine ever drift between two looks [own choice]."""


class Timekeeper:
    """The present of one terminal; ``clock`` is the system's, as it is set."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seen: tuple[datetime, BootMoment] | None = None
        self.behind_s = 0
        """Seconds by which the system's clock was behind at the last look; 0 when it was not."""

    def system(self) -> datetime:
        """The system's clock as it is set, to the millisecond that is stored."""
        return timestamps.as_stored(self._clock())

    def now(self, db: Database, terminal: str | None) -> datetime:
        """The present, to the millisecond that is stored; ``terminal`` None before the first enrolment."""
        system = self.system()
        if terminal is None:
            return system
        store = ClockStore(db, terminal)
        boot = boot_clock.boot_now()
        floor = store.floor(boot)
        present = system if floor.moment is None else max(system, floor.moment)
        # journalled at the present: an entry at an earlier time would take the floor away
        self._look_for_jump(store, system, present, boot)
        lag_s = (present - system).total_seconds()
        self.behind_s = int(lag_s) if lag_s > BEHIND_S else 0
        if bool(self.behind_s) is not floor.is_behind:
            since, detail = (system, f"{-lag_s:+.0f} s behind") if self.behind_s else (None, "right again")
            store.note_behind(since, present, self.behind_s, detail)
        elif abs(self.behind_s - floor.behind_s) > JUMP_S:
            store.keep_behind(self.behind_s)
        return present

    def _look_for_jump(
        self, store: ClockStore, system: datetime, present: datetime, boot: BootMoment
    ) -> None:
        if self._seen is not None:
            before, seen = self._seen
            passed = boot.passed_since(seen)
            jump_s = 0.0 if passed is None else (system - before - passed).total_seconds()
            if abs(jump_s) > JUMP_S:
                store.note_jump(present, jump_s)
        self._seen = (system, boot)
