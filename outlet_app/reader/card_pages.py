"""How PC/SC readers give an ID card: the pages form, the chip number, and what the ATR tells.

A reader with a SAM_V inside may show text and photo as one image in pages; a
plain reader gets no further than the eight-byte chip number [2+]. All
constants of this form are here, marked as in waits.py.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from outlet_app.domain.failures import FailureCode, KnownFailure

READ_PAGE = bytes.fromhex("FFB0")
"""First bytes of ``FF B0 pp 00 00``, page pp counted from zero [1]."""

PAGE_LENGTH = 256
"""Bytes of each page but the last [1]."""

CHIP_NUMBER_APDU = bytes.fromhex("0036000008")
"""Asks a plain reader for the chip number [2+]."""

CHIP_NUMBER_LENGTH = 8
TEXT_LENGTH = 256
"""Bytes of text that the header must announce: other storage cards answer the same APDU [1]."""

HEADER_LENGTH = 4
"""Lengths of text and photo as two big-endian words at the start of the image, ``0100 0400`` [1]."""

LONGEST_IMAGE = 4096
PAGE_TRIES = 2
"""How often the first page is asked for before the reader counts as having no module [D]."""

_DONE = 0x9000
_NOT_SUPPORTED = {0x6300, 0x6881, 0x6981, 0x6A81, 0x6B00, 0x6D00, 0x6E00}
"""How readers without a module refuse the pages: ISO 7816-4, and 6300 as storage-card readers say no [D]."""

_REFUSED = {*range(0x6700, 0x6F01)}
"""Checking errors of ISO 7816-4: the command was not begun. Enough where the chip number does come [D]."""

_ID_CARD_ATRS = (
    # type B: the application data of the card's ATQB within the historical bytes [1]
    re.compile(rb"\x3B\x88\x80\x01\xD1\x03\x86[\x05\x0C\x07]\x00\x80\x80\x00.", re.DOTALL),
    # storage card: RID A000000306, standard 07, name FFB0 [1]
    re.compile(rb".*\xA0\x00\x00\x03\x06\x07\xFF\xB0", re.DOTALL),
)


class ApduCard(Protocol):
    """A connected card."""

    @property
    def atr(self) -> bytes:
        """Answer to reset."""

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Data and status word of the answer."""


@dataclass(frozen=True, slots=True)
class CardImage:
    """Text, photo and the exact bytes they came in (header included)."""

    text_block: bytes
    photo: bytes
    image: bytes


def is_id_card_atr(atr: bytes) -> bool:
    """True for the answers to reset that ID cards were seen to give."""
    return any(pattern.match(atr) for pattern in _ID_CARD_ATRS)


def asked_first_page(card: ApduCard) -> tuple[bytes, int]:
    """Last answer to the first page, asked for again while it is none: data and status word."""
    page, status = b"", 0
    for _ in range(PAGE_TRIES):
        page, status = card.transmit(_page_apdu(0))
        if is_first_page(page, status):
            break
    return page, status


def is_first_page(page: bytes, status: int) -> bool:
    """True for the answer of a reader that gives pages."""
    return status == _DONE and _image_length(page) is not None


def why_no_pages(card: ApduCard, page: bytes, status: int) -> KnownFailure:
    """What a reader is that gave this for the first page, by whether it gives the chip number.

    MODULE_MISSING when it gives an ID card's chip number only, CARD_NOT_ID
    when this is no ID card, CARD_READ_FAILED when this try failed.
    """
    if len(page) == PAGE_LENGTH and is_id_card_atr(card.atr):
        return page_failed(status)
    number, number_status = card.transmit(CHIP_NUMBER_APDU)
    gives_chip_number = number_status == _DONE and len(number) >= CHIP_NUMBER_LENGTH
    if not (gives_chip_number or is_id_card_atr(card.atr)):
        return KnownFailure(FailureCode.CARD_NOT_ID)
    if status in _NOT_SUPPORTED or (gives_chip_number and status in _REFUSED):
        return KnownFailure(FailureCode.MODULE_MISSING, f"pages refused: status {status:04x}")
    return page_failed(status)


def page_failed(status: int) -> KnownFailure:
    """The reader gives pages, and this try for the first one failed."""
    return _failed(f"page 0: status {status:04x}")


def first_page(card: ApduCard, *, module_is_known: bool) -> bytes:
    """Page 0 of a card in a reader that is asked for nothing but pages; failures as why_no_pages has them.

    ``module_is_known`` says that the reader gave pages before.
    """
    page, status = asked_first_page(card)
    if is_first_page(page, status):
        return page
    raise page_failed(status) if module_is_known else why_no_pages(card, page, status)


def remaining_pages(card: ApduCard, page_0: bytes) -> CardImage:
    """Whole image; the text runs on into page 1. CARD_READ_FAILED when a page is missing or cut."""
    wanted = _image_length(page_0)
    if wanted is None:
        raise _failed("page 0: lengths that cannot be")
    image = bytearray(page_0)
    number = 0
    while len(image) < wanted:
        if len(image) % PAGE_LENGTH:
            raise _failed(f"page {number}: cut short")
        number += 1
        page, status = card.transmit(_page_apdu(number))
        if status != _DONE or not page:
            raise _failed(f"page {number}: status {status:04x}")
        image += page
    exact = bytes(image[:wanted])
    photo_at = HEADER_LENGTH + int.from_bytes(exact[:2], "big")
    return CardImage(exact[HEADER_LENGTH:photo_at], exact[photo_at:], exact)


def _page_apdu(number: int) -> bytes:
    return READ_PAGE + bytes([number, 0, 0])


def _image_length(page_0: bytes) -> int | None:
    """Bytes of the whole image by its header; None when that cannot be."""
    if len(page_0) < HEADER_LENGTH:
        return None
    text, photo = int.from_bytes(page_0[:2], "big"), int.from_bytes(page_0[2:4], "big")
    total = HEADER_LENGTH + text + photo
    return total if text == TEXT_LENGTH and total <= LONGEST_IMAGE else None


def _failed(detail: str) -> KnownFailure:
    return KnownFailure(FailureCode.CARD_READ_FAILED, detail)
