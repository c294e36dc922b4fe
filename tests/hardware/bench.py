"""A reader on the bench: how it is opened, and whether the card lies there."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import Port, parse_port
from outlet_app.reader.session import RawAnswer, ReaderSession
from tests.hardware.hand import Hand

_Answer = TypeVar("_Answer")

FIND_WITHIN_S = 10.0
BACK_WITHIN_S = 30.0


class DoesNotApplyError(Exception):
    """This reader has nothing of the kind."""


@dataclass(slots=True)
class Bench:
    """One reader, one hand, and how often each card is read for its times."""

    port: Port
    hand: Hand
    reads: int = 5
    catalogue: Catalogue = field(default_factory=load_catalogue)
    card_lies: bool = False

    @classmethod
    def at(cls, port: str, hand: Hand, *, reads: int = 5) -> "Bench":
        return cls(parse_port(port), hand, reads)

    @contextmanager
    def session(self, *, with_card: bool = True) -> Iterator[ReaderSession]:
        """The reader opened, with the card on it if wanted; closed afterwards."""
        if with_card:
            self.lay()
        session = open_reader(self.port, self.catalogue)
        try:
            yield session
        finally:
            session.close()

    def lay(self) -> None:
        if not self.card_lies:
            self.hand.lay()
            self.card_lies = True

    def lift(self) -> None:
        if self.card_lies:
            self.hand.lift()
            self.card_lies = False

    def back(self) -> ReaderSession:
        """The reader opened as soon as it is there again."""
        deadline = monotonic() + BACK_WITHIN_S
        while True:
            try:
                return open_reader(self.port, self.catalogue)
            except KnownFailure:
                if monotonic() > deadline:
                    raise
                time.sleep(0.1)


def found(session: ReaderSession) -> float:
    """Seconds of the find that found the card; NO_CARD when none did in time."""
    deadline = monotonic() + FIND_WITHIN_S
    while monotonic() < deadline:
        is_found, took_s = timed(session.find)
        if is_found:
            return took_s
        session.wait(1.0, threading.Event())
    raise KnownFailure(FailureCode.NO_CARD)


def read_once(session: ReaderSession) -> RawAnswer:
    """Find, select and read, without a second try."""
    found(session)
    session.select()
    return session.read()


def timed(call: Callable[[], _Answer]) -> tuple[_Answer, float]:
    """Answer of the call and the seconds it took."""
    begun_s = monotonic()
    return call(), monotonic() - begun_s


def said(call: Callable[[], object]) -> str:
    """What a call came to, in a word: yes, no, done, or the failure's code."""
    try:
        answer = call()
    except KnownFailure as failure:
        return str(failure.code)
    return {True: "yes", False: "no"}.get(answer, "done") if isinstance(answer, bool) else "done"
