"""The bar of ``outlet sync run`` on a terminal: records answered for, of those that wait."""

import time
from pathlib import Path

from outlet_app.cli.clock import now
from outlet_app.cli.sync_words import event_text
from outlet_app.cli.terminal_bar import TerminalBar
from outlet_app.command_output import write_note
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.events import EventName, SyncEvent, SyncReport
from outlet_app.sync.stores import Stores

COUNT_S = 1.0
"""The records that wait are counted anew no more often than this: others come in while it runs."""

_AS_HOPED = frozenset({RecordState.ACCEPTED, RecordState.RECEIVED})


class Progress:
    """One bar a run, from the server's proof to the run's end; none when nothing waits."""

    def __init__(self, home: Path, report: SyncReport) -> None:
        self._home = home
        self._report = report
        self._bar: TerminalBar | None = None
        self._sent_before = 0
        self._of = 0
        self._counted_at = 0.0

    def takes(self, event: SyncEvent) -> bool:
        """True when the bar says all there is to an event; other words stand above it."""
        if event.name is EventName.PROVEN:
            write_note(event_text(event))
            self._begin()
            return True
        if self._bar is None:
            return False
        self._go_on(self._bar)
        if event.name is EventName.SENT or _is_as_hoped(event):
            return True
        self._bar.make_room()
        return False

    def end(self) -> None:
        """The run is over, however it ended."""
        if self._bar is not None:
            self._go_on(self._bar, at_once=True)
            self._bar.end()
            self._bar = None

    def _begin(self) -> None:
        self._of = self._waiting()
        if self._of:
            self._sent_before = self._report.sent
            self._bar = TerminalBar()
            self._bar.show(0, self._of)

    def _go_on(self, bar: TerminalBar, *, at_once: bool = False) -> None:
        # an operator that lost records is sent them again: they are counted once
        done = self._report.sent - self._sent_before
        if at_once or time.monotonic() - self._counted_at >= COUNT_S:
            self._of = done + self._waiting()
        bar.show(done, self._of)

    def _waiting(self) -> int:
        self._counted_at = time.monotonic()
        with Stores(self._home) as stores:
            status = stores.outbox("").status(now())
        return status.queued + status.sending


def _is_as_hoped(event: SyncEvent) -> bool:
    return event.name is EventName.ANSWERED and event.details.get("state") in _AS_HOPED
