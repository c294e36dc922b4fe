"""The bar of ``outlet sync run`` on a terminal: records answered for, of those that wait."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from outlet_app.cli.clock import now
from outlet_app.cli.sync_words import event_text
from outlet_app.command_output import write_note
from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import _
from outlet_app.sync.events import EventName, SyncEvent, SyncReport
from outlet_app.sync.stores import Stores

COUNT_S = 1.0
"""The records that wait are counted anew no more often than this: others come in while it runs."""

_LINE_AWAY = "\r\x1b[K"
_AS_HOPED = frozenset({RecordState.ACCEPTED, RecordState.RECEIVED})


def is_shown() -> bool:
    """True where standard error is a terminal that can go back to the beginning of a line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """One bar a run, from the server's proof to the run's end; none when nothing waits."""

    def __init__(self, home: Path, report: SyncReport) -> None:
        self._home = home
        self._report = report
        self._bar: Any = None
        self._sent_before = 0
        self._counted_at = 0.0

    def takes(self, event: SyncEvent) -> bool:
        """True when the bar says all there is to an event; other words stand above it."""
        if event.name is EventName.PROVEN:
            write_note(event_text(event))
            self._begin()
            return True
        if self._bar is None:
            return False
        self._go_on()
        if event.name is EventName.SENT or _is_as_hoped(event):
            return True
        click.echo(_LINE_AWAY, nl=False, err=True)
        return False

    def end(self) -> None:
        """The line is left as it is, the cursor in the next."""
        if self._bar is not None:
            self._go_on(at_once=True)
            self._bar.render_finish()
            self._bar = None

    def _begin(self) -> None:
        waiting = self._waiting()
        if waiting:
            self._sent_before = self._report.sent
            self._bar = click.progressbar(length=waiting, label=_("Records"), show_pos=True, file=sys.stderr)
            self._bar.render_progress()

    def _go_on(self, *, at_once: bool = False) -> None:
        done = self._report.sent - self._sent_before
        if at_once or time.monotonic() - self._counted_at >= COUNT_S:
            self._bar.length = max(done + self._waiting(), 1)
        # an operator that lost records is sent them again: they are counted once, and the bar never goes back
        self._bar.update(max(0, min(done, self._bar.length) - self._bar.pos))

    def _waiting(self) -> int:
        self._counted_at = time.monotonic()
        with Stores(self._home) as stores:
            status = stores.outbox("").status(now())
        return status.queued + status.sending


def _is_as_hoped(event: SyncEvent) -> bool:
    return event.name is EventName.ANSWERED and event.details.get("state") in _AS_HOPED
