"""The first words with a module: at which rate it answers, whether it is fit, and its number."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import Reply, Status
from outlet_app.reader.sam_line import SamLine
from outlet_app.reader.sam_questions import NUMBER, RESET, STATUS, Question, failure_of, sam_number_text
from outlet_app.reader.waits import NUMBER_TRIES, RATE_ASKS, RATE_ROUNDS, RATES_ASKED_BEFORE, Waits

_log = logging.getLogger(__name__)

_UNFIT: set[int] = {Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED}


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the module said: rate (None where there is no line to set) and number (None if it gives none)."""

    baud: int | None
    sam_number: str | None


class Handshake:
    """One search for a module on one line, bounded by ``deadline`` (a moment of time.monotonic)."""

    def __init__(self, line: SamLine, waits: Waits, deadline: float) -> None:
        self._line = line
        self._waits = waits
        self._deadline = deadline

    def find_module(self, rates: Sequence[int | None], set_baud: Callable[[int], None]) -> Greeting:
        """Greeting of the module at the first of ``rates`` at which it answers.

        Each rate is asked twice and all are gone through twice, the second
        time with more patience: an answer can be late, cut or damaged.
        KnownFailure READER_NO_ANSWER when none answers, MODULE_SELF_TEST_FAILED
        or MODULE_NOT_AUTHORISED when one answers that it cannot work.
        """
        for round_number in range(RATE_ROUNDS):
            for index, rate in enumerate(rates):
                if rate is not None:
                    set_baud(rate)
                if not self._answers(rate, self._probe_wait_s(len(rates), round_number)):
                    continue
                greeting = self._confirm(rate) or self._ask_again(_asked_before(rates, index), set_baud)
                if greeting is not None:
                    _log.info("module answers at %s", greeting.baud or "no rate of its own")
                    # a card that another program has read would answer 80 until it is lifted
                    self._ask(RESET, greeting.baud, self._waits.reset_s)
                    return greeting
        asked = ", ".join(str(rate) for rate in rates if rate is not None)
        raise KnownFailure(
            FailureCode.READER_NO_ANSWER, f"no module answers at {asked}" if asked else "no module"
        )

    def _probe_wait_s(self, rate_count: int, round_number: int) -> float:
        """Wait for one status answer: twice as long in the second round, shorter when time is scarce.

        Where there is no rate to be found, the first round is as patient as any other question.
        """
        patience = (self._waits.probe_s if rate_count > 1 else self._waits.status_s) * (round_number + 1)
        asks_left = rate_count * RATE_ASKS * (RATE_ROUNDS - round_number)
        return min(patience, max(0.1, (self._deadline - monotonic()) / asks_left * 0.9))

    def _answers(self, rate: int | None, wait_s: float) -> bool:
        """True when the module answers 90 at this rate within the asks that a rate gets."""
        for _ in range(RATE_ASKS):
            reply = self._ask(STATUS, rate, wait_s)
            if reply is None:
                continue
            if reply.status in _UNFIT:
                self._insist(rate)
                return True
            if reply.status == Status.DONE:
                return True
        return False

    def _insist(self, rate: int | None) -> None:
        """Reset and ask once more before a module is called unfit; its failure if it stays so."""
        self._ask(RESET, rate, self._waits.reset_s)
        reply = self._ask(STATUS, rate, self._waits.status_s)
        if reply is not None and reply.status in _UNFIT:
            raise failure_of(STATUS, reply)

    def _confirm(self, rate: int | None) -> Greeting | None:
        """Greeting when the module goes on answering at this rate.

        A late answer to another rate can look like an answer to this one, so
        the number must come too, or at least a second status.
        """
        number, answered = self._sam_number(rate)
        if not answered:
            reply = self._ask(STATUS, rate, self._waits.status_s)
            answered = reply is not None and reply.status == Status.DONE
        return Greeting(rate, number) if answered else None

    def _ask_again(self, rates: Sequence[int | None], set_baud: Callable[[int], None]) -> Greeting | None:
        """Greeting at one of ``rates``: an answer that is not confirmed was a late one to one of them."""
        for rate in rates:
            if rate is not None:
                set_baud(rate)
            reply = self._ask(STATUS, rate, self._waits.number_s)
            if reply is not None and reply.status == Status.DONE and (greeting := self._confirm(rate)):
                return greeting
        return None

    def _sam_number(self, rate: int | None) -> tuple[str | None, bool]:
        """Number given twice in a row, and whether the module answered the question at all.

        The first answer after opening can be wrong [1].
        """
        last: str | None = None
        answered = False
        silences = 0
        for _ in range(NUMBER_TRIES):
            reply = self._ask(NUMBER, rate, self._waits.number_s)
            if reply is None:
                silences += 1
                if silences == RATE_ASKS:
                    break
                continue
            answered = True
            if reply.status == Status.NOT_AUTHORISED:
                raise failure_of(NUMBER, reply)
            if reply.status != Status.DONE:
                continue
            number = sam_number_text(reply.data)
            if number == last:
                return number, True
            last = number
        return last, answered

    def _ask(self, question: Question, rate: int | None, wait_s: float) -> Reply | None:
        """Answer, or None when none came; nothing is asked after the deadline."""
        remaining_s = self._deadline - monotonic()
        if remaining_s <= 0:
            raise KnownFailure(FailureCode.READER_NO_ANSWER, "no module answers in time")
        try:
            return self._line.ask(question, wait_s=min(wait_s, remaining_s), baud=rate, until=self._deadline)
        except KnownFailure as failure:
            if failure.code is FailureCode.READER_NO_ANSWER:
                return None
            raise


def _asked_before(rates: Sequence[int | None], index: int) -> Sequence[int | None]:
    """Rates asked just before the one at ``index``, the last one first; the rounds go on without a gap."""
    count = min(RATES_ASKED_BEFORE, len(rates) - 1)
    return [rates[index - step] for step in range(1, count + 1)]
