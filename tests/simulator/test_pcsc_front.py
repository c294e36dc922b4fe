"""The simulated card in a real PC/SC service."""

import time
from collections.abc import Iterator

import pytest
from smartcard import scard

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.chip_card import ATR
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.pcscd_fixture import READER, PcscService
from tests.simulator.conftest import Simulate

CHANGE_WITHIN_S = 5.0


class Host:
    """A program that knows nothing but PC/SC."""

    def __init__(self) -> None:
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        assert result == scard.SCARD_S_SUCCESS

    def await_presence(self, wanted: bool) -> int:
        """How often cards came and went, once a card is present or not."""
        deadline = time.monotonic() + CHANGE_WITHIN_S
        state = scard.SCARD_STATE_UNAWARE
        while time.monotonic() < deadline:
            result, states = scard.SCardGetStatusChange(self._context, 200, [(READER, state)])
            if result == scard.SCARD_S_SUCCESS:
                state = states[0][1] & ~scard.SCARD_STATE_CHANGED
                if bool(state & scard.SCARD_STATE_PRESENT) is wanted:
                    return int(state) >> 16
        raise AssertionError(f"presence did not become {wanted}")

    def connect(self) -> None:
        result, self._card, _ = scard.SCardConnect(
            self._context, READER, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        assert result == scard.SCARD_S_SUCCESS

    def atr(self) -> bytes:
        return bytes(scard.SCardStatus(self._card)[4])

    def ask(self, apdu: str) -> bytes:
        result, answer = scard.SCardTransmit(self._card, scard.SCARD_PCI_T1, list(bytes.fromhex(apdu)))
        assert result == scard.SCARD_S_SUCCESS
        return bytes(answer)

    def release(self) -> None:
        scard.SCardReleaseContext(self._context)


@pytest.fixture
def host(pcscd: PcscService) -> Iterator[Host]:
    host = Host()
    yield host
    host.release()


def test_pages_make_one_image_of_header_text_and_photo(host: Host, simulate: Simulate) -> None:
    simulate(vpcd=True, card="sample")
    host.await_presence(True)
    host.connect()
    pages = [host.ask(f"FFB0{number:02X}0000") for number in range(6)]
    lying = card("sample")
    assert [len(page) for page in pages] == [258] * 5 + [6]
    assert {page[-2:] for page in pages} == {b"\x90\x00"}
    image = b"".join(page[:-2] for page in pages)
    assert image == bytes.fromhex("01000400") + lying.text_block + lying.photo
    assert host.ask("FFB0060000") == b"\x6b\x00"
    assert host.atr() == ATR


def test_a_plain_reader_gives_the_chip_number_and_refuses_pages(host: Host, simulate: Simulate) -> None:
    simulate(vpcd=True, card="sample", form="plain")
    host.await_presence(True)
    host.connect()
    assert host.ask("0036000008") == card("sample").chip_number + b"\x90\x00"
    assert host.ask("FFCA000000") == bytes(4) + b"\x90\x00"
    assert host.ask("FFB0000000") == b"\x6d\x00"


def test_an_exchange_takes_no_delayed_acknowledgement(host: Host, simulate: Simulate) -> None:
    simulate(vpcd=True, card="sample")
    host.await_presence(True)
    host.connect()
    host.ask("FFB0000000")
    started = time.perf_counter()
    for _ in range(20):
        host.ask("FFB0000000")
    assert (time.perf_counter() - started) / 20 < 0.03


def test_the_service_sees_cards_come_go_and_change(host: Host, simulate: Simulate) -> None:
    reader = simulate(vpcd=True)
    host.await_presence(False)
    reader.lay("sample")
    first = host.await_presence(True)
    reader.lay("person-1")
    assert host.await_presence(True) > first
    host.connect()
    assert host.ask("0036000008") == card("person-1").chip_number + b"\x90\x00"
    reader.lift()
    host.await_presence(False)


def test_faults_refuse_pages_cut_them_and_take_the_card_away(host: Host, simulate: Simulate) -> None:
    reader = simulate(vpcd=True, card="sample", faults=("read-failed:1",))
    host.await_presence(True)
    host.connect()
    assert host.ask("FFB0000000") == b"\x6f\x41"
    assert len(host.ask("FFB0000000")) == 258
    reader.fault("half@read:1")
    assert [len(host.ask(f"FFB0{number:02X}0000")) for number in range(3)] == [258, 258, 130]
    reader.fault("removed:1")
    assert [host.ask(f"FFB0{number:02X}0000")[-2:].hex() for number in range(3)] == ["9000", "9000", "6f00"]
    host.await_presence(False)


def test_faults_of_a_line_have_no_meaning_here(pcscd: PcscService) -> None:
    with pytest.raises(KnownFailure) as caught:
        Simulator(SimulatorOptions(vpcd=True, faults=("wrong-checksum",)))
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


@pytest.mark.parametrize("name", ["sample", None])
def test_without_a_virtual_reader_the_simulator_says_so(pcscd: PcscService, name: str | None) -> None:
    pcscd.stop()
    try:
        with pytest.raises(KnownFailure) as caught:
            Simulator(SimulatorOptions(vpcd=True, card=name))
    finally:
        pcscd.start()
    assert caught.value.code is FailureCode.PCSC_SERVICE_MISSING
