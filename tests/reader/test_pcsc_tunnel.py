"""SAM frames through PC/SC: the real service and a card program that shares no code with the driver."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.steps import Rung
from outlet_app.reader.transports.pcsc import PcscContext
from tests.pcscd_fixture import READER, PcscService
from tests.reader.reads import Steps, read_at
from tests.reader.tunnel_card import BANK_ATR, NUMBER_TEXT, TunnelCard, sample_text

PORT = f"pcsc:{READER}"
SHIPPED = load_catalogue()


@pytest.fixture(autouse=True)
def _slot_is_left_empty(pcscd: PcscService) -> Iterator[None]:
    yield
    context = PcscContext()
    deadline = time.monotonic() + 10
    while (state := context.state(READER)).card_is_present:
        assert time.monotonic() < deadline
        context.wait_for_change(READER, state, 1.0)
    context.release()


def _site(folder: Path, name: str, envelope: str, *, match: str = "") -> Catalogue:
    """The shipped families and one of this site: a reader model is one file."""
    (folder / name).mkdir()
    (folder / name / "driver.toml").write_text(
        'title = "A maker\'s reader"\ntransport = "pcsc"\nform = "tunnel"\n'
        f'source = "its maker"\nconfidence = "one-source"\n{match}\n[envelope]\n{envelope}\n'
    )
    return load_catalogue([driver_folder(), folder])


def _code(catalogue: Catalogue = SHIPPED) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        read_at(PORT, catalogue)
    return caught.value.code


def test_the_shipped_envelope_is_found_by_asking() -> None:
    with TunnelCard() as card:
        read = read_at(PORT, SHIPPED)
    assert read.document.number == "11010519491231002X"
    assert read.text_block == sample_text()
    assert read.provenance.driver == "pcsc-tunnel"
    assert read.provenance.sam_number == NUMBER_TEXT
    assert read.provenance.port == PORT
    assert (read.timing.wire_ms, read.timing.byte_count) == (None, 1295)
    assert card.apdus[0].startswith("FFB000")


@pytest.mark.parametrize("expects_length", [True, False])
@pytest.mark.parametrize("status_word", [True, False])
@pytest.mark.parametrize("extended", [True, False])
@pytest.mark.parametrize("header", ["FF010203", "80CA9F7F"])
def test_each_envelope_of_a_site_is_spoken(  # each combination once
    tmp_path: Path, header: str, extended: bool, status_word: bool, expects_length: bool
) -> None:
    length = "extended" if extended else "short"
    catalogue = _site(
        tmp_path,
        "maker",
        f'way = "apdu"\nheader = "{header}"\nlength = "{length}"\n'
        f"status_word = {str(status_word).lower()}\nexpects_length = {str(expects_length).lower()}",
    )
    with TunnelCard(header, extended, expects_length, status_word):
        read = read_at(PORT, catalogue)
    assert (read.provenance.driver, read.provenance.sam_number) == ("maker", NUMBER_TEXT)
    assert read.text_block == sample_text()


def test_an_answer_in_parts_is_put_together() -> None:
    with TunnelCard(in_parts=True) as card:
        assert read_at(PORT, SHIPPED).text_block == sample_text()
    assert sum(apdu.startswith("00C00000") for apdu in card.apdus) == 6


def test_a_family_that_names_the_reader_is_asked_before_the_pages(tmp_path: Path) -> None:
    catalogue = _site(
        tmp_path, "maker", 'way = "apdu"\nheader = "80FE0100"', match='[match]\npcsc_names = ["Virtual PCD"]'
    )
    with TunnelCard("80FE0100") as card:
        assert read_at(PORT, catalogue).provenance.driver == "maker"
    assert card.apdus[0].startswith("80FE0100")
    assert not any(apdu.startswith("FFB0") for apdu in card.apdus)


def test_a_name_only_orders_the_tries(tmp_path: Path) -> None:
    catalogue = _site(
        tmp_path, "maker", 'way = "apdu"\nheader = "80FE0100"', match='[match]\npcsc_names = ["Virtual PCD"]'
    )
    with TunnelCard():
        assert read_at(PORT, catalogue).provenance.driver == "pcsc-tunnel"


def test_a_reader_that_knows_no_envelope_has_no_module() -> None:
    with TunnelCard("80000000"):
        assert _code() is FailureCode.MODULE_MISSING


def test_another_card_in_a_tunnelling_reader_is_no_id_card() -> None:
    with TunnelCard(atr=BANK_ATR) as card:
        card.module.odd["2001"] = ["AAAAAA9669000400008084"] * 99
        assert _code() is FailureCode.CARD_NOT_ID


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("AAAAAA9669000400006064", FailureCode.MODULE_SELF_TEST_FAILED),
        ("AAAAAA9669000400006662", FailureCode.MODULE_NOT_AUTHORISED),
    ],
)
def test_an_unfit_module_is_told_apart_from_none(status: str, code: FailureCode) -> None:
    with TunnelCard() as card:
        card.module.odd["11FF"] = [status] * 9
        assert _code() is code


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("3001", "AAAAAA9669000400004145"),
        ("3001", "AAAAAA96690508000090"),
        ("2002", "AAAAAA9669000400008185"),
        ("2001", "AAAAAA9669000400008084"),
        ("11FF", "AAAAAA966900"),
        ("12FF", ""),
    ],
)
def test_a_fault_that_happens_once_is_survived_in_a_tunnel(command: str, answer: str) -> None:
    with TunnelCard() as card:
        card.module.odd[command] = [answer]
        assert read_at(PORT, SHIPPED).text_block == sample_text()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("AAAAAA9669000400004145", FailureCode.CARD_READ_FAILED),
        ("AAAAAA9669000400003236", FailureCode.CARD_REFUSED),
        ("AAAAAA96690508000090", FailureCode.CARD_READ_FAILED),
    ],
)
def test_a_fault_that_stays_ends_in_its_code_and_the_next_card_reads(answer: str, code: FailureCode) -> None:
    session = open_reader(parse_port(PORT), SHIPPED)
    steps = Steps()
    with TunnelCard() as card:
        card.module.odd["3001"] = [answer] * 9
        with pytest.raises(KnownFailure) as caught:
            wait_for_card(session, timeout_s=10, on_step=steps, stop=threading.Event())
        assert caught.value.code is code
        assert Rung.RESET_SAM in steps.rungs
        card.module.odd.clear()
        read = wait_for_card(session, timeout_s=10, on_step=steps, stop=threading.Event())
    assert read.text_block == sample_text()
    session.close()


def test_two_cards_after_each_other_never_mix() -> None:
    session = open_reader(parse_port(PORT), SHIPPED)
    for name in ("样例一", "样例二"):
        with TunnelCard() as card:
            card.module.text = sample_text(name)
            read = wait_for_card(session, timeout_s=10, on_step=Steps(), stop=threading.Event())
            assert read.document.name == name
            assert not session.find()
        while session.find():
            session.wait(1.0, threading.Event())
    session.close()
