"""Questions and answers over a line of bytes: one request, one fitting answer, one time-out."""

import logging
from math import inf
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
        self._unanswered = 0

    def ask(
        self,
        question: Question,
        *,
        wait_s: float,
        baud: int | None,
        progress: Progress | None = None,
        until: float = inf,
    ) -> Reply:
        """First answer that fits, good or a failure; KnownFailure READER_NO_ANSWER when none comes in time.

        The time-out is ``wait_s`` and what request and answer take on the
        line. It is cut short when a damaged answer is followed by silence and
        begins anew when the answer to an earlier question comes in, because
        the module turns to this one only then; never beyond ``until``, a
        moment of time.monotonic.
        """
        request = build_request(question.command, question.data)
        self._receiver.clear()
        self._link.discard_input()
        self._link.write(request)
        self.bytes_exchanged += len(request)
        patience_s = wait_s + line_time_s(len(request) + question.answer_bytes, baud)
        hearing = _Hearing(question, patience_s, until)
        while monotonic() < hearing.deadline:
            data = self._link.read_some()
            self.bytes_exchanged += len(data)
            hearing.heard(len(data))
            for reply in self._receiver.feed(data) if data else self._receiver.quiet():
                if question.fits(reply):
                    _log.debug("%s: status %02x", question.name, reply.status)
                    return reply
                self._pass_over(reply, hearing)
            if hearing.enough_of(damage=self._receiver.saw_damage):
                break
            if progress is not None:
                progress(min(99, 100 * self._receiver.pending // question.answer_bytes))
        if hearing.second_best is not None:
            return hearing.second_best
        self._unanswered += 1
        why = "the answer was damaged" if self._receiver.saw_damage else "no answer"
        raise KnownFailure(FailureCode.READER_NO_ANSWER, f"{question.name}: {why}")

    def _pass_over(self, reply: Reply, hearing: "_Hearing") -> None:
        """A true frame that is no answer to this question: late, as a rule."""
        _log.debug("%s: passed over a frame of status %02x", hearing.question.name, reply.status)
        if self._unanswered:
            self._unanswered -= 1
            hearing.begin_anew()
        elif hearing.question.may_do(reply):
            hearing.second_best = reply

    def close(self) -> None:
        """Give the line back."""
        self._link.close()


class _Hearing:
    """How long an answer is still waited for."""

    def __init__(self, question: Question, patience_s: float, until: float) -> None:
        self.question = question
        self.second_best: Reply | None = None
        self._patience_s = patience_s
        self._until = until
        self._heard_at = monotonic()
        self._heard_bytes = 0
        self.deadline = min(self._heard_at + patience_s, until)

    def begin_anew(self) -> None:
        """The module was busy with an earlier question until now."""
        self.deadline = min(monotonic() + self._patience_s, self._until)

    def heard(self, byte_count: int) -> None:
        """So many bytes came in; none is a moment of silence."""
        if byte_count:
            self._heard_at = monotonic()
            self._heard_bytes += byte_count

    def enough_of(self, *, damage: bool) -> bool:
        """True when the line has been silent for a while after an answer that will not become better.

        A few damaged bytes may stand before a true answer that is still to come.
        """
        if monotonic() - self._heard_at <= DAMAGED_QUIET_S:
            return False
        much = 2 * self._heard_bytes >= self.question.answer_bytes - 1
        return self.second_best is not None or (damage and much)
