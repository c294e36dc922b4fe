"""The forms in which a PC/SC reader gives an ID card, and how the one it has is found: by asking.

Pages first, then each envelope of the catalogue, then the chip number, which
tells a plain reader from a card that is no ID card. The reader's name only
orders the tries: two readers of one name were seen with different insides.
"""

import logging
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.card_pages import (
    ApduCard,
    asked_first_page,
    is_first_page,
    is_id_card_atr,
    page_failed,
    remaining_pages,
    why_no_pages,
)
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.driver_file import PAGES, TUNNEL, Driver
from outlet_app.reader.envelope import Envelope
from outlet_app.reader.frames import Command, build_request
from outlet_app.reader.handshake import Handshake
from outlet_app.reader.receiver import Receiver
from outlet_app.reader.sam_line import SamLine
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.session import RawAnswer
from outlet_app.reader.transports.pcsc_tunnel import TunnelCard, TunnelLink
from outlet_app.reader.waits import Waits

TUNNEL_WAITS = Waits(
    probe_s=0.1, status_s=0.1, number_s=0.1, find_s=0.1, select_s=0.1, read_s=0.1, reset_s=0.1
)
"""Waits once an exchange is over: an answer came within it or never comes [D]; it has its own bound."""

_PROBES = 2
"""How often an envelope is tried before it counts as not understood: an answer can be damaged [D]."""

_NOT_THIS_FORM = {
    FailureCode.READER_NO_ANSWER,
    FailureCode.READER_NO_PERMISSION,
    FailureCode.CARD_READ_FAILED,
    FailureCode.CARD_NOT_ID,
}
"""How a reader or its driver refuses what it does not know; whatever else is met ends the asking."""

_NO_ANSWER = b"", 0

_HANDSHAKE_S = 8.0
_FINDS = 2

_log = logging.getLogger(__name__)


class FormCard(ApduCard, TunnelCard, Protocol):
    """A connected card, and the reader it lies on."""


class TakenCard(Protocol):
    """A card that was taken up and waits to be read."""

    @property
    def bytes_exchanged(self) -> int:
        """Bytes of image or frames so far."""

    def read(self) -> RawAnswer:
        """Text and photo."""


class CardForms:
    """The forms of one reader, in the order in which they are tried; the first that answers stays."""

    def __init__(self, reader_name: str, catalogue: Catalogue) -> None:
        self._named = catalogue.for_pcsc(reader_name)
        self._pages = _Pages(_pages_family(self._named, catalogue))
        tunnels = [_Tunnel(each, reader_name) for each in catalogue.drivers if each.envelope is not None]
        tries: list[_Pages | _Tunnel] = [self._pages, *tunnels]
        self._tries = sorted(tries, key=lambda form: form.family.name != self._named.name)
        self._known: _Pages | _Tunnel | None = None

    @property
    def driver(self) -> str:
        """Name of the family whose form answered, else of the one that names the reader."""
        return (self._known.family if self._known is not None else self._named).name

    @property
    def sam_number(self) -> str | None:
        """Number of the module, where the form gives one."""
        return self._known.sam_number if self._known is not None else None

    def take_up(self, card: FormCard) -> TakenCard:
        """The card, taken up; KnownFailure MODULE_… of an unfit module, else as why_no_pages says."""
        if self._known is not None:
            return self._known.take_up(card)
        for form in self._tries:
            if form.answers(card):
                _log.info("PC/SC reader has the form of %s", form.family.name)
                self._known = form
                return form.take_up(card)
        raise why_no_pages(card, *self._pages.last_answer)


class _Pages:
    """Text and photo as one image in pages."""

    sam_number: str | None = None

    def __init__(self, family: Driver) -> None:
        self.family = family
        self.last_answer = (b"", 0)
        self._asked_for: FormCard | None = None

    def answers(self, card: FormCard) -> bool:
        self._asked_for = card
        try:
            self.last_answer = asked_first_page(card)
        except KnownFailure as failure:
            if failure.code not in _NOT_THIS_FORM:
                raise
            self.last_answer = _NO_ANSWER
        return is_first_page(*self.last_answer)

    def take_up(self, card: FormCard) -> TakenCard:
        if self._asked_for is not card and not self.answers(card):
            raise page_failed(self.last_answer[1])
        self._asked_for = None
        return _TakenPages(card, self.last_answer[0])


@dataclass(slots=True)
class _TakenPages:
    card: FormCard
    page_0: bytes
    bytes_exchanged: int = 0

    def read(self) -> RawAnswer:
        image = remaining_pages(self.card, self.page_0)
        self.bytes_exchanged = len(image.image)
        return RawAnswer(image.text_block, image.photo, image.image)


class _Tunnel:
    """SAM frames in one envelope."""

    def __init__(self, family: Driver, reader_name: str) -> None:
        self.family = family
        self.sam_number: str | None = None
        self._greeted = False
        self._port = f"pcsc:{reader_name}"

    def answers(self, card: FormCard) -> bool:
        """True when a true frame comes back in this envelope, whatever it says."""
        return any(_gives_frame(card, self._envelope) for _ in range(_PROBES))

    def take_up(self, card: FormCard) -> TakenCard:
        line = SamLine(TunnelLink(card, self._envelope, on_close=lambda: None))
        if not self._greeted:
            self.sam_number = greet(line, monotonic() + _HANDSHAKE_S)
            self._greeted = True
        session = SamSession(
            line,
            driver=self.family.name,
            port=self._port,
            sam_number=self.sam_number,
            baud=None,
            waits=TUNNEL_WAITS,
        )
        _find(session, card)
        session.select()
        return session

    @property
    def _envelope(self) -> Envelope:
        assert self.family.envelope is not None
        return self.family.envelope


def greet(line: SamLine, deadline: float) -> str | None:
    """Number of the module behind a tunnel; KnownFailure as Handshake.find_module has them."""
    return Handshake(line, TUNNEL_WAITS, deadline).find_module((None,), _no_rate).sam_number


def _find(session: SamSession, card: FormCard) -> None:
    """The card that the service sees, found by the module; one that was read before needs a reset first."""
    for _ in range(_FINDS):
        if session.find():
            return
        session.reset()
    if is_id_card_atr(card.atr):
        raise KnownFailure(FailureCode.CARD_READ_FAILED, "find: the module sees no card")
    raise KnownFailure(FailureCode.CARD_NOT_ID)


def _gives_frame(card: FormCard, envelope: Envelope) -> bool:
    link = TunnelLink(card, envelope, on_close=lambda: None)
    try:
        link.write(build_request(Command.SAM_STATUS))
    except KnownFailure as failure:
        if failure.code not in _NOT_THIS_FORM:
            raise
        return False
    return bool(Receiver().feed(link.read_some()))


def _pages_family(named: Driver, catalogue: Catalogue) -> Driver:
    """The family that names the reader, unless that one has another form of identity."""
    if named.form != TUNNEL:
        return named
    return next((each for each in catalogue.drivers if each.form == PAGES), named)


def _no_rate(_baud: int) -> None:
    """A tunnel has no rate."""
