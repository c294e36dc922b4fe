"""What the sender keeps and looks up in the outlet's database; opened, used and closed in one thread."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from outlet_app.contract.malformed import Malformed
from outlet_app.contract.ranges import ChainLeaves
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store import own_leaves
from outlet_app.store.carried_answers import CarriedAnswers
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import FILE_NAME, open_database, told_apart
from outlet_app.store.day_store import DayStore
from outlet_app.store.decisions import DecisionStore
from outlet_app.store.enrolment_store import EnrolmentStore, StoredEnrolment
from outlet_app.store.given_up_store import GivenUpStore
from outlet_app.store.journal import Journal
from outlet_app.store.outbox import Outbox
from outlet_app.store.own_leaves import NumberHere
from outlet_app.store.pacing_store import PacingStore
from outlet_app.store.sealed_records import SealedRecord, Selection, count_sealed, sealed_records
from outlet_app.store.traffic_store import TrafficStore
from outlet_app.store.wait_clock import WaitClock
from outlet_app.trust.terminal_key import public_key


class Stores:
    """One connection and the stores over it. KnownFailure of storage when it cannot be opened."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._db = open_database(home / FILE_NAME, partial(public_key, home))
        self.enrolments = EnrolmentStore(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def enrolment(self) -> StoredEnrolment | None:
        """The enrolment in force, None before the first; KnownFailure STORAGE_CORRUPT when it is damaged."""
        try:
            return self.enrolments.current()
        except Malformed as exc:
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, exc.where) from exc

    def outbox(self, terminal: str) -> Outbox:
        """The queue of one terminal."""
        return Outbox(self._db, terminal)

    def days(self, terminal: str) -> DayStore:
        """The closed days of one terminal, and what its comparisons showed."""
        return DayStore(self._db, terminal)

    def given_up(self, terminal: str) -> GivenUpStore:
        """Numbers of one terminal that were given up."""
        return GivenUpStore(self._db, terminal)

    def held_leaves(self, terminal: str) -> ChainLeaves:
        """What the operator has said that it holds of one terminal."""
        return own_leaves.held_leaves(self._db, terminal)

    def numbers_here(self, terminal: str, numbers: Sequence[int]) -> dict[int, NumberHere]:
        """What is known of these numbers of one terminal."""
        return own_leaves.numbers_here(self._db, terminal, numbers)

    def waiting_numbers(self, terminal: str) -> int:
        """How many numbers of one terminal the operator need not have."""
        return own_leaves.waiting_numbers(self._db, terminal)

    def carried_answers(self, terminal: str) -> CarriedAnswers:
        """How a file of receipts is applied to the queue of one terminal."""
        return CarriedAnswers(self._db, terminal)

    def count_sealed(self, terminal: str, chosen: Selection) -> int:
        """How many records of one terminal are chosen and still here as bytes."""
        return count_sealed(self._db, terminal, chosen)

    def sealed_records(self, terminal: str, chosen: Selection) -> Iterator[SealedRecord]:
        """The chosen records of one terminal, in order."""
        return sealed_records(self._db, terminal, chosen)

    def decisions(self, terminal: str) -> DecisionStore:
        """How far one terminal has heard what the operator decided."""
        return DecisionStore(self._db, terminal)

    def journal(self, terminal: str) -> Journal:
        """The journal of one terminal."""
        return Journal(self._db, terminal)

    def bring_log_in(self) -> bool:
        """Copy the write-ahead log into the database file; nobody waits for it. True when all is copied."""
        with told_apart(self._db):
            done = self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return bool(done[1] == done[2])

    def clock(self, terminal: str) -> ClockStore:
        """What is known of the time beside the system's clock."""
        return ClockStore(self._db, terminal)

    def waits(self, system: Callable[[], datetime]) -> WaitClock:
        """The time by which waits are counted."""
        return WaitClock(self._db, system)

    def traffic(self) -> TrafficStore:
        """What went over a metered line today."""
        return TrafficStore(self._db)

    def pacing(self, terminal: str) -> PacingStore:
        """When the operator of one terminal may be spoken to."""
        return PacingStore(self._db, terminal)
