"""The reading loop of the reader process: opens the reader, reads card after card, and never gives up."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from outlet_app.domain.cards import CardRead
from outlet_app.domain.exit_codes import CARD_KIND_UNKNOWN, CARD_NOT_READABLE, exit_code
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.card_watch import CardWatch
from outlet_app.reader.events import (
    DocumentRead,
    Found,
    ReaderEvent,
    Reading,
    Ready,
    Recovering,
    Removed,
    Selected,
    Trouble,
    Waiting,
)
from outlet_app.reader.pulse import ASKING_S, OPENING_S, Pulse
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.slumber import Slumber
from outlet_app.reader.steps import Rung, Step, StepName

REOPEN_PAUSE_S = 1.0
"""Pause before the port is opened again."""

STEADY_S = 10.0
"""A reader opened again that is lost sooner, without a card, was not helped by it [own choice]."""

_STILL_AWAY = {FailureCode.READER_PORT_MISSING, FailureCode.READER_NOT_FOUND}
"""What opening an unplugged reader fails with: no news to anybody."""

log = logging.getLogger(__name__)


class WatchLoop:
    """One reader watched until ``stop`` is set; trouble is told and lived through.

    ``is_outdated`` True means that the reader is to be opened anew, once no
    card lies on it. ``slumber`` tells when the machine has slept: the reader
    is then opened anew whatever it looks like. With ``may_restart`` the loop
    also ends, with ``wants_restart``, when a reader that has worked is not to
    be had again and a new process may do better.
    """

    def __init__(
        self,
        open_session: Callable[[], ReaderSession],
        tell: Callable[[ReaderEvent], None],
        pulse: Pulse,
        stop: threading.Event,
        is_outdated: Callable[[], bool] = lambda: False,
        *,
        slumber: Slumber | None = None,
        may_restart: bool = False,
    ) -> None:
        self._open_session = open_session
        self._is_outdated = is_outdated
        self._tell_event = tell
        self._pulse = pulse
        self._stop = stop
        self._slumber = slumber or Slumber()
        self._may_restart = may_restart
        self._waiting = False
        self._card_lies = False
        self._last_answer: str | None = None
        self._has_worked = False
        self._lost: KnownFailure | None = None
        self._opened_at = 0.0
        self._trouble: FailureCode | None = None
        self.wants_restart = False

    def run(self) -> None:
        """Open, serve, and open again, until stopped."""
        while not (self._stop.is_set() or self.wants_restart):
            self._pulse.beat(OPENING_S)
            self._slumber.begin()
            try:
                session = self._open_session()
            except KnownFailure as failure:
                if not self._slumber.slept:
                    self._no_way_back(failure)
            else:
                self._serve(session)
                if self._trouble is None:
                    # the first reopening comes at once: a pause helps nobody
                    continue
            self._pulse.beat(ASKING_S)
            self._stop.wait(REOPEN_PAUSE_S)

    def _serve(self, session: ReaderSession) -> None:
        """Read cards until the reader itself is in trouble."""
        watch = CardWatch(
            session, self._pulse, self._card_left, self._is_outdated, lambda: self._slumber.slept
        )
        self._trouble = None
        self._opened_at = monotonic()
        self._tell(Ready(_now(), session.driver, session.port, session.sam_number))
        try:
            while not self._stop.is_set():
                self._next_card(watch)
        except KnownFailure as failure:
            self._end_of_session(watch, failure)
        finally:
            watch.close()

    def _end_of_session(self, watch: CardWatch, failure: KnownFailure) -> None:
        """The reader is to be opened again: its families changed, the machine slept, or it is in trouble."""
        if failure.code is FailureCode.INTERRUPTED:
            self._lost = None
            if self._slumber.slept and not self._stop.is_set():
                log.info("slept with the reader open")
                self._tell(Recovering(_now(), Rung.REOPEN))
            return
        log.warning("reader lost: %s %s", failure.code, failure.detail)
        self._has_worked |= watch.has_worked
        helped = watch.has_served or monotonic() - self._opened_at > STEADY_S
        if self._lost is not None and not helped:
            # opened again, and no better
            self._no_way_back(failure)
        self._lost = failure
        if not self.wants_restart:
            self._tell(Recovering(_now(), Rung.REOPEN))

    def _no_way_back(self, failure: KnownFailure) -> None:
        """Opening did not help: the next rung, or the person."""
        silent = failure.code is FailureCode.READER_NO_ANSWER
        if self._may_restart and silent and self._lost is not None and self._has_worked:
            if self._card_lies:
                self._tell_removed()
            self._tell(Recovering(_now(), Rung.RESTART))
            self.wants_restart = True
            return
        lost = self._lost
        if lost is not None and lost.code is FailureCode.READER_UNPLUGGED and failure.code in _STILL_AWAY:
            failure = lost
        self._tell_reader_trouble(failure)

    def _next_card(self, watch: CardWatch) -> None:
        try:
            card = wait_for_card(
                watch, timeout_s=None, on_step=lambda step: self._tell_step(watch, step), stop=self._stop
            )
        except KnownFailure as failure:
            if not _of_the_card(failure.code):
                raise
            was_silent = watch.silent
            if was_silent:
                watch.card_is_gone()
            if not (was_silent and failure.code is FailureCode.CARD_REMOVED):
                self._tell(Trouble(_now(), failure.code, failure.detail))
            watch.card_is_done()
            self._stop.wait(REOPEN_PAUSE_S)
            return
        self._deliver(watch, card)

    def _deliver(self, watch: CardWatch, card: CardRead) -> None:
        if watch.silent and card.read_in_place:
            watch.card_lies_still()
            return
        if watch.silent:
            watch.card_is_gone()
            for event in (Found(_now()), Selected(_now()), Reading(_now(), 100)):
                self._tell(event)
        if self._card_lies:
            # delivered before the reader was lost and opened again
            self._tell_removed()
        self._tell(DocumentRead(_now(), self._marked(watch, card), watch.answer))
        self._card_lies = True
        watch.card_delivered()

    def _marked(self, watch: CardWatch, card: CardRead) -> CardRead:
        """Marked as not lifted when a reader opened again, never empty since, gives the same card."""
        same = card.provenance.answer_sha256 == self._last_answer and not watch.has_been_empty
        self._last_answer = card.provenance.answer_sha256
        return replace(card, read_in_place=True) if same else card

    def _card_left(self) -> None:
        """The reader saw that the card is gone."""
        self._last_answer = None
        self._tell_removed()

    def _tell_step(self, watch: CardWatch, step: Step) -> None:
        self._pulse.beat(ASKING_S)
        if watch.silent or (step.name is StepName.WAITING and self._waiting):
            return
        if step.name is StepName.FOUND and self._card_lies:
            self._tell_removed()
        self._tell(_event_of(step))

    def _tell_removed(self) -> None:
        self._card_lies = False
        self._tell(Removed(_now()))

    def _tell_reader_trouble(self, failure: KnownFailure) -> None:
        """Tell it once, however often the same happens while the reader is away."""
        if failure.code is not self._trouble:
            self._trouble = failure.code
            log.warning("reader: %s %s", failure.code, failure.detail)
            self._tell(Trouble(_now(), failure.code, failure.detail))

    def _tell(self, event: ReaderEvent) -> None:
        self._waiting = isinstance(event, Waiting)
        self._tell_event(event)


def _event_of(step: Step) -> ReaderEvent:
    match step.name:
        case StepName.WAITING:
            return Waiting(_now())
        case StepName.FOUND:
            return Found(_now())
        case StepName.SELECTED:
            return Selected(_now())
        case StepName.READING:
            return Reading(_now(), step.percent or 0)
        case StepName.RECOVERING:
            return Recovering(_now(), step.rung or Rung.FIND_AGAIN)


def _of_the_card(code: FailureCode) -> bool:
    return exit_code(code) in {CARD_NOT_READABLE, CARD_KIND_UNKNOWN}


def _now() -> datetime:
    return datetime.now(UTC)
