"""One card, read as a whole or not at all: find, select, read, parse, and how far recovery goes."""

import hashlib
import threading
from datetime import UTC, datetime
from math import inf
from time import monotonic, perf_counter

from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.cards import CardRead, Provenance, ReadTiming
from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.session import RawAnswer, ReaderSession
from outlet_app.reader.steps import OnStep, Rung, Step, StepName
from outlet_app.reader.waits import (
    CARD_BOUND_S,
    FIND_FAILURES,
    FIND_TRIES,
    READ_TRIES,
    SELECT_TRIES,
    SELECT_TRIES_UNANSWERED,
    line_time_s,
)

_WORTH_ANOTHER_TRY = {
    FailureCode.READER_NO_ANSWER,
    FailureCode.CARD_READ_FAILED,
    FailureCode.CARD_REFUSED,
    FailureCode.CARD_REMOVED,
    FailureCode.CARD_NOT_ID,
    # one checksum byte lets some damage through, so a malformed field may be the line's fault
    FailureCode.CARD_CONTENT_MALFORMED,
}
_SAID_OF_THE_CARD = {FailureCode.CARD_CONTENT_MALFORMED, FailureCode.CARD_NOT_ID, FailureCode.CARD_REFUSED}
"""What the card itself is like: more to the point than that it is not found again."""

_ENDS_THE_SESSION = {
    FailureCode.READER_UNPLUGGED,
    FailureCode.PCSC_SERVICE_MISSING,
    FailureCode.MODULE_SELF_TEST_FAILED,
    FailureCode.MODULE_NOT_AUTHORISED,
}
_FIND_MAY_FAIL = {FailureCode.READER_NO_ANSWER, FailureCode.CARD_READ_FAILED, FailureCode.CARD_REFUSED}


def read_card(session: ReaderSession, on_step: OnStep) -> CardRead:
    """Card that lies on the reader now.

    KnownFailure NO_CARD when there is none, CARD_… when it cannot be read
    after all tries, READER_… and MODULE_… as the session raises them.
    """
    finder = _Finder(session, on_step)
    if not finder.find_patiently(threading.Event()):
        raise KnownFailure(FailureCode.NO_CARD)
    return _read_found(session, on_step)


def wait_for_card(
    session: ReaderSession, *, timeout_s: float | None, on_step: OnStep, stop: threading.Event
) -> CardRead:
    """Next card laid on the reader, waited for up to ``timeout_s`` (None: until ``stop`` is set) and read.

    KnownFailure NO_CARD when the time is over, INTERRUPTED when ``stop`` was
    set, else as read_card.
    """
    finder = _Finder(session, on_step)
    deadline = None if timeout_s is None else monotonic() + timeout_s
    on_step(Step(StepName.WAITING))
    while not stop.is_set():
        if finder.find():
            return _read_found(session, on_step, deadline)
        remaining_s = 1.0 if deadline is None else deadline - monotonic()
        if remaining_s <= 0:
            raise finder.failure or KnownFailure(FailureCode.NO_CARD)
        session.wait(remaining_s, stop)
    raise KnownFailure(FailureCode.INTERRUPTED)


class _Finder:
    """Find, forgiving a few failures in a row: ask again, then reset, then give up."""

    def __init__(self, session: ReaderSession, on_step: OnStep) -> None:
        self.failure: KnownFailure | None = None
        """Of the last find, None when it was answered."""
        self._session = session
        self._on_step = on_step
        self._failures = 0

    def find(self) -> bool:
        try:
            found = self._session.find()
        except KnownFailure as failure:
            self._failures += 1
            self.failure = failure
            if failure.code not in _FIND_MAY_FAIL or self._failures > FIND_FAILURES:
                raise
            self._recover()
            return False
        self._failures = 0
        self.failure = None
        return found

    def find_patiently(self, stop: threading.Event) -> bool:
        """Find that is asked once more when nothing was found, and as often as failures are forgiven."""
        empty = 0
        while True:
            if self.find():
                return True
            if self.failure is None:
                empty += 1
                if empty == FIND_TRIES:
                    return False
                self._on_step(Step(StepName.RECOVERING, rung=Rung.FIND_AGAIN))
            self._session.wait(1.0, stop)

    def _recover(self) -> None:
        if self._failures < FIND_FAILURES:
            self._on_step(Step(StepName.RECOVERING, rung=Rung.FIND_AGAIN))
            return
        self._on_step(Step(StepName.RECOVERING, rung=Rung.RESET_SAM))
        _reset(self._session)


def _read_found(session: ReaderSession, on_step: OnStep, deadline: float | None = None) -> CardRead:
    """The card that was just found; after a failed try the SAM is reset and the card found again.

    After ``deadline`` a card gets one more try at most, so that a fault which
    happens once is survived however short the time.
    """
    bound = min(monotonic() + CARD_BOUND_S, inf if deadline is None else deadline)
    for attempt in range(1, READ_TRIES):
        try:
            return _read_once(session, on_step)
        except KnownFailure as failure:
            late = attempt > 1 and monotonic() > bound
            if failure.code not in _WORTH_ANOTHER_TRY or late:
                raise _of_the_card(session, failure) from failure
            on_step(Step(StepName.RECOVERING, rung=Rung.RESET_SAM))
            answered = _reset(session)
            if not answered and session.sees_card is not None:
                # here the service finds the card, so that finding it says nothing of the reader
                raise KnownFailure(FailureCode.READER_NO_ANSWER, failure.detail) from failure
            if not _found_again(session, on_step, failure, answered=answered):
                return _read_unfound(session, on_step, failure)
    try:
        return _read_once(session, on_step)
    except KnownFailure as failure:
        raise _of_the_card(session, failure) from failure


def _found_again(session: ReaderSession, on_step: OnStep, failure: KnownFailure, *, answered: bool) -> bool:
    """Find after a reset; when that fails too, it says what became of the card or of the reader."""
    try:
        return _Finder(session, on_step).find_patiently(threading.Event())
    except KnownFailure as second:
        raise second if not answered else failure from second


def _read_unfound(session: ReaderSession, on_step: OnStep, failure: KnownFailure) -> CardRead:
    """The card that a module does not find again: gone, or read to the module's content and still there.

    An answer that was lost on the line was a good read to the module, which
    may say 80 until the card is lifted [2+] and still read it in place [1].
    """
    try:
        return _read_selected(session, on_step)
    except KnownFailure as second:
        if second.code in _ENDS_THE_SESSION:
            raise
        if failure.code in _SAID_OF_THE_CARD:
            raise failure from second
        raise KnownFailure(FailureCode.CARD_REMOVED, failure.detail) from second


def _of_the_card(session: ReaderSession, failure: KnownFailure) -> KnownFailure:
    """A module that is silent about the card but answers a reset works: then reading this card failed."""
    if failure.code is FailureCode.READER_NO_ANSWER and _reset(session):
        return KnownFailure(FailureCode.CARD_READ_FAILED, failure.detail)
    return failure


def _reset(session: ReaderSession) -> bool:
    """True when the module answered the reset."""
    try:
        session.reset()
    except KnownFailure as failure:
        if failure.code is FailureCode.READER_NO_ANSWER:
            return False
        raise
    return True


def _read_once(session: ReaderSession, on_step: OnStep) -> CardRead:
    """One try: nothing of it is kept when it fails."""
    on_step(Step(StepName.FOUND))
    return _read_selected(session, on_step)


def _read_selected(session: ReaderSession, on_step: OnStep) -> CardRead:
    """Select, read, parse."""
    found_at = perf_counter()
    bytes_before = session.bytes_exchanged
    _select(session, on_step)
    on_step(Step(StepName.SELECTED))
    answer = session.read(_Percent(on_step))
    document = parse_text_block(answer.text_block)
    found_to_document_ms = (perf_counter() - found_at) * 1000
    on_step(Step(StepName.READING, percent=100))
    exchanged = session.bytes_exchanged - bytes_before
    wire_ms = None if session.baud is None else line_time_s(exchanged, session.baud) * 1000
    timing = ReadTiming(found_to_document_ms, wire_ms, len(answer.answer))
    return _card_read(session, answer, document, timing)


def _card_read(session: ReaderSession, answer: RawAnswer, document: Document, timing: ReadTiming) -> CardRead:
    provenance = Provenance(
        driver=session.driver,
        port=session.port,
        sam_number=session.sam_number,
        answer_sha256=hashlib.sha256(answer.answer).hexdigest(),
        photo_sha256=hashlib.sha256(answer.photo).hexdigest(),
        read_at=datetime.now(UTC),
    )
    return CardRead(document, answer.text_block, answer.photo, provenance, timing, answer.read_in_place)


def _select(session: ReaderSession, on_step: OnStep) -> None:
    """Select, asked again while that may help."""
    unanswered = 0
    for attempt in range(1, SELECT_TRIES + 1):
        try:
            session.select()
        except KnownFailure as failure:
            unanswered += failure.code is FailureCode.READER_NO_ANSWER
            last = attempt == SELECT_TRIES or unanswered == SELECT_TRIES_UNANSWERED
            if last or failure.code not in _WORTH_ANOTHER_TRY:
                raise
            on_step(Step(StepName.RECOVERING, rung=Rung.SELECT_AGAIN))
        else:
            return


class _Percent:
    """Tells each tenth of an answer once."""

    def __init__(self, on_step: OnStep) -> None:
        self._on_step = on_step
        self._told = -1

    def __call__(self, percent: int) -> None:
        tenth = percent // 10
        if tenth > self._told:
            self._told = tenth
            self._on_step(Step(StepName.READING, percent=tenth * 10))
