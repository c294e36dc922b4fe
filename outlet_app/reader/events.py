"""What the reader process reports, one class an event. Every event has ``at``, an aware moment."""

from dataclasses import dataclass, field
from datetime import datetime

from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode
from outlet_app.reader.steps import Rung


@dataclass(frozen=True, slots=True)
class Ready:
    """A reader is open. ``sam_number`` is None where the module cannot be asked for it."""

    at: datetime
    driver: str
    port: str
    sam_number: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The reader looks for a card."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A card lies on the reader."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Selected:
    """The card answered; reading can begin."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """Part of the answer is here: 0 to 100 percent of its bytes."""

    at: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """A card was read whole. ``answer`` is the module's whole answer; identity data, as ``card`` is."""

    at: datetime
    card: CardRead = field(repr=False)
    answer: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Removed:
    """The card that was read is gone, or another one has taken its place."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person can act on. The process goes on by itself; ``detail`` holds no identity data."""

    at: datetime
    code: FailureCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recovering:
    """The reader is being helped, by the least that may do; each rung is told when it is tried."""

    at: datetime
    rung: Rung


@dataclass(frozen=True, slots=True)
class Alive:
    """The process lives; its reading loop last gave a sign ``loop_age_s`` seconds ago."""

    at: datetime
    loop_age_s: float


ReaderEvent = (
    Ready | Waiting | Found | Selected | Reading | DocumentRead | Removed | Trouble | Recovering | Alive
)
