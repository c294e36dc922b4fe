"""What a first session with a real reader must show; docs/hardware.md says why. Prints no identity data."""

import threading
import time

import pytest

from outlet_app.domain.cards import CardRead
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.steps import Step
from outlet_app.reader.waits import FIND_READER_S

pytestmark = [pytest.mark.hardware, pytest.mark.timeout(300)]


def _tell(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - a person follows what is printed


def _quietly(_step: Step) -> None:
    """The steps are of no interest here."""


def _next_card(session: ReaderSession) -> CardRead:
    return wait_for_card(session, timeout_s=60, on_step=_quietly, stop=threading.Event())


def test_the_module_is_found_in_its_time_and_keeps_its_number(port: str) -> None:
    numbers = set()
    for _ in range(5):
        started = time.monotonic()
        session = open_reader(parse_port(port), load_catalogue())
        took_s = time.monotonic() - started
        _tell(f"\nfound in {took_s:.2f} s, rate {session.baud}, module number {session.sam_number}")
        assert took_s < FIND_READER_S
        numbers.add(session.sam_number)
        session.close()
    assert len(numbers) == 1


def test_the_same_card_laid_down_twice_gives_the_same_bytes(port: str) -> None:
    session = open_reader(parse_port(port), load_catalogue())
    try:
        _tell("\nlay a card on the reader")
        first = _next_card(session)
        _tell(f"{first.timing.byte_count} bytes in {first.timing.found_to_document_ms:.0f} ms")
        _tell(f"found again while it lies there: {session.find()}")
        _tell("lift the card, and lay the same one down again")
        second = _next_card(session)
        _tell(f"{second.timing.byte_count} bytes in {second.timing.found_to_document_ms:.0f} ms")
        assert second.provenance.answer_sha256 == first.provenance.answer_sha256
        assert len(second.text_block) == 256
    finally:
        session.close()
