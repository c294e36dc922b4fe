"""What the window shows, as values. They are made elsewhere and hold no handle on anything."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from outlet_app.domain.cards import CardRead
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.findings import Finding
from outlet_app.domain.registrations import RecordKind, RecordState
from outlet_app.reader.portrait import Portrait
from outlet_app.reader.steps import Rung
from outlet_app.sync.link_limits import Hold


class ReaderState(Enum):
    """How the reader stands."""

    STARTING = auto()
    READY = auto()
    READING = auto()
    TROUBLE = auto()


@dataclass(frozen=True, slots=True)
class ReaderView:
    """The reader for strip and home page.

    ``card_left``: a card was read that nobody waited for. ``rung``: what is
    done to have the reader back, with STARTING only.
    """

    state: ReaderState = ReaderState.STARTING
    name: str = ""
    failure: FailureCode | None = None
    card_left: bool = False
    rung: Rung | None = None


class LinkState(Enum):
    """How the link to the operator stands."""

    UNKNOWN = auto()
    ONLINE = auto()
    WAITING = auto()
    TROUBLE = auto()


@dataclass(frozen=True, slots=True)
class LinkView:
    """The link and what waits for it. ``oldest_age_s`` is None when nothing waits.

    ``hold``: the limits of a metered line let nothing go by itself now.
    """

    state: LinkState = LinkState.UNKNOWN
    failure: FailureCode | None = None
    waiting: int = 0
    oldest_age_s: float | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class TodayView:
    """Counts of this day at this counter; ``notices`` are what to know before the next customer.

    ``stop`` is the limit because of which no registration may begin.
    """

    registered: int = 0
    accepted: int = 0
    refused: int = 0
    notices: tuple[FailureCode, ...] = ()
    stop: FailureCode | None = None
    exceptions_offered: bool = False
    exceptions: int = 0
    """Typed documents of this device today."""
    most_exceptions: int = 0
    """As many as may be; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class OutletView:
    """Whose counter this is."""

    outlet: str
    name: str
    terminal: str
    test: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One card under review and what was found. Holds identity data: dropped with the draft."""

    card: CardRead
    findings: tuple[Finding, ...]
    same_identity: int
    same_identity_warns: bool
    portrait: Portrait | None
    photo_not_licensed: bool = False
    """The maker's photo decoder says that it may not be used with this reader."""
    needs_supervisor: bool = False
    """One more number with this document is for a supervisor to approve."""

    @property
    def blocked(self) -> bool:
        """True when only the way back is open."""
        return any(finding.blocks for finding in self.findings)


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """What is known of one typed field: ``value`` when it is good; else ``failure`` unless it is empty."""

    value: str | None = None
    failure: FailureCode | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ServiceVerdict:
    """Verdict on exactly these two texts."""

    number_text: str
    iccid_text: str
    number: FieldVerdict
    iccid: FieldVerdict
    findings: tuple[Finding, ...] = ()

    @property
    def good(self) -> bool:
        """True when both may go into a record."""
        return (
            self.number.value is not None
            and self.iccid.value is not None
            and not any(finding.blocks for finding in self.findings)
        )


@dataclass(frozen=True, slots=True)
class RecordView:
    """All that stays readable of a stored record; empty texts where that was forgotten.

    ``receipt`` is the operator's signed word, as bytes.
    """

    record_id: UUID
    sequence: int
    local_number: str
    phone_mask: str
    family_initial: str
    document_kind: DocumentKind | None
    state: RecordState
    confirmed_at: datetime
    clerk: str
    changed_at: datetime | None = None
    exception: bool = False
    approver: str = ""
    reason: str = ""
    """Code of the operator or of the failure that holds it back."""
    who: str = ""
    field: str = ""
    """The part that is to be mended, by its name in the contract."""
    receipt: bytes | None = None
    kind: RecordKind = RecordKind.OPEN
    refers_to_number: str = ""
    superseded_by: str = ""
    superseded_as: RecordKind | None = None
    amended: bool = False
    owner: str = ""
    """Whose it is to act while it is set aside."""
    set_aside_at: datetime | None = None
    given_up: str = ""
    """Why it was given up."""
    given_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code as one grey byte a module, row by row: 0 dark, 255 light; ``side`` modules a row."""

    side: int
    grey: bytes
