"""The time by which waits and locks are counted: whoever sets the system's clock changes none of them.

It begins, once for each start of the machine, at what the system's clock says
then, and goes on by the clock that nobody sets; all programs on this database
share it. What was to be waited for before the machine was started anew is
judged by the moments that were stored.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlite_utils import Database

from outlet_app import boot_clock
from outlet_app.boot_clock import BootMoment
from outlet_app.store.database import write
from outlet_app.store.time_anchors import AnchorName, TimeAnchor, load_anchor, put_anchor

_ALIKE = timedelta(seconds=1)
"""Two clocks so little apart go alike; what was stored is said as it was."""


class WaitClock:
    """``system`` is the system's clock as it is set. One connection, used by the thread that opened it."""

    def __init__(self, db: Database, system: Callable[[], datetime]) -> None:
        self._db = db
        self.system = system

    def now(self) -> datetime:
        """The present, for nothing but to begin and to judge waits. Not within a transaction."""
        boot = boot_clock.boot_now()
        anchor = load_anchor(self._db, AnchorName.WAITS)
        found = None if anchor is None else anchor.now(boot)
        return self._began_anew(boot) if found is None else found

    def on_the_system_clock(self, moment: datetime) -> datetime:
        """What the system's clock will say at a moment of this one, if nobody sets it until then."""
        apart = self.system() - self.now()
        return moment if abs(apart) < _ALIKE else moment + apart

    def _began_anew(self, boot: BootMoment) -> datetime:
        with write(self._db):
            anchor = load_anchor(self._db, AnchorName.WAITS)
            found = None if anchor is None else anchor.now(boot)
            if found is None:
                found = self.system()
                put_anchor(self._db, AnchorName.WAITS, TimeAnchor(found, boot))
        return found
