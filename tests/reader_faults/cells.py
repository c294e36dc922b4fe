"""One cell of the table: a fault on a transport, once or for good, how it ends and within which time."""

from dataclasses import dataclass
from enum import StrEnum

from outlet_app.domain.failures import FailureCode
from outlet_app.reader.simulator.faults import Effect, parse_fault


class Transport(StrEnum):
    """Ways to a module."""

    SERIAL = "serial"
    TCP = "tcp"
    PAGES = "pages"
    TUNNEL = "tunnel"
    LIBRARY = "library"


class Ending(StrEnum):
    """Endings beside the failure codes."""

    DOCUMENT = "document"
    """The card's own document, every byte of it."""

    OTHERS_DOCUMENT = "another card's document"
    """Whole, of the card that has taken the place of the first."""

    MIXED = "fields of more than one card"
    """Never right."""

    NOTHING = "nothing"
    """Not a word: the reader sees no card."""


End = Ending | FailureCode
Ends = tuple[End, ...]
"""What is told of a card, in this order."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why a fault cannot be on a transport."""

    because: str


@dataclass(frozen=True, slots=True)
class Both:
    """How a fault ends that happens once, and one that stays until it is mended; bounds in seconds."""

    once: Ends
    stays: Ends
    unaided: bool = False
    """True where nothing at all is to be seen of the fault: no request is repeated, nothing reset."""
    once_within_s: float = 8.0
    stays_within_s: float = 12.0


@dataclass(frozen=True, slots=True)
class Cell:
    """``fault`` is NAME[@COMMAND], as the simulator takes it."""

    fault: str
    transport: Transport
    stays: bool
    ends: Ends
    within_s: float
    unaided: bool = False

    @property
    def spec(self) -> str:
        """Fault with its count."""
        return self.fault if self.stays else f"{self.fault}:1"

    @property
    def hits_frames(self) -> bool:
        """True for a fault of bytes under way; the others are the module's, the card's and the cable's."""
        return parse_fault(self.fault).kind.effect is Effect.LINE

    @property
    def survived(self) -> bool:
        """True when the card is read all the same and nothing is left to be mended."""
        return not self.stays and self.ends == (Ending.DOCUMENT,)

    @property
    def pulls_out(self) -> bool:
        """True when the reader has to be plugged in again by hand."""
        return self.fault.startswith("unplugged")

    def __str__(self) -> str:
        return f"{self.transport} {self.fault} {'stays' if self.stays else 'once'}"
