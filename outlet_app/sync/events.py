"""What a run of the sender tells while it goes on, and what it comes to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from outlet_app.domain import timestamps
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.link_limits import Hold


class EventName(StrEnum):
    """Names of progress lines. Events may be added, never renamed."""

    PROVEN = "proven"
    SENT = "sent"
    ANSWERED = "answered"
    DECIDED = "decided"
    RECEIPT_REFUSED = "receipt-refused"
    FORK = "fork"
    OPERATOR_FELL_BACK = "operator-fell-back"
    FELL_BACK = "fell-back"
    RENEWED = "renewed"
    MOVED = "moved"
    FORGOTTEN = "forgotten"
    STOPPED = "stopped"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """One line of progress; ``details`` are plain values without identity data."""

    name: EventName
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The line's object."""
        return {"event": str(self.name), **self.details}


OnEvent = Callable[[SyncEvent], None]


@dataclass(slots=True)
class SyncReport:
    """Counts of one run, or of several that are given the same report, filled while they go on.

    ``sent`` are records that went out and were answered; ``decided`` are those
    answered before of which the operator has another word now; ``left`` are
    still queued on this device. ``busy``: another sender is at work and
    nothing was done. ``contacts`` is 0 when it was not time yet, and
    ``next_at`` says when it is. ``hold``: what is left waits until then for the
    limits of a metered line.
    """

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    quarantined: int = 0
    decided: int = 0
    left: int = 0
    contacts: int = 0
    busy: bool = False
    fork: int | None = None
    next_at: datetime | None = None
    hold: Hold | None = None

    def count(self, state: RecordState) -> None:
        """One more record was answered and stands so now."""
        self.sent += 1
        if state is RecordState.ACCEPTED:
            self.accepted += 1
        elif state is RecordState.REFUSED:
            self.refused += 1
        elif state is RecordState.QUARANTINED:
            self.quarantined += 1

    def to_json(self) -> dict[str, Any]:
        """The last line of ``outlet sync run``."""
        if self.busy:
            return {"done": True, "busy": True}
        return {
            "done": True,
            "sent": self.sent,
            "accepted": self.accepted,
            "refused": self.refused,
            "quarantined": self.quarantined,
            "decided": self.decided,
            "left": self.left,
            "fork": self.fork,
            "held": None if self.hold is None else self.hold.why,
            "held_until": None if self.hold is None else timestamps.to_text(self.hold.until),
        }
