"""What a technician asks of a SAM_V module beyond reading cards. No registration asks any of it.

Request bytes and lengths of answers are those of the SAM_V host protocol; two
or more independent public sources agree unless a mark says otherwise.
"""

import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from outlet_app.documents.text_block import parse_address
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import OVERHEAD, SHORTEST_REPLY, Command, Reply, Status
from outlet_app.reader.pcsc_session import PcscSession
from outlet_app.reader.ports import SERIAL, Port, parse_port
from outlet_app.reader.sam_questions import READ, STATUS, Question, failure_of, split_sections
from outlet_app.reader.sam_session import SamSession
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.waits import SELECT_TRIES

ADDRESS_LENGTH = 70
"""Bytes of one latest address, UTF-16LE padded with blanks [2+]."""

MOST_ADDRESSES = 4

SET_BAUD = {
    115200: Command.SET_BAUD_115200,
    57600: Command.SET_BAUD_57600,
    38400: Command.SET_BAUD_38400,
    19200: Command.SET_BAUD_19200,
    9600: Command.SET_BAUD_9600,
}
"""Command that sets each rate in bit/s."""

_MANAGEMENT_NUMBER = struct.Struct("4s8s16s")
_SECTION_WORDS = struct.Struct(">HHH")
_NOT_OFFERED: set[int] = {Status.COMMAND_WRONG, Status.REQUEST_LENGTH_WRONG, Status.NOT_PERMITTED}


@dataclass(frozen=True, slots=True)
class ManagementNumber:
    """Number of a card's body: issuer (IIN), serial number (SN) and DN. It tells cards apart for good."""

    issuer: bytes
    serial: bytes
    dn: bytes


@dataclass(frozen=True, slots=True)
class SectionLengths:
    """Bytes of each section that a read answered; the sections themselves are never kept.

    ``fingerprint`` is 0 for a card without one and None where the module does
    not know the command that reads it.
    """

    text: int
    photo: int
    fingerprint: int | None


def module_of(
    session: ReaderSession, *, with_card: bool, timeout_s: float, stop: threading.Event
) -> SamSession:
    """The module that is asked in frames, with a card taken up where the question is about one.

    Behind a PC/SC reader a card must lie there whatever is asked: without one
    there is nothing to send an APDU to. KnownFailure MODULE_LACKS_COMMAND when
    the reader is not asked in frames, NO_CARD and INTERRUPTED as take_up_card.
    """
    if isinstance(session, SamSession):
        if with_card:
            take_up_card(session, timeout_s=timeout_s, stop=stop)
        return session
    if isinstance(session, PcscSession):
        take_up_card(session, timeout_s=timeout_s, stop=stop)
        if session.module is not None:
            return session.module
    raise _not_offered("a reader that is not asked in frames")


def take_up_card(session: ReaderSession, *, timeout_s: float, stop: threading.Event) -> None:
    """Find and select the next card laid on the reader.

    KnownFailure NO_CARD when none comes in time, INTERRUPTED when ``stop`` was set, else as the session.
    """
    deadline = monotonic() + timeout_s
    while not session.find():
        remaining_s = deadline - monotonic()
        if remaining_s <= 0:
            raise KnownFailure(FailureCode.NO_CARD)
        session.wait(remaining_s, stop)
        if stop.is_set():
            raise KnownFailure(FailureCode.INTERRUPTED)
    for _ in range(1, SELECT_TRIES):
        try:
            session.select()
        except KnownFailure as failure:
            if failure.code not in {FailureCode.CARD_READ_FAILED, FailureCode.READER_NO_ANSWER}:
                raise
        else:
            return
    session.select()


def self_test(session: SamSession) -> None:
    """Ask for the module's state; MODULE_SELF_TEST_FAILED or MODULE_NOT_AUTHORISED when it cannot work."""
    _asked(session, STATUS, session.waits.status_s)


def management_number(session: SamSession) -> ManagementNumber | None:
    """Number of the card that was taken up, None when it has none."""
    reply = _item(session, _MANAGEMENT)
    return ManagementNumber(*_MANAGEMENT_NUMBER.unpack(reply.data)) if reply else None


def latest_addresses(session: SamSession) -> tuple[str, ...]:
    """Addresses written on the card after it was issued, 0 to 4, as written; blank ones left out."""
    reply = _item(session, _ADDRESSES)
    data = reply.data if reply else b""
    starts = range(0, len(data), ADDRESS_LENGTH)
    written = (parse_address(data[at : at + ADDRESS_LENGTH]) for at in starts)
    return tuple(address for address in written if address)


def section_lengths(session: SamSession) -> SectionLengths:
    """Lengths of what the card that was taken up holds, its fingerprint among them.

    The bytes go no further than this function. A module that does not know
    the command (type 0501, one source) is asked for text and photo alone.
    """
    reply = session.ask(_FINGERPRINT, session.waits.read_s)
    if reply.status == Status.DONE:
        lengths = _three_sections(reply.data)
        if lengths is not None:
            return SectionLengths(*lengths)
        return _of_two_sections(reply, fingerprint=0)
    if reply.status != Status.COMMAND_WRONG:
        raise _failure(_FINGERPRINT, reply)
    answer = _asked(session, READ, session.waits.read_s)
    return _of_two_sections(answer, fingerprint=None)


def set_largest_rf_block(session: SamSession, byte_count: int) -> None:
    """Set the largest block between module and card, SMALLEST_RF_BLOCK to LARGEST_RF_BLOCK bytes."""
    _asked(session, replace(_RF_BLOCK, data=bytes([byte_count])), session.waits.status_s)


def change_baud(session: SamSession, rate: int, catalogue: Catalogue) -> ReaderSession:
    """Set the rate of the module, close ``session`` and open the same port at the new rate.

    The answer comes at the old rate and the new one outlives a restart of the
    module [1]. An answer that is lost says nothing: the new rate tells.
    MODULE_LACKS_COMMAND through a gateway, whose own rate would have to change too, and through PC/SC.
    """
    if session.baud is None:
        raise _not_offered("no line here whose rate could be set")
    try:
        _asked(session, replace(_SET_BAUD, command=SET_BAUD[rate]), session.waits.status_s)
    except KnownFailure as failure:
        if failure.code is not FailureCode.READER_NO_ANSWER:
            raise
    session.close()
    return open_reader(Port(SERIAL, parse_port(session.port).address, rate), catalogue)


def _of_two_sections(reply: Reply, *, fingerprint: int | None) -> SectionLengths:
    text_block, photo = split_sections(reply)
    return SectionLengths(len(text_block), len(photo), fingerprint)


def _asked(session: SamSession, question: Question, wait_s: float) -> Reply:
    """Answer to the question; KnownFailure for what any other status means."""
    reply = session.ask(question, wait_s)
    if reply.status == Status.DONE:
        return reply
    raise _failure(question, reply)


def _failure(question: Question, reply: Reply) -> KnownFailure:
    if reply.status in _NOT_OFFERED:
        return _not_offered(f"{question.name}: status {reply.status:02x}")
    return failure_of(question, reply)


def _item(session: SamSession, question: Question) -> Reply | None:
    """Answer with an item of the card, None when the card has no such item (status 91)."""
    reply = session.ask(question, session.waits.read_s)
    if reply.status == Status.NO_SUCH_ITEM:
        return None
    if reply.status == Status.DONE:
        return reply
    raise _failure(question, reply)


def _not_offered(detail: str) -> KnownFailure:
    return KnownFailure(FailureCode.MODULE_LACKS_COMMAND, detail)


def _done_with(lengths: Sequence[int]) -> Callable[[Reply], bool]:
    return lambda reply: reply.status == Status.DONE and len(reply.data) in lengths


def _answer_bytes(data_bytes: int) -> int:
    return OVERHEAD + SHORTEST_REPLY + data_bytes


def _has_lengths(reply: Reply) -> bool:
    return READ.good(reply) or (reply.status == Status.DONE and _three_sections(reply.data) is not None)


def _three_sections(data: bytes) -> tuple[int, int, int] | None:
    """Lengths of text, photo and fingerprint; None when they do not fill the data exactly."""
    if len(data) < _SECTION_WORDS.size:
        return None
    text, photo, fingerprint = _SECTION_WORDS.unpack_from(data)
    if _SECTION_WORDS.size + text + photo + fingerprint != len(data):
        return None
    return text, photo, fingerprint


_MANAGEMENT = Question(
    "management number",
    Command.READ_MANAGEMENT_NUMBER,
    _done_with([_MANAGEMENT_NUMBER.size]),
    _answer_bytes(_MANAGEMENT_NUMBER.size),
)
_ADDRESSES = Question(
    "latest addresses",
    Command.READ_LATEST_ADDRESS,
    _done_with(range(ADDRESS_LENGTH, ADDRESS_LENGTH * MOST_ADDRESSES + 1, ADDRESS_LENGTH)),
    _answer_bytes(ADDRESS_LENGTH * MOST_ADDRESSES),
    plain_done_may_do=True,
)
_FINGERPRINT = Question(
    "fingerprint",
    Command.READ_WITH_FINGERPRINT,
    _has_lengths,
    _answer_bytes(_SECTION_WORDS.size + 256 + 1024 + 1024),
)
_SET_BAUD = Question("set baud", Command.SET_BAUD_115200, _done_with([0]), _answer_bytes(0))
_RF_BLOCK = Question("largest RF block", Command.SET_LARGEST_RF_BLOCK, _done_with([0]), _answer_bytes(0))
