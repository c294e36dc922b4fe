"""A reader that is asked in SAM_V frames over a line of bytes: serial port or TCP gateway."""

import threading

from outlet_app.domain.failures import FailureCode
from outlet_app.reader.find_pacing import FindPacing, LastCard
from outlet_app.reader.frames import Reply, Status
from outlet_app.reader.sam_line import SamLine
from outlet_app.reader.sam_questions import FIND, READ, RESET, SELECT, Question, failure_of, split_sections
from outlet_app.reader.session import Progress, RawAnswer
from outlet_app.reader.waits import Waits


class SamSession:
    """ReaderSession over SAM frames. Fingerprints are never asked for: a registration has no use for them."""

    sees_card: bool | None = None
    """Never known: 80 means no card, and also a card that was read and still lies there [2+]."""

    def __init__(
        self, line: SamLine, *, driver: str, port: str, sam_number: str | None, baud: int | None, waits: Waits
    ) -> None:
        self.driver = driver
        self.port = port
        self.sam_number = sam_number
        self.baud = baud
        self._line = line
        self.waits = waits
        self._pacing = FindPacing()
        self._last_card = LastCard()

    @property
    def bytes_exchanged(self) -> int:
        """Bytes sent and received since the line was opened."""
        return self._line.bytes_exchanged

    def find(self) -> bool:
        """True for status 9F, False for 80: no card, or the same card still lying there after a good read.

        Comes back late rather than asking the module sooner than 300 ms after the last time.
        """
        self._pacing.keep()
        reply = self._line.ask(FIND, wait_s=self.waits.find_s, baud=self.baud)
        if reply.status == Status.FOUND:
            return True
        if reply.status == Status.NOTHING_FOUND:
            self._last_card.is_gone()
            return False
        raise failure_of(FIND, reply)

    def select(self) -> None:
        """Take up the card; CARD_READ_FAILED or CARD_REMOVED when the module does not get hold of it."""
        reply = self._line.ask(SELECT, wait_s=self.waits.select_s, baud=self.baud)
        if reply.status != Status.DONE:
            raise failure_of(SELECT, reply)

    def read(self, progress: Progress | None = None) -> RawAnswer:
        """Text and photo by the section lengths of the answer."""
        reply = self._line.ask(READ, wait_s=self.waits.read_s, baud=self.baud, progress=progress)
        if reply.status != Status.DONE:
            raise failure_of(READ, reply)
        text_block, photo = split_sections(reply)
        in_place = self._last_card.is_read(reply.frame)
        return RawAnswer(text_block, photo, reply.frame, read_in_place=in_place)

    def reset(self) -> None:
        """Reset the SAM; READER_NO_ANSWER when it does not even answer that."""
        reply = self._line.ask(RESET, wait_s=self.waits.reset_s, baud=self.baud)
        failure = failure_of(RESET, reply)
        if failure.code in {FailureCode.MODULE_SELF_TEST_FAILED, FailureCode.MODULE_NOT_AUTHORISED}:
            raise failure

    def ask(self, question: Question, wait_s: float) -> Reply:
        """Answer to any other question, a failure's too; READER_NO_ANSWER when none comes in time."""
        return self._line.ask(question, wait_s=wait_s, baud=self.baud)

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Pause of at least 300 ms between two finds, unless there is less time or ``stop`` is set."""
        self._pacing.pause(timeout_s, stop)

    def close(self) -> None:
        """Close the line."""
        self._line.close()
