"""Escape codes at the border of the PC/SC library.

The virtual reader's driver knows no control codes, so the library's functions
are played here by ``FakeScard``; docs/hardware.md lists what a real reader has
to show. Everything above the library's functions is the product's own.
"""

import threading
from pathlib import Path
from typing import Any

import pytest
from smartcard import scard

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.transports import pcsc
from tests.reader.reads import Steps, read_at
from tests.reader.tunnel_card import ATR, NUMBER_TEXT, Module, sample_text

READER = "Maker ID Reader 0"
ESCAPE = 0x42000DAC
USUAL = int(scard.SCARD_CTL_CODE(1))
_NOT_TRANSACTED = 0x80100016
_PRESENT, _EMPTY = 0x00010020, 0x00010010


class FakeScard:
    """The functions of scard that the product calls, for one reader with a module behind ``code``."""

    def __init__(
        self, *, code: int, prefix: str = "", status_word: bool = False, listed: bool = True
    ) -> None:
        self.module = Module()
        self.card_is_seen = False
        self.directly_allowed = True
        self.passes_apdus = True
        self.heard: list[tuple[int, bytes]] = []
        self.connected = 0
        self._code = code
        self._prefix = bytes.fromhex(prefix)
        self._status_word = status_word
        self._listed = listed

    def __getattr__(self, name: str) -> Any:
        """Constants are the library's own."""
        return getattr(scard, name)

    def SCardEstablishContext(self, _scope: int) -> tuple[int, int]:  # noqa: N802 - the library's name
        return 0, 1

    def SCardReleaseContext(self, _context: int) -> int:  # noqa: N802 - the library's name
        return 0

    def SCardListReaders(self, _context: int, _groups: list[str]) -> tuple[int, list[str]]:  # noqa: N802 - as above
        return 0, [READER]

    def SCardGetStatusChange(  # noqa: N802 - the library's name
        self, _context: int, _wait: int, _known: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        return 0, [(READER, _PRESENT if self.card_is_seen else _EMPTY, list(ATR))]

    def SCardConnect(self, _context: int, _reader: str, mode: int, _protocols: int) -> tuple[int, int, int]:  # noqa: N802 - as above
        if mode == scard.SCARD_SHARE_DIRECT and not self.directly_allowed:
            return scard.SCARD_E_SHARING_VIOLATION, 0, 0
        self.connected += 1
        return 0, 7, scard.SCARD_PROTOCOL_T1

    def SCardStatus(self, _card: int) -> tuple[int, str, int, int, list[int]]:  # noqa: N802 - the library's name
        return 0, READER, _PRESENT, scard.SCARD_PROTOCOL_T1, list(ATR)

    def SCardDisconnect(self, _card: int, _disposition: int) -> int:  # noqa: N802 - the library's name
        self.connected -= 1
        return 0

    def SCardTransmit(self, _card: int, _header: int, _apdu: list[int]) -> tuple[int, list[int]]:  # noqa: N802 - as above
        return (0, [0x6D, 0x00]) if self.passes_apdus else (_NOT_TRANSACTED, [])

    def SCardControl(self, _card: int, code: int, data: list[int]) -> tuple[int, list[int]]:  # noqa: N802 - as above
        sent = bytes(data)
        self.heard.append((code, sent))
        if code == scard.SCARD_CTL_CODE(3400) and self._listed:
            return 0, [0x06, 4, 0x42, 0, 0, 2, 0x13, 4, *ESCAPE.to_bytes(4, "big")]
        if code != self._code or not sent.startswith(self._prefix):
            return _NOT_TRANSACTED, []
        answer = self.module.answer(sent[len(self._prefix) :])
        return 0, list(answer + (b"\x90\x00" if self._status_word else b""))


def _catalogue(folder: Path, envelope: str, *, named: bool = True) -> Catalogue:
    (folder / "maker").mkdir()
    (folder / "maker" / "driver.toml").write_text(
        'title = "A maker\'s reader"\ntransport = "pcsc"\nform = "tunnel"\n'
        'source = "its maker"\nconfidence = "one-source"\n'
        f'[match]\npcsc_names = ["{"Maker ID" if named else "Other"}"]\n'
        f'[envelope]\nway = "control"\n{envelope}\n'
    )
    return load_catalogue([driver_folder(), folder])


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Any:
    def with_library(fake: FakeScard) -> FakeScard:
        monkeypatch.setattr(pcsc, "_scard", lambda: fake)
        return fake

    return with_library


@pytest.mark.parametrize(
    ("envelope", "fake"),
    [
        ("status_word = false", FakeScard(code=ESCAPE)),
        ('status_word = false\ncode = "escape"', FakeScard(code=USUAL, listed=False)),
        ("code = 0x42000811", FakeScard(code=0x42000811, status_word=True)),
        ('status_word = false\nheader = "E001"', FakeScard(code=ESCAPE, prefix="E001")),
    ],
)
def test_a_module_behind_a_control_code_is_asked_directly(
    tmp_path: Path, play: Any, envelope: str, fake: FakeScard
) -> None:
    play(fake)
    read = read_at(f"pcsc:{READER}", _catalogue(tmp_path, envelope))
    assert read.text_block == sample_text()
    assert (read.provenance.driver, read.provenance.sam_number) == ("maker", NUMBER_TEXT)
    assert fake.connected == 0


def test_a_reader_whose_name_is_not_known_is_found_by_asking_when_a_card_lies_there(
    tmp_path: Path, play: Any
) -> None:
    fake = play(FakeScard(code=ESCAPE))
    session = open_reader(
        parse_port(f"pcsc:{READER}"), _catalogue(tmp_path, "status_word = false", named=False)
    )
    assert fake.heard == []
    fake.card_is_seen = True
    read = wait_for_card(session, timeout_s=5, on_step=Steps(), stop=threading.Event())
    session.close()
    assert (read.text_block, read.provenance.driver) == (sample_text(), "maker")
    assert fake.connected == 0


def test_a_reader_that_is_not_reached_directly_is_asked_with_its_card(tmp_path: Path, play: Any) -> None:
    fake = play(FakeScard(code=ESCAPE))
    fake.directly_allowed = False
    fake.card_is_seen = True
    assert read_at(f"pcsc:{READER}", _catalogue(tmp_path, "status_word = false")).document.name == "样例"


def test_a_reader_whose_driver_passes_no_apdu_is_asked_by_its_control_code(tmp_path: Path, play: Any) -> None:
    fake = play(FakeScard(code=ESCAPE))
    fake.passes_apdus = False
    fake.card_is_seen = True
    catalogue = _catalogue(tmp_path, "status_word = false", named=False)
    assert read_at(f"pcsc:{READER}", catalogue).provenance.driver == "maker"


def test_a_module_that_is_not_authorised_says_so_directly(tmp_path: Path, play: Any) -> None:
    fake = play(FakeScard(code=ESCAPE))
    fake.module.odd["11FF"] = ["AAAAAA9669000400006662"] * 9
    with pytest.raises(KnownFailure) as caught:
        open_reader(parse_port(f"pcsc:{READER}"), _catalogue(tmp_path, "status_word = false"))
    assert caught.value.code is FailureCode.MODULE_NOT_AUTHORISED
    assert fake.connected == 0
