"""A reader that is open: what every form of reader can be asked, and what a read gives."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Progress = Callable[[int], None]
"""Called with the percentage of the answer received so far, 0 to 100."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer to a read, unparsed.

    ``text_block`` is 256 bytes and ``photo`` 1024 as a rule; ``answer`` is the
    module's whole answer (frame or assembled pages). ``read_in_place`` is true
    when the same card was read again without the reader having seen it gone.
    """

    text_block: bytes
    photo: bytes
    answer: bytes
    read_in_place: bool = False


class ReaderSession(Protocol):
    """One open reader. Every method ends in its own time.

    Methods raise KnownFailure: READER_UNPLUGGED when the reader is gone (the
    session is then useless and the caller opens a new one), READER_NO_ANSWER
    when a request stays unanswered, MODULE_… when the module cannot work,
    CARD_… when this card or this try failed.
    """

    @property
    def driver(self) -> str:
        """Name of the driver family of the catalogue."""

    @property
    def port(self) -> str:
        """Text form of the port in use, rate left out."""

    @property
    def sam_number(self) -> str | None:
        """Number of the module, None where it cannot be asked."""

    @property
    def baud(self) -> int | None:
        """Rate of the line in bit/s, None where there is no line."""

    @property
    def bytes_exchanged(self) -> int:
        """Bytes sent and received since the session was opened."""

    @property
    def sees_card(self) -> bool | None:
        """Whether something lies on the reader as of the last find, None where a module cannot tell."""

    def find(self) -> bool:
        """True when a card lies there that was not read yet."""

    def select(self) -> None:
        """Take up the card that was found."""

    def read(self, progress: Progress | None = None) -> RawAnswer:
        """Read text and photo of the card that was selected."""

    def reset(self) -> None:
        """Bring the module back to its start, after a failed read."""

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Pause until it is worth asking ``find`` again, ``stop`` is set, or the time is over.

        On a line that is 300 ms; on PC/SC it is the next change of the reader's state.
        """

    def close(self) -> None:
        """Give the reader back; closing twice is harmless."""
