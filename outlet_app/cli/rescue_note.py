"""A rescue of the database is said on standard error by each command that opens it, until it was seen."""

import sys
from pathlib import Path

from outlet_app.command_output import write_note
from outlet_app.i18n import _
from outlet_app.store.rescue_notice import mark_told, untold_notice
from outlet_app.store.rescue_progress import WHOLE
from outlet_app.texts.failures import failure_text
from outlet_app.texts.rescue import rescue_words

STEP_PERCENT = 5


class RescueTeller:
    """Says how far a rescue is, on standard error; nothing of one that is over at once."""

    def __init__(self) -> None:
        self._told: int | None = None

    def __call__(self, percent: int) -> None:
        """One more percentage; a line for each STEP_PERCENT."""
        if self._told is None and percent == WHOLE:
            return
        if self._told is not None and percent < min(self._told + STEP_PERCENT, WHOLE):
            return
        self._told = percent
        write_note(_("The stored records are being rescued: {percent} %").format(percent=percent))


def tell_rescue(home: Path) -> None:
    """What was rescued and what is lost. Where nobody reads (a timer's job), the next one says it again."""
    notice = untold_notice(home)
    if notice is None:
        return
    code = notice.as_failure().code
    text = failure_text(code)
    write_note(text.what)
    if notice.enrolled:
        write_note(
            rescue_words(
                records=notice.records,
                lost_count=notice.lost_count,
                lost=notice.lost,
                copies_lost=notice.copies_lost,
                entries_lost=notice.entries_lost,
                last=notice.last,
            )
        )
    if notice.set_aside is not None:
        write_note(f"damaged/{notice.set_aside}")
    write_note(f"{text.do} [{code}]")
    if sys.stderr is not None and sys.stderr.isatty():
        mark_told(home, notice)
