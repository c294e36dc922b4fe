"""The session with a real reader, gone through with a simulated one and a hand that follows a script."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from outlet_app.documents.text_block import parse_text_block
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.hardware.bench import Bench
from tests.hardware.checks import CHECKS, show
from tests.hardware.evidence import Evidence, Fact, Shown

CARD = "moved"


class ScriptedHand:
    """Does to a simulated reader what a person does to a real one."""

    def __init__(self, reader: Simulator) -> None:
        self._reader = reader

    def lay(self) -> None:
        self._reader.lay(CARD)

    def lift(self) -> None:
        self._reader.lift()

    def take_away_soon(self) -> None:
        self._reader.fault("removed@read:1")

    def unplug(self) -> None:
        self._reader.unplug()

    def plug(self) -> None:
        self._reader.plug()


@contextmanager
def _bench(options: SimulatorOptions) -> Iterator[Bench]:
    with closing(Simulator(options)) as reader:
        yield Bench.at(reader.port_text, ScriptedHand(reader), reads=3)


def _gone_through(options: SimulatorOptions, folder: Path) -> dict[str, Shown]:
    with _bench(options) as bench:
        evidence = Evidence(folder, str(bench.port))
        return {each.name: show(each, bench, evidence) for each in CHECKS}


def _is_free_of_the_card(folder: Path) -> bool:
    laid = card(CARD)
    number = parse_text_block(laid.text_block).number
    written = (folder / "evidence.json").read_text() + (folder / "evidence.txt").read_text()
    return written.isascii() and not any(part in written for part in (number, number[6:14], number[-6:]))


def test_a_serial_reader_is_gone_through_and_the_evidence_written(tmp_path: Path) -> None:
    options = SimulatorOptions(pty=tmp_path / "reader")
    shown = _gone_through(options, tmp_path / "evidence")
    assert [name for name, each in shown.items() if each.outcome != "shown"] == ["form"]
    facts = {name: each.facts for name, each in shown.items()}
    assert facts["rates"] == {"at_115200": "answers"} | {
        f"at_{rate}": "reader-no-answer" for rate in (57600, 38400, 19200, 9600)
    }
    assert (facts["times"]["reads"], facts["times"]["answer_bytes"]) == (3, 1295)
    assert facts["stays"]["finds_of_a_card_that_was_read"] == ["no"] * 5
    assert facts["lifted-and-laid"]["find_after_lifting"] == "no"
    assert facts["taken-away"]["the_read_ended_in"] in {"card-removed", "card-read-failed"}
    assert facts["unplugged"]["told_as"] == "reader-unplugged"
    assert (facts["set-baud"]["set_to"], facts["set-baud"]["set_back_to"]) == (57600, 115200)
    written = json.loads((tmp_path / "evidence" / "evidence.json").read_text())
    assert [each["check"] for each in written["checks"]] == [each.name for each in CHECKS]
    assert _is_free_of_the_card(tmp_path / "evidence")


def test_nothing_that_could_be_of_a_person_gets_into_the_evidence(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path, "serial:/dev/ttyUSB0")
    facts: list[Fact] = [card(CARD).text_block.decode("utf-16-le"), "x" * 200, ["yes", "样例"]]
    for fact in facts:
        with pytest.raises(ValueError, match="not for the evidence"):
            evidence.note(Shown("times", "", "shown", 0.1, {"answer": fact}))
    assert not list(tmp_path.iterdir())
