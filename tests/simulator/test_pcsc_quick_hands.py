"""Cards moved faster than a PC/SC service looks: what lies there in the end is read, and nothing mixes."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.events import DocumentRead, ReaderEvent
from outlet_app.reader.ports import parse_port
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.session import ReaderSession
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.reader.watching import WatchLoop
from tests.pcscd_fixture import READER, PcscService, until
from tests.reader.reads import Steps

PORT = f"pcsc:{READER}"
SWAP_AFTER_S = (0.0, 0.05, 0.2, 0.4, 1.0, 2.5)
"""After the first page was asked for; the third page takes 3 s here."""


@pytest.fixture
def session(pcscd: PcscService) -> Iterator[ReaderSession]:
    assert pcscd
    with closing(open_reader(parse_port(PORT), load_catalogue())) as opened:
        yield opened


def _read(session: ReaderSession) -> CardRead:
    return wait_for_card(session, timeout_s=10, on_step=Steps(), stop=threading.Event())


def _is_whole(read: CardRead, name: str) -> bool:
    laid = card(name)
    return (read.text_block, read.photo) == (laid.text_block, laid.photo) and (
        read.document == parse_text_block(laid.text_block)
    )


@pytest.mark.parametrize("swap_after_s", SWAP_AFTER_S)
def test_a_card_swapped_in_the_middle_of_the_pages_never_mixes_and_the_next_one_reads(
    session: ReaderSession, swap_after_s: float
) -> None:
    options = SimulatorOptions(vpcd=True, card="resident-id", faults=("slow@read:1",))
    with closing(Simulator(options)) as reader:
        found = threading.Event()

        def swap() -> None:
            assert found.wait(10)
            time.sleep(swap_after_s)
            reader.lay("second-man")

        hand = threading.Thread(target=swap)
        hand.start()
        read = _read_or_lost(session, found)
        hand.join()
        assert read is None or _is_whole(read, "resident-id") or _is_whole(read, "second-man")
        reader.lift()
        reader.lay("sample")
        until(lambda: _is_whole(_read(session), "sample"), "the card that lies there")


def _read_or_lost(session: ReaderSession, found: threading.Event) -> CardRead | None:
    """None for a card that was taken away while it was read."""
    try:
        return wait_for_card(session, timeout_s=10, on_step=lambda _: found.set(), stop=threading.Event())
    except KnownFailure as failure:
        if failure.code not in {FailureCode.CARD_REMOVED, FailureCode.CARD_READ_FAILED}:
            raise
        return None


def test_after_wild_flapping_the_card_that_lies_there_is_told_and_no_other(pcscd: PcscService) -> None:
    assert pcscd
    told: list[ReaderEvent] = []
    stop = threading.Event()
    loop = WatchLoop(lambda: open_reader(parse_port(PORT), load_catalogue()), told.append, Pulse(), stop)
    watching = threading.Thread(target=loop.run)
    command = [sys.executable, "-m", "outlet_app", "reader", "simulate", "--vpcd", "--until-eof"]
    names = ("resident-id", "second-man", "person-1")
    chance = random.Random(7)  # noqa: S311 - moves that can be repeated
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdin is not None
        assert simulator.stdout is not None
        assert simulator.stdout.readline().startswith("ready")
        watching.start()
        orders = [chance.choice(("lift", *(f"swap {name}" for name in names))) for _ in range(150)]
        orders += ["swap sample"]
        for number, order in enumerate(orders):
            simulator.stdin.write(f"{order}\n")
            simulator.stdin.flush()
            time.sleep(chance.uniform(0, 0.03 if number < 120 else 0.3))
        at = time.monotonic()
        done = [simulator.stdout.readline().removeprefix("done ").rstrip() for _ in orders]
        until(lambda: _last_name(told) == card("sample").text_block, "the card that lies there", 6)
        assert time.monotonic() - at < 6
        known = {card(name).text_block for name in (*names, "sample")}
        assert {each.card.text_block for each in told if isinstance(each, DocumentRead)} <= known
        assert done == orders
        stop.set()
        watching.join()
        simulator.stdin.close()
        simulator.wait(20)


def _last_name(told: list[ReaderEvent]) -> bytes | None:
    read = [each.card.text_block for each in told if isinstance(each, DocumentRead)]
    return read[-1] if read else None
