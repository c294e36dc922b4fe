"""What every use case of the counter works with: data folder, database, clock, and the enrolment in force."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

from outlet_app.contract.policy import BUILT_IN, PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.situation import Situation, load_situation
from outlet_app.intake.timekeeping import Timekeeper
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME, Database, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.wait_clock import WaitClock
from outlet_app.trust.terminal_key import public_key


class Workplace:
    """One connection and what is known over it; opened, used and closed in one thread.

    ``clock`` gives the present as an aware moment.
    """

    def __init__(self, home: Path, db: Database, clock: Callable[[], datetime]) -> None:
        self.home = home
        self.db = db
        self._timekeeper = Timekeeper(clock)
        self._enrolments = EnrolmentStore(db)
        self._loaded: Situation | None = None

    @classmethod
    def open(cls, home: Path, clock: Callable[[], datetime]) -> "Workplace":
        """The workplace of a data folder, which is made when it is not there; KnownFailure of storage."""
        return cls(home, open_database(home / FILE_NAME, partial(public_key, home), clock), clock)

    def close(self) -> None:
        """Close the connection; the last one to go tidies the write-ahead log."""
        self.db.close()

    def now(self) -> datetime:
        """The present as the timekeeper has it, to the millisecond that is stored."""
        current = self._enrolments.current_version()
        return self._timekeeper.now(self.db, None if current is None else current[0])

    def lock_time(self) -> datetime:
        """The time by which locks are counted (WaitClock): it never stands still, nobody sets it."""
        return WaitClock(self.db, self._timekeeper.system).now()

    def for_ages(self) -> datetime:
        """The moment from which ages count (ClockStore.for_ages)."""
        now, current = self.now(), self._enrolments.current_version()
        return now if current is None else ClockStore(self.db, current[0]).for_ages(now)

    def today(self) -> date:
        """The present day in China."""
        return timestamps.china_day(self.now())

    @property
    def clock_behind_s(self) -> int:
        """Seconds by which the system's clock was behind when the time was last asked for."""
        return self._timekeeper.behind_s

    def situation(self) -> Situation | None:
        """The enrolment in force, loaded anew when it has changed; None before the first."""
        version = self._enrolments.current_version()
        if self._loaded is None or self._loaded.version != version:
            waiting = Outbox(self.db, "").waiting_terminals()
            self._loaded = load_situation(self._enrolments, self.home, waiting)
        return self._loaded

    def enrolled(self) -> Situation:
        """The enrolment in force; KnownFailure NOT_ENROLLED before the first."""
        situation = self.situation()
        if situation is None:
            raise KnownFailure(FailureCode.NOT_ENROLLED)
        return situation

    def policy(self) -> PolicyPack:
        """The pack in force, the built-in one before enrolment; KnownFailure POLICY_OUT_OF_DATE."""
        situation = self.situation()
        if situation is None:
            return BUILT_IN
        return situation.policy_on(self.today(), clock_is_sure=not self.clock_behind_s)

    def outbox(self) -> Outbox:
        """The queue of the terminal in force; KnownFailure NOT_ENROLLED."""
        return Outbox(self.db, self.enrolled().enrolment.terminal)
