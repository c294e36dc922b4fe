"""Cards moved faster than a PC/SC service looks: what lies there in the end is read."""

import random
import subprocess
import sys
import threading
import time

from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.events import DocumentRead, ReaderEvent
from outlet_app.reader.ports import parse_port
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.chip_card import ChipCard
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.watching import WatchLoop
from tests.pcscd_fixture import READER, PcscService, until

PORT = f"pcsc:{READER}"


def test_the_pages_of_two_cards_never_mix() -> None:
    module = SimulatedModule()
    module.lay(card("resident-id"))
    chip = ChipCard(module, "pages", threading.Event())
    for _ in range(2):
        first = chip.answer(bytes.fromhex("FFB0000000"))
        assert first is not None
        assert first.endswith(b"\x90\x00")
        module.lay(card("second-man"))
        assert chip.answer(bytes.fromhex("FFB0010000")) == bytes.fromhex("6F00")


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
