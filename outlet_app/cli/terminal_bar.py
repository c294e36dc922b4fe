"""A bar on a terminal: how much is done of how much, on standard error."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from outlet_app.i18n import _

DRAWN_EVERY_S = 0.1
_LINE_AWAY = "\r\x1b[K"


def is_shown() -> bool:
    """True where standard error is a terminal that can go back to the beginning of a line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class TerminalBar:
    """Drawn from the first time that it is told how far things are; never goes back.

    ``counts`` shows records as numbers; parts of another kind are shown in percent.
    """

    def __init__(self, *, counts: bool = True) -> None:
        self._counts = counts
        self._bar: Any = None
        self._reached = (0, 1)
        self._drawn_at = 0.0

    def show(self, done: int, of: int) -> None:
        """So much of so much."""
        self._reached = (done, max(of, 1))
        if self._bar is None:
            self._bar = click.progressbar(
                length=self._reached[1], label=_("Records"), show_pos=self._counts, file=sys.stderr
            )
            self._bar.render_progress()
        elif time.monotonic() - self._drawn_at < DRAWN_EVERY_S:
            return
        self._draw()

    def _draw(self) -> None:
        done, self._bar.length = self._reached
        self._bar.update(max(0, min(done, self._bar.length) - self._bar.pos))
        self._drawn_at = time.monotonic()

    def make_room(self) -> None:
        """What is written next stands in the bar's line, and the bar below it."""
        click.echo(_LINE_AWAY, nl=False, err=True)

    def end(self) -> None:
        """The line is left as it is, the cursor in the next; may be called twice."""
        if self._bar is not None:
            self._draw()
            self._bar.render_finish()
            self._bar = None


@contextmanager
def terminal_bar(*, wanted: bool, counts: bool = True) -> Iterator[TerminalBar | None]:
    """A bar for the length of the block, whatever ends it; None where it is not wanted or cannot be shown."""
    bar = TerminalBar(counts=counts) if wanted and is_shown() else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.end()
