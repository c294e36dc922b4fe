"""The end of a day: what was done since the last closing, held against itself, and signed over with a PIN.

A closing covers the numbers given out since the one before, whatever the clock
says; the days in China of its first record and its last are told beside. It
needs no network: comparing with the operator is sync/reconciling.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from outlet_app.contract.day_words import MOST_DIFFERENCES, MOST_RUNS, DayClosing, OpenRun
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.signed_object import sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.days import Difference
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Person, RecordState
from outlet_app.intake.day_inspection import DayInspection
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.people import People
from outlet_app.intake.roles import Act, as_listed, may
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.database import Database, told_apart
from outlet_app.store.day_rows import highest_sequence, open_runs
from outlet_app.store.day_store import DayStore, StoredClosing, StoredResult
from outlet_app.store.journal import Journal, JournalHead
from outlet_app.store.own_leaves import made_leaves

_TRIES = 3
"""Closings that may come between before this one gives way."""


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """What a closing now would be signed over; numbers ``first`` to ``last``, none when the last is lower.

    ``in_journal`` counts the records whose storing the journal tells, ``slips_shown`` those whose slip was
    shown, ``answered`` those that the operator has decided or is deciding. ``last_closing`` is the one
    before, ``last_result`` the youngest comparison with the operator.
    """

    first: int
    last: int
    opened_on: date
    day: date
    counts: dict[RecordState, int]
    slips_shown: int
    in_journal: int
    open: tuple[OpenRun, ...]
    differences: tuple[Difference, ...]
    journal: JournalHead
    last_closing: StoredClosing | None
    last_result: StoredResult | None

    @property
    def records(self) -> int:
        """How many records the range has."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """How many of them the operator holds, as it has said."""
        held = (RecordState.RECEIVED, RecordState.ACCEPTED, RecordState.REFUSED)
        return sum(self.counts[state] for state in held)

    @property
    def open_count(self) -> int:
        """How many records of this device are not decided."""
        return sum(run.last - run.first + 1 for run in self.open)


class DayEnd:
    """Closing days of the terminal in force."""

    def __init__(self, workplace: Workplace, people: People) -> None:
        self._workplace = workplace
        self._people = people

    def look(self) -> DaySoFar:
        """How things stand; KnownFailure NOT_ENROLLED."""
        return self._so_far(self._workplace.enrolled())

    def last_number(self) -> int:
        """Number of the youngest closing; 0 before the first."""
        terminal = self._workplace.enrolled().enrolment.terminal
        last = DayStore(self._workplace.db, terminal).last_closing()
        return 0 if last is None else last.closing.number

    def may_close(self, clerk: SignedInClerk, day: DaySoFar) -> bool:
        """True when this person may close the day as it stands: for what can be chosen."""
        return may(clerk.role, _act(day))

    def close(self, number: str, pin: str, *, sign_open: bool) -> StoredClosing:
        """Sign over the numbers since the last closing; the last one again where nothing came since.

        ``sign_open``: the open list was seen and is signed over too. The PIN
        is the signature of whoever closes. KnownFailure: NOT_ENROLLED,
        DAY_HAS_OPEN (the detail says how many), ROLE_NOT_ALLOWED (over
        differences a supervisor alone), those of People.vouch, those of storage.
        """
        situation = self._workplace.enrolled()
        day = self._closable(situation, sign_open=sign_open)
        self._refuse_others(number, _act(day))
        vouched = self._people.vouch(number, pin, Act.CLOSE_DAY)
        for _ in range(_TRIES):
            # what was looked at is signed over as it stood then; what came since is the next closing's
            clerk = as_listed(self._workplace.enrolled(), vouched, _act(day))
            last = day.last_closing
            if last is not None and day.last < day.first and last.closing.day >= day.day:
                return last
            kept = self._signed(situation, day, clerk)
            if kept is not None:
                return kept
            day = self._closable(situation, sign_open=sign_open)
        raise KnownFailure(FailureCode.STORAGE_LOCKED, "days are being closed")

    def _closable(self, situation: Situation, *, sign_open: bool) -> DaySoFar:
        day = self._so_far(situation)
        if day.open_count and not sign_open:
            raise KnownFailure(FailureCode.DAY_HAS_OPEN, str(day.open_count))
        return day

    def _refuse_others(self, number: str, act: Act) -> None:
        """Whose role does not allow it is asked for no PIN: the journal would say that they approved."""
        entry = self._workplace.enrolled().standing.roster.find(number)
        if entry is not None and not may(entry.role, act):
            raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(entry.role))

    def _so_far(self, situation: Situation) -> DaySoFar:
        terminal, db = situation.enrolment.terminal, self._workplace.db
        today = self._workplace.today()
        days = DayStore(db, terminal)
        last = days.last_closing()
        closed = last.closing if last is not None else None
        first = 1 if closed is None else closed.last + 1
        begun = JournalHead(0, NO_PREVIOUS)
        if closed is not None:
            begun = JournalHead(closed.journal_length, closed.journal_head)
        with _one_state(db):
            journal = Journal(db, terminal).head()
            highest = highest_sequence(db, terminal)
            inspected = DayInspection(db, terminal, situation.standing.trust, begun).look(first, highest)
            still_open = tuple(open_runs(db))
        results = days.results(1)
        return DaySoFar(
            first=first,
            last=max(highest, first - 1),
            opened_on=inspected.opened_on or today,
            day=inspected.day or today,
            counts=inspected.counts,
            slips_shown=inspected.slips_shown,
            in_journal=inspected.in_journal,
            open=still_open,
            differences=tuple(inspected.differences),
            journal=journal,
            last_closing=last,
            last_result=results[0] if results else None,
        )

    def _signed(self, situation: Situation, day: DaySoFar, clerk: SignedInClerk) -> StoredClosing | None:
        """The closing as it was kept; None where another one was made in the meantime."""
        terminal, db = situation.enrolment.terminal, self._workplace.db
        days, last = DayStore(db, terminal), day.last_closing
        leaves = made_leaves(db, terminal, day.first, day.last)
        none = day.last < day.first
        closing = DayClosing(
            number=1 if last is None else last.closing.number + 1,
            previous=NO_PREVIOUS if last is None else hashlib.sha256(last.signed.body).hexdigest(),
            terminal=terminal,
            outlet=situation.enrolment.outlet,
            opened_on=day.opened_on,
            day=day.day,
            closed_at=self._workplace.now(),
            clock_behind_s=self._workplace.clock_behind_s,
            first=day.first,
            last=day.last,
            root=NO_PREVIOUS if none else leaves.range_hash(day.first, day.last),
            head=NO_PREVIOUS if none else leaves.at(day.last)[:-1].hex(),
            journal_length=day.journal.length,
            journal_head=day.journal.hash,
            slips_shown=day.slips_shown,
            counts={str(state): count for state, count in day.counts.items()},
            open=day.open[:MOST_RUNS],
            differences=day.differences[:MOST_DIFFERENCES],
            difference_count=len(day.differences),
            closed_by=Person(clerk.number, clerk.role),
        )
        key = situation.key
        signed = sign_object(key.private, key_id(key.public), Context.DAY_CLOSING, closing.to_value())
        if not days.put_closing(closing, signed):
            return None
        return StoredClosing(closing, signed, told=False)


def _act(day: DaySoFar) -> Act:
    return Act.CLOSE_OVER_DIFFERENCES if day.differences else Act.CLOSE_DAY


@contextmanager
def _one_state(db: Database) -> Iterator[None]:
    """All that is read within is of one state of the database, and holds nobody up."""
    with told_apart(db):
        db.execute("BEGIN")
        try:
            yield
        finally:
            if db.conn.in_transaction:
                db.execute("COMMIT")
