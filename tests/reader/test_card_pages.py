"""How the answers of a PC/SC card are understood, with scripted cards; the real service has its own file."""

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.card_pages import first_page, is_id_card_atr, remaining_pages
from tests.documents.blocks import SAMPLE_BLOCK

ID_CARD_ATR = bytes.fromhex("3B888001D10386050080800058")
BANK_CARD_ATR = bytes.fromhex("3B6500002063CB6800")
PHOTO = bytes(range(256)) * 4
IMAGE = bytes.fromhex("01000400") + SAMPLE_BLOCK + PHOTO
CHIP_NUMBER = bytes.fromhex("0102030405060708")
REFUSED = (b"", 0x6A81)


class ScriptedCard:
    """Answers page APDUs out of an image; ``odd`` maps an APDU to the answers it gives first."""

    def __init__(self, *, image: bytes = IMAGE, atr: bytes = ID_CARD_ATR, chip_number: bytes = b"") -> None:
        self.atr = atr
        self.odd: dict[str, list[tuple[bytes, int]]] = {}
        self.heard: list[str] = []
        self._image = image
        self._chip_number = chip_number

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        self.heard.append(apdu.hex().upper())
        odd = self.odd.get(apdu.hex().upper())
        if odd:
            return odd.pop(0)
        if apdu == bytes.fromhex("0036000008"):
            return (self._chip_number, 0x9000) if self._chip_number else (b"", 0x6D00)
        page = self._image[apdu[2] * 256 : (apdu[2] + 1) * 256]
        return (page, 0x9000) if page else REFUSED


def _code(card: ScriptedCard, *, module_is_known: bool = False) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        remaining_pages(card, first_page(card, module_is_known=module_is_known))
    return caught.value.code


def test_the_image_is_put_together_out_of_six_pages() -> None:
    card = ScriptedCard()
    image = remaining_pages(card, first_page(card, module_is_known=False))
    assert (image.text_block, image.photo, image.image) == (SAMPLE_BLOCK, PHOTO, IMAGE)
    assert len(image.image) == 1284
    assert card.heard == [f"FFB0{page:02X}0000" for page in range(6)]


def test_a_last_page_that_is_filled_up_is_cut_to_the_lengths_of_the_header() -> None:
    card = ScriptedCard(image=IMAGE + bytes(252))
    assert remaining_pages(card, first_page(card, module_is_known=False)).image == IMAGE


@pytest.mark.parametrize("page", [(IMAGE[:256], 0x6F00), (IMAGE[:2], 0x9000), (b"", 0x9000)])
def test_a_first_page_that_fails_once_is_asked_for_again(page: tuple[bytes, int]) -> None:
    card = ScriptedCard()
    card.odd = {"FFB0000000": [page]}
    assert remaining_pages(card, first_page(card, module_is_known=False)).image == IMAGE


@pytest.mark.parametrize("answer", [(b"", 0x6F00), (bytes(100), 0x9000), (b"", 0x9000)])
def test_a_later_page_that_fails_or_is_cut_fails_the_read(answer: tuple[bytes, int]) -> None:
    card = ScriptedCard()
    card.odd = {"FFB0020000": [answer]}
    assert _code(card) is FailureCode.CARD_READ_FAILED


def test_a_reader_that_gives_the_chip_number_only_has_no_module() -> None:
    assert _code(ScriptedCard(image=b"", chip_number=CHIP_NUMBER)) is FailureCode.MODULE_MISSING


@pytest.mark.parametrize("refusal", [0x6300, 0x6700, 0x6982, 0x6A82, 0x6F00])
def test_a_reader_that_refuses_the_pages_its_own_way_has_no_module(refusal: int) -> None:
    card = ScriptedCard(chip_number=CHIP_NUMBER)
    card.odd = {"FFB0000000": [(b"", refusal)] * 9}
    assert _code(card) is FailureCode.MODULE_MISSING


def test_a_reader_that_gives_an_id_card_not_even_its_chip_number_has_no_module() -> None:
    assert _code(ScriptedCard(image=b"")) is FailureCode.MODULE_MISSING


def test_a_card_that_is_no_id_card_is_told_apart() -> None:
    assert _code(ScriptedCard(image=b"", atr=BANK_CARD_ATR)) is FailureCode.CARD_NOT_ID


def test_another_storage_card_that_answers_page_reads_is_no_id_card() -> None:
    card = ScriptedCard(image=bytes.fromhex("04A2B3C4") * 16, atr=BANK_CARD_ATR)
    assert _code(card) is FailureCode.CARD_NOT_ID


@pytest.mark.parametrize("status", [0x6400, 0x6F32])
@pytest.mark.parametrize("chip_number", [b"", CHIP_NUMBER])
def test_a_first_page_that_fails_for_another_reason_is_a_failed_read(chip_number: bytes, status: int) -> None:
    card = ScriptedCard(chip_number=chip_number)
    card.odd = {"FFB0000000": [(b"", status)] * 9}
    assert _code(card) is FailureCode.CARD_READ_FAILED


def test_a_reader_that_gave_pages_before_is_not_said_to_have_no_module() -> None:
    card = ScriptedCard(image=b"", chip_number=CHIP_NUMBER)
    assert _code(card, module_is_known=True) is FailureCode.CARD_READ_FAILED


@pytest.mark.parametrize("header", ["FFFFFFFF", "0100FFFF", "00000000", "02000400"])
def test_lengths_that_cannot_be_are_a_failed_read(header: str) -> None:
    card = ScriptedCard(image=bytes.fromhex(header) + IMAGE[4:])
    assert _code(card) is FailureCode.CARD_READ_FAILED


@pytest.mark.parametrize(
    "atr",
    [
        "3B888001D10386050080800058",
        "3B888001D103860C0080800051",
        "3B888001D1038607008080005A",
        "3B8F8001804F0CA00000030607FFB000000000FF",
    ],
)
def test_the_answers_to_reset_of_id_cards_are_known(atr: str) -> None:
    assert is_id_card_atr(bytes.fromhex(atr))


@pytest.mark.parametrize("atr", ["", "3B6500002063CB6800", "3B8F8001804F0CA000000306030001000000006A"])
def test_other_answers_to_reset_are_not(atr: str) -> None:
    assert not is_id_card_atr(bytes.fromhex(atr))
