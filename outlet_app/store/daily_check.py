"""The full check of the database, once a day, on a thread of its own beside the work."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.backups import drop_backups
from outlet_app.store.holders import hold_share
from outlet_app.store.integrity import is_full_check_due, is_whole, note_full_check

FIRST_S = 60.0
"""After the start, when the counter has something better to do."""

LOOK_S = 3600.0
STOP_S = 1.0
_CARE_S = 5.0
"""Whoever opens the database looks at it alone for a second at most; that is waited for, not an hour."""

log = logging.getLogger(__name__)


def check_if_due(file: Path, clock: Callable[[], datetime]) -> None:
    """The full check when it is due; a whole file needs its backups no more.

    KnownFailure STORAGE_CORRUPT when there is damage: the next to open the
    file alone rescues it. STORAGE_FAILED when it could not be checked.
    """
    if not file.exists() or not is_full_check_due(file, clock()):
        return
    share = hold_share(file, timeout_s=_CARE_S)
    if share is None:
        return  # it is being rescued or migrated, and checked then
    try:
        if not is_whole(file):
            raise KnownFailure(FailureCode.STORAGE_CORRUPT, "found by the daily check")
        note_full_check(file, clock())
        drop_backups(file)
    finally:
        share.release()


class DailyCheck:
    """``on_damage`` is called on the thread, once, with what is to be said."""

    def __init__(
        self,
        file: Path,
        clock: Callable[[], datetime],
        on_damage: Callable[[KnownFailure], None],
        *,
        first_s: float = FIRST_S,
    ) -> None:
        self._file = file
        self._clock = clock
        self._on_damage = on_damage
        self._first_s = first_s
        self._stopped = threading.Event()
        # a daemon, because SQLite checks a large table in one go; it only reads
        self._thread = threading.Thread(target=self._run, name="daily-check", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def stop(self) -> None:
        """No check begins any more; one that runs is not waited for longer than STOP_S."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._stopped.wait(wait_s):
            wait_s = LOOK_S
            try:
                check_if_due(self._file, self._clock)
            except KnownFailure as failure:
                log.warning("the daily check: %s", failure.code)
                if failure.code is FailureCode.STORAGE_CORRUPT and not self._stopped.is_set():
                    self._on_damage(failure)
            except Exception:
                # a bug here must not end the checks of all days to come
                log.exception("unexpected error in the daily check")
