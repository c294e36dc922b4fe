"""What the policy's days allow is let go whether or not there is a network (queue rule 8)."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic

from outlet_app.domain import timestamps
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.sync.stores import Stores

EVERY_S = 3600.0
"""The policy counts in days; an hour late is nothing."""


class LettingGo:
    """Lets go at the first call and then once in EVERY_S, however often it is called."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._clock = clock
        self._due_at: float | None = None

    def look(self) -> tuple[int, int]:
        """Counts of summaries and sealed records let go now.

        KnownFailure of storage, KEY_UNREADABLE; it is tried again after EVERY_S then too.
        """
        if self._due_at is not None and monotonic() < self._due_at:
            return 0, 0
        self._due_at = monotonic() + EVERY_S
        with Stores(self._home) as stores:
            enrolment = stores.enrolment()
            if enrolment is None:
                return 0, 0
            policy = load_terminal(self._home, enrolment).policy_on(timestamps.china_day(self._clock()))
            return stores.outbox(enrolment.terminal).forget(self._clock(), policy)
