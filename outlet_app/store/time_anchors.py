"""Moments tied to the clock that nobody sets: what time it was then, and how long ago that is by now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from outlet_app.boot_clock import BootMoment
from outlet_app.domain import timestamps
from outlet_app.store.database import known_row


class AnchorName(StrEnum):
    """What an anchor is for."""

    OPERATOR = "operator"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class TimeAnchor:
    """``at`` was the time when the clock that nobody sets stood at ``since``."""

    at: datetime
    since: BootMoment

    def now(self, boot: BootMoment) -> datetime | None:
        """What time that makes it; None when the machine was started anew in between."""
        passed = boot.passed_since(self.since)
        return None if passed is None else self.at + passed


def load_anchor(db: Database, name: AnchorName) -> TimeAnchor | None:
    """The anchor of this name; None where there is none that can be read."""
    row = known_row(db, "SELECT at, boot, boot_ms FROM clock_anchor WHERE name = ?", (str(name),))
    return None if row is None else anchor_of(*row)


def anchor_of(at: str | None, boot: str, boot_ms: int) -> TimeAnchor | None:
    """The anchor of what is stored; None where nothing is, or its moment is damaged."""
    moment = readable(at)
    return None if moment is None else TimeAnchor(moment, BootMoment(boot, boot_ms))


def readable(text: str | None) -> datetime | None:
    """The moment of a text that the next contact or look writes anew; None where it says none."""
    try:
        return None if text is None else timestamps.from_text(text)
    except ValueError:
        return None


def put_anchor(db: Database, name: AnchorName, anchor: TimeAnchor) -> None:
    """Put it in the place of the one before, within the caller's transaction."""
    value = (str(name), timestamps.to_text(anchor.at), anchor.since.boot, anchor.since.ms)
    db.execute("INSERT OR REPLACE INTO clock_anchor (name, at, boot, boot_ms) VALUES (?, ?, ?, ?)", value)
