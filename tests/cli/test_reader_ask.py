"""``outlet reader ask``: a technician's questions, over a pseudo terminal and over TCP."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.cli.ask import QUESTIONS
from outlet_app.cli.reader import QUESTION_NAMES
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.cli.conftest import Outlet, Ran
from tests.pcscd_fixture import PcscService

LONGEST = "某市某区 样例路9号\ue815楼 二单元之最长的地址写满为止一二三四五六七八九"
ADDRESSES = ["某市某区样例路3号", "某市某区 样例路4号\ue815楼", "某市某县样例镇5号", LONGEST]


class Bench:
    """The command, at one simulated reader."""

    def __init__(self, outlet: Outlet, reader: Simulator, site: Path) -> None:
        self.reader = reader
        self._outlet = outlet
        self._site = site

    def ask(self, *words: str, as_json: bool = True) -> Ran:
        line = ["reader", "ask", *words, "--port", self.reader.port_text, "--config", str(self._site)]
        return self._outlet(*line, *(["--json"] if as_json else []))


@pytest.fixture
def bench(outlet: Outlet, quick_site: Path, tmp_path: Path) -> Iterator[Bench]:
    with closing(Simulator(SimulatorOptions(pty=tmp_path / "port", card="moved"))) as reader:
        yield Bench(outlet, reader, quick_site)


def test_every_question_of_the_help_has_its_answer() -> None:
    assert tuple(QUESTIONS) == QUESTION_NAMES


def test_the_module_tells_its_state_and_its_number(bench: Bench) -> None:
    ran = bench.ask("self-test")
    assert ran.code == 0
    port = bench.reader.port_text
    expected = {"what": "self-test", "port": port, "driver": "serial-module"}
    assert ran.json == {**expected, "self_test": "passed", "baud": 115200}
    bench.reader.fault("wrong-sam-number:1")
    assert bench.ask("sam-number").json["sam_number"] == "05.03-20101010-0001234567-1234567890"
    assert bench.ask("reset").json["reset"] == "done"


@pytest.mark.parametrize(
    ("fault", "question", "exit_code", "code"),
    [
        ("self-test-failed", "self-test", 7, "module-self-test-failed"),
        ("not-authorised", "self-test", 7, "module-not-authorised"),
        ("command-unknown@sam-number", "sam-number", 7, "module-lacks-command"),
        ("command-unknown@addresses", "addresses", 7, "module-lacks-command"),
        ("read-failed@management-number", "management-number", 5, "card-read-failed"),
        ("read-failed@fingerprint", "fingerprint", 5, "card-read-failed"),
        ("silence@addresses", "addresses", 3, "reader-no-answer"),
    ],
)
def test_a_question_that_fails_ends_as_reading_does(
    bench: Bench, fault: str, question: str, exit_code: int, code: str
) -> None:
    bench.reader.fault(fault)
    ran = bench.ask(question)
    assert (ran.code, ran.error) == (exit_code, code)
    bench.reader.clear()
    assert bench.ask(question).code == 0


def test_addresses_are_masked_unless_they_are_asked_for(bench: Bench) -> None:
    masked = bench.ask("addresses").json["addresses"]
    assert masked == ["•" * len(address) for address in ADDRESSES]
    assert bench.ask("addresses", "--reveal").json["addresses"] == ADDRESSES
    assert bench.ask("addresses", "--reveal", as_json=False).out.splitlines() == ADDRESSES


def test_a_card_without_a_later_address_has_none(bench: Bench) -> None:
    bench.reader.lay("sample")
    assert bench.ask("addresses").json["addresses"] == []
    assert bench.ask("addresses", as_json=False).out == "No later address is written on this card.\n"


def test_the_management_number_tells_cards_apart_only_when_revealed(bench: Bench) -> None:
    lengths = {"iin": 8, "sn": 16, "dn": 32}
    masked = bench.ask("management-number").json["management_number"]
    assert masked == {name: "•" * length for name, length in lengths.items()}
    first = bench.ask("management-number", "--reveal").json["management_number"]
    assert all(re.fullmatch(rf"[0-9a-f]{{{length}}}", first[name]) for name, length in lengths.items())
    bench.reader.lay("sample")
    assert bench.ask("management-number", "--reveal").json["management_number"]["sn"] != first["sn"]
    bench.reader.fault("no-such-item@management-number:1")
    assert bench.ask("management-number").json["management_number"] is None


@pytest.mark.parametrize(
    ("name", "fault", "length"),
    [
        ("moved", None, 1024),
        ("one-finger", None, 512),
        ("sample", None, 0),
        ("moved", "command-unknown", None),
    ],
)
def test_of_fingerprints_the_length_is_told_and_nothing_else(
    bench: Bench, name: str, fault: str | None, length: int | None
) -> None:
    bench.reader.lay(name)
    if fault:
        bench.reader.fault(fault)
    answer = bench.ask("fingerprint").json
    assert (answer["command_known"], answer["fingerprint_bytes"]) == (length is not None, length)
    assert (answer["text_bytes"], answer["photo_bytes"]) == (256, 1024)
    assert set(answer) - {"what", "port", "driver"} == {
        "command_known",
        "text_bytes",
        "photo_bytes",
        "fingerprint_bytes",
    }


@pytest.mark.parametrize("rate", [9600, 115200])
def test_a_rate_that_is_set_is_the_one_at_which_the_module_answers(bench: Bench, rate: int) -> None:
    assert bench.ask("set-baud", str(rate)).json["baud"] == rate
    assert bench.reader.module.baud == rate
    assert bench.ask("self-test").json["baud"] == rate


def test_a_lost_answer_to_set_baud_is_cleared_up_at_the_new_rate(bench: Bench) -> None:
    bench.reader.fault("silence@set-baud:1")
    assert bench.ask("set-baud", "19200").json["baud"] == 19200


def test_a_module_that_refuses_a_rate_keeps_its_own(bench: Bench) -> None:
    bench.reader.fault("command-unknown@set-baud:1")
    ran = bench.ask("set-baud", "19200")
    assert (ran.code, ran.error) == (7, "module-lacks-command")
    assert bench.ask("self-test").json["baud"] == 115200


def test_the_largest_block_is_set(bench: Bench) -> None:
    assert bench.ask("rf-block", "80").json["rf_block"] == 80
    bench.reader.fault("command-unknown@rf-block:1")
    assert bench.ask("rf-block", "80").error == "module-lacks-command"


@pytest.mark.parametrize(
    "words",
    [
        ("set-baud",),
        ("set-baud", "4800"),
        ("rf-block", "23"),
        ("rf-block", "256"),
        ("reset", "1"),
        ("fingerprints",),
    ],
)
def test_a_question_with_a_wrong_value_is_wrong_use(bench: Bench, words: tuple[str, ...]) -> None:
    ran = bench.ask(*words)
    assert (ran.code, ran.error) == (2, "argument-wrong")


def test_without_a_card_the_wait_ends(bench: Bench) -> None:
    bench.reader.lift()
    ran = bench.ask("fingerprint", "--timeout", "0.4")
    assert (ran.code, ran.error) == (4, "no-card")


def test_a_gateway_answers_too_but_keeps_its_rate(outlet: Outlet) -> None:
    with closing(Simulator(SimulatorOptions(tcp=0, card="moved"))) as reader:
        ran = outlet("reader", "ask", "addresses", "--port", reader.port_text, "--json", "--reveal")
        assert ran.json["addresses"] == ADDRESSES
        ran = outlet("reader", "ask", "set-baud", "9600", "--port", reader.port_text, "--json")
        assert (ran.code, ran.error) == (7, "module-lacks-command")


@pytest.fixture
def tunnel(outlet: Outlet, pcscd: PcscService) -> Iterator[Callable[..., Ran]]:
    """The command, at a PC/SC reader that passes frames through, a card on it."""
    assert pcscd
    with closing(Simulator(SimulatorOptions(vpcd=True, card="moved", form="tunnel"))) as reader:
        yield lambda *words: outlet("reader", "ask", *words, "--port", reader.port_text, "--json", "--reveal")


def test_a_tunnel_carries_every_question_but_the_rate(tunnel: Callable[..., Ran]) -> None:
    assert tunnel("self-test").json["self_test"] == "passed"
    assert tunnel("sam-number").json["sam_number"] == "05.03-20101010-0001234567-1234567890"
    assert len(tunnel("management-number").json["management_number"]["iin"]) == 8
    assert tunnel("addresses").json["addresses"] == ADDRESSES
    assert tunnel("fingerprint").json["command_known"]
    assert tunnel("rf-block", "80").json["rf_block"] == 80
    assert tunnel("reset").json["reset"] == "done"
    ran = tunnel("set-baud", "9600")
    assert (ran.code, ran.error) == (7, "module-lacks-command")


@pytest.mark.parametrize("question", ["self-test", "sam-number", "fingerprint", "reset", "rf-block"])
def test_a_reader_that_gives_pages_does_not_offer_questions(
    outlet: Outlet, pcscd: PcscService, question: str
) -> None:
    words = [question, "80"] if question == "rf-block" else [question]
    with closing(Simulator(SimulatorOptions(vpcd=True, card="moved"))) as reader:
        ran = outlet("reader", "ask", *words, "--port", reader.port_text, "--json")
    assert pcscd
    assert (ran.code, ran.error) == (7, "module-lacks-command")


def test_the_help_names_every_question(outlet: Outlet) -> None:
    # lines break at the hyphens of the names
    shown = "".join(outlet("reader", "ask", "--help").out.split())
    assert all(question in shown for question in QUESTION_NAMES)


def test_the_reader_process_does_not_even_load_the_questions() -> None:
    script = "import sys, outlet_app.cli.reader; print('outlet_app.reader.technician' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
