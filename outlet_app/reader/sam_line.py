"""Questions and answers over a line of bytes: one request, one fitting answer, one time-out."""

import logging
from time import monotonic

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.byte_link import ByteLink
from outlet_app.reader.frames import Reply, build_request
from outlet_app.reader.receiver import Receiver
from outlet_app.reader.sam_questions import Question
from outlet_app.reader.session import Progress
from outlet_app.reader.waits import DAMAGED_QUIET_S, line_time_s

_log = logging.getLogger(__name__)


class SamLine:
    """The host's end of a SAM_V line. Logs names and statuses, never data."""

    def __init__(self, link: ByteLink) -> None:
        self.bytes_exchanged = 0
        self._link = link
        self._receiver = Receiver()

    def ask(
        self, question: Question, *, wait_s: float, baud: int | None, progress: Progress | None = None
    ) -> Reply:
        """First answer that fits, good or a failure; KnownFailure READER_NO_ANSWER when none comes in time.

        The time-out is ``wait_s`` and what request and answer take on the
        line; it is cut short when a damaged answer is followed by silence.
        """
        request = build_request(question.command)
        self._receiver.clear()
        self._link.discard_input()
        self._link.write(request)
        self.bytes_exchanged += len(request)
        heard_at, heard_bytes = monotonic(), 0
        deadline = heard_at + wait_s + line_time_s(len(request) + question.answer_bytes, baud)
        while (now := monotonic()) < deadline:
            data = self._link.read_some()
            if data:
                heard_at = now
                heard_bytes += len(data)
                self.bytes_exchanged += len(data)
            elif (
                # a few damaged bytes may stand before a true answer that is still to come
                2 * heard_bytes >= question.answer_bytes - 1
                and self._receiver.saw_damage
                and now - heard_at > DAMAGED_QUIET_S
            ):
                raise _no_answer(question, "the answer was damaged")
            for reply in self._receiver.feed(data) if data else self._receiver.quiet():
                if question.fits(reply):
                    _log.debug("%s: status %02x", question.name, reply.status)
                    return reply
                _log.debug("%s: passed over a frame of status %02x", question.name, reply.status)
            if progress is not None:
                progress(min(99, 100 * self._receiver.pending // question.answer_bytes))
        raise _no_answer(question, "no answer")

    def close(self) -> None:
        """Give the line back."""
        self._link.close()


def _no_answer(question: Question, why: str) -> KnownFailure:
    return KnownFailure(FailureCode.READER_NO_ANSWER, f"{question.name}: {why}")
