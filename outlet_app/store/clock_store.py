"""What this device knows of the time beside its own clock: the operator's last signed word on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from outlet_app import boot_clock
from outlet_app.boot_clock import BootMoment
from outlet_app.domain import timestamps
from outlet_app.store.database import believed, known_row, write
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.time_anchors import AnchorName, TimeAnchor, anchor_of, load_anchor, put_anchor, readable

KEEP_S = 600.0
"""What has passed since the operator's word is kept this often: a start of the machine forgets no more."""

_FLOOR = """
    SELECT clock.operator_time,
        (SELECT at FROM journal WHERE terminal = ? ORDER BY number DESC LIMIT 1),
        clock.behind_s, anchor.at, anchor.boot, anchor.boot_ms
    FROM (SELECT 1 AS id) AS one LEFT JOIN clock USING (id)
        LEFT JOIN clock_anchor AS anchor ON anchor.name = 'operator'
"""


@dataclass(frozen=True, slots=True)
class ClockFloor:
    """The earliest that it can be: what has surely passed, or the last entry; None without either.

    ``behind_s`` is by how much the system's clock was behind when that was last kept, 0 when it was not.
    """

    moment: datetime | None
    behind_s: int

    @property
    def is_behind(self) -> bool:
        """True while the journal's last word on the clock is that it is behind."""
        return self.behind_s > 0


class ClockStore:
    """The one row about the clock, and the journal of one terminal."""

    def __init__(self, db: Database, terminal: str) -> None:
        self._db = db
        self._terminal = terminal
        self._journal = Journal(db, terminal)

    def floor(self, boot: BootMoment | None = None) -> ClockFloor:
        """The earliest that it can be now, which is ``boot`` by the clock that nobody sets."""
        row = known_row(self._db, _FLOOR, (self._terminal,))
        assert row is not None, "one row is joined with what is there"
        operator_time, journal_at, behind_s, *anchor = row
        with believed(self._db):
            last_at = None if journal_at is None else timestamps.from_text(journal_at)
        found = anchor_of(*anchor)
        past = readable(operator_time) if found is None else _passed(found, boot)
        known = [moment for moment in (last_at, past) if moment is not None]
        return ClockFloor(max(known, default=None), behind_s or 0)

    def operator_time(self) -> datetime | None:
        """The operator's last signed time; None before the first."""
        row = known_row(self._db, "SELECT operator_time FROM clock WHERE id = 1")
        return None if row is None else readable(row[0])

    def surely_past(self) -> datetime | None:
        """The latest moment that has surely passed, whatever the system's clock says; None before a contact.

        The operator's last signed time, and what passed since by the clock that
        nobody sets. Of the time that the machine was off nothing is known.
        """
        anchor = load_anchor(self._db, AnchorName.OPERATOR)
        return self.operator_time() if anchor is None else _passed(anchor)

    def keep_what_passed(self) -> None:
        """Go on from what has surely passed when the machine is started anew; called now and then."""
        boot = boot_clock.boot_now()
        anchor = load_anchor(self._db, AnchorName.OPERATOR)
        if anchor is None:
            return
        now = anchor.now(boot)
        if now is None or now - anchor.at > timedelta(seconds=KEEP_S):
            with write(self._db):
                # a contact may have come in between, and knows better
                if load_anchor(self._db, AnchorName.OPERATOR) == anchor:
                    put_anchor(self._db, AnchorName.OPERATOR, TimeAnchor(now or anchor.at, boot))

    def for_ages(self, present: datetime) -> datetime:
        """The moment from which ages count; ``present`` is the latest moment known (Timekeeper).

        Since the operator's word within this start of the machine what passed is
        known. Else it is what the system's clock says, never less than has surely
        passed: a last entry by a clock that was ahead is for the order of
        entries, and makes nothing old.
        """
        return self._best_known(lambda: present - timedelta(seconds=self.floor().behind_s))

    def best_known(self, system: datetime) -> datetime:
        """The moment that it most likely is; ``system`` is the system's clock as it is set.

        By the operator's word within this start of the machine, else by the
        system's clock, never earlier than what has surely passed.
        """
        return self._best_known(lambda: system)

    def _best_known(self, system: Callable[[], datetime]) -> datetime:
        anchor = load_anchor(self._db, AnchorName.OPERATOR)
        known = None if anchor is None else anchor.now(boot_clock.boot_now())
        if known is not None:
            return known
        return system() if anchor is None else max(system(), anchor.at)

    def note_operator_time(self, moment: datetime, *, tolerance_s: float) -> None:
        """Keep the operator's signed time; an entry says so where the journal is ahead of it."""
        last = self._journal.last_at()
        with write(self._db):
            self._put(operator_time=timestamps.to_text(moment))
            put_anchor(self._db, AnchorName.OPERATOR, TimeAnchor(moment, boot_clock.boot_now()))
            ahead_s = 0.0 if last is None else (last - moment).total_seconds()
            if ahead_s > tolerance_s:
                detail = f"{-ahead_s:+.0f} s by the operator's time"
                self._journal.append(JournalEvent.CLOCK_JUMPED, moment, detail=detail)

    def note_behind(self, since: datetime | None, now: datetime, behind_s: int, detail: str) -> None:
        """The system's clock is behind since a moment, or None: no longer; journalled either way."""
        with write(self._db):
            self._put(
                behind_since=None if since is None else timestamps.to_text(since), behind_s=behind_s or None
            )
            self._journal.append(JournalEvent.CLOCK_JUMPED, now, detail=detail)

    def keep_behind(self, behind_s: int) -> None:
        """By how much it is behind by now, having been so for a while."""
        with write(self._db):
            self._put(behind_s=behind_s)

    def note_jump(self, now: datetime, seconds: float) -> None:
        """The system's clock was set while the program ran."""
        self._journal.record(JournalEvent.CLOCK_JUMPED, now, detail=f"{seconds:+.0f} s while running")

    def _put(self, **values: str | int | None) -> None:
        self._db.table("clock").upsert({"id": 1, **values}, pk="id")


def _passed(anchor: TimeAnchor, boot: BootMoment | None = None) -> datetime:
    """What has surely passed by now; nothing is known of the time that the machine was off."""
    return anchor.now(boot or boot_clock.boot_now()) or anchor.at
