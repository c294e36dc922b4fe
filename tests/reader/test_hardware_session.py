"""The session with a real reader, gone through with a simulated one and a hand that follows a script."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from outlet_app.documents.text_block import parse_text_block
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.hardware.bench import Bench
from tests.hardware.checks import CHECKS, show
from tests.hardware.evidence import Evidence, Fact, Facts, Shown, free_folder
from tests.pcscd_fixture import PcscService

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

    def leave(self) -> None:
        """Nothing stays pulled out, whatever a step came to."""


class ScriptedHandAtPcsc(ScriptedHand):
    """The virtual reader cannot be pulled out: the service goes, as Windows stops it with its last reader."""

    def __init__(self, reader: Simulator, service: PcscService) -> None:
        super().__init__(reader)
        self._service = service
        self._is_out = False

    def unplug(self) -> None:
        super().unplug()
        self._is_out = True
        self._service.stop()

    def plug(self) -> None:
        self.leave()
        super().plug()

    def leave(self) -> None:
        if self._is_out:
            self._service.start()
            self._is_out = False


@contextmanager
def _bench(options: SimulatorOptions, hand_at: Callable[[Simulator], ScriptedHand]) -> Iterator[Bench]:
    with closing(Simulator(options)) as reader:
        hand = hand_at(reader)
        try:
            yield Bench.at(reader.port_text, hand, reads=3)
        finally:
            hand.leave()


def _gone_through(
    options: SimulatorOptions, folder: Path, hand_at: Callable[[Simulator], ScriptedHand] = ScriptedHand
) -> dict[str, Shown]:
    with _bench(options, hand_at) as bench:
        evidence = Evidence(folder, str(bench.port))
        return {each.name: show(each, bench, evidence) for each in CHECKS}


def _through_pcsc(form: str, service: PcscService, folder: Path) -> dict[str, Shown]:
    options = SimulatorOptions(vpcd=True, form=form)
    return _gone_through(options, folder, lambda reader: ScriptedHandAtPcsc(reader, service))


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


def test_a_pcsc_reader_that_passes_frames_is_gone_through(tmp_path: Path, pcscd: PcscService) -> None:
    shown = _through_pcsc("tunnel", pcscd, tmp_path)
    facts = _facts_of_a_pcsc_reader(shown, lacks=("rates", "set-baud"))
    assert (facts["form"]["family"], facts["form"]["envelope"]) == ("pcsc-tunnel", "apdu fffe0000 short")
    assert facts["times"]["answer_bytes"] == 1295
    assert facts["management-number"]["lengths"] == [4, 8, 16]
    assert facts["addresses"]["addresses"] == 4
    assert facts["fingerprint"]["command_known"] is True
    assert _is_free_of_the_card(tmp_path)


def test_a_pcsc_reader_that_gives_pages_is_gone_through(tmp_path: Path, pcscd: PcscService) -> None:
    shown = _through_pcsc("pages", pcscd, tmp_path)
    facts = _facts_of_a_pcsc_reader(
        shown,
        lacks=("rates", "self-test", "management-number", "addresses", "fingerprint", "rf-block", "set-baud"),
    )
    assert (facts["form"]["form"], facts["form"]["envelope"]) == ("pages", None)
    assert facts["times"]["answer_bytes"] == 1284
    assert _is_free_of_the_card(tmp_path)


def _facts_of_a_pcsc_reader(shown: dict[str, Shown], *, lacks: tuple[str, ...]) -> dict[str, Facts]:
    """What every form shows, and whether all steps but those that it lacks were shown."""
    assert [name for name, each in shown.items() if each.outcome != "shown"] == list(lacks)
    facts = {name: each.facts for name, each in shown.items()}
    assert (facts["form"]["answer_to_reset_is_known"], facts["times"]["reads"]) == (True, 3)
    assert facts["stays"]["finds_of_a_card_that_was_read"] == ["no"] * 5
    assert (facts["lifted-and-laid"]["find_after_lifting"], facts["lifted-and-laid"]["same_bytes"]) == (
        "no",
        True,
    )
    assert facts["taken-away"]["the_read_ended_in"] in {"card-removed", "card-read-failed"}
    assert facts["unplugged"]["told_as"] == "pcsc-service-missing"
    return facts


def test_the_person_is_led_through_the_steps_in_the_order_of_the_list() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        "hardware",
        "tests/hardware",
        "--port",
        "tcp:127.0.0.1:1",
    ]
    ran = subprocess.run(
        [*command, "--collect-only", "-q", "-p", "randomly", "-p", "no:cacheprovider"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    )
    names = [line.partition("[")[2].rstrip("]") for line in ran.stdout.splitlines() if "[" in line]
    assert names == [str(check) for check in CHECKS]


def test_evidence_of_an_earlier_session_stays(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "second"):
        folder = free_folder(tmp_path, "second")
        assert folder == place
        Evidence(folder, "tcp:host:1").note(Shown("times", "", "shown", 0.1, {"reads": 1}))


def test_nothing_that_could_be_of_a_person_gets_into_the_evidence(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path, "serial:/dev/ttyUSB0")
    facts: list[Fact] = [card(CARD).text_block.decode("utf-16-le"), "x" * 200, ["yes", "样例"]]
    for fact in facts:
        with pytest.raises(ValueError, match="not for the evidence"):
            evidence.note(Shown("times", "", "shown", 0.1, {"answer": fact}))
    assert not list(tmp_path.iterdir())
