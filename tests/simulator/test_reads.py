"""Every card over every transport, and every fault: the reader layer against the simulator."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.domain.cards import CardRead
from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import read_card
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.reader.steps import Step
from tests.expected_cards import EXPECTED, SAMPLE
from tests.pcscd_fixture import PcscService, until
from tests.simulator.conftest import Simulate

SAM_NUMBER = "05.03-20101010-0001234567-1234567890"
ONCE = ("wrong-checksum", "half", "silence", "huge-length", "slow")
ALWAYS = (
    "noise",
    "stuffed-preamble",
    "foreign-message",
    "decoy",
    "long-decoy",
    "nonzero-find",
    "card-status",
    "twice",
)

Place = Callable[[str], SimulatorOptions]


@pytest.fixture(params=["pty", "pty at 9600", "tcp"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Options of a reader on a line of bytes; the text makes its place unique."""

    def options(name: str) -> SimulatorOptions:
        if request.param == "tcp":
            return SimulatorOptions(tcp=0)
        baud = 9600 if request.param == "pty at 9600" else 115200
        return SimulatorOptions(pty=tmp_path / name.replace("@", "-").replace(":", "-"), baud=baud)

    return options


def read(reader: Simulator, catalogue: Catalogue) -> CardRead:
    with closing(open_reader(parse_port(reader.port_text), catalogue)) as session:
        return read_card(session, _ignore)


def outcome(reader: Simulator, catalogue: Catalogue) -> Document | FailureCode:
    try:
        return read(reader, catalogue).document
    except KnownFailure as failure:
        return failure.code


def _ignore(_step: Step) -> None:
    return


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_of_card_is_read_over_each_line(
    simulate: Simulate, catalogue: Catalogue, line: Place, name: str
) -> None:
    options = line("reader")
    reader = simulate(pty=options.pty, tcp=options.tcp, baud=options.baud, card=name)
    result = read(reader, catalogue)
    assert result.document == EXPECTED[name]
    assert (result.text_block, result.photo) == (card(name).text_block, card(name).photo)
    assert result.provenance.sam_number == SAM_NUMBER
    assert result.provenance.port == reader.port_text


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_of_card_is_read_over_pcsc(
    simulate: Simulate, catalogue: Catalogue, pcscd: PcscService, name: str
) -> None:
    reader = simulate(vpcd=True, card=name)
    with closing(open_reader(parse_port(reader.port_text), catalogue)) as session:
        until(session.find, "a card in the virtual reader")
        result = read_card(session, _ignore)
    assert result.document == EXPECTED[name]
    assert (result.text_block, result.photo) == (card(name).text_block, card(name).photo)
    assert result.provenance.sam_number is None


def test_a_fault_once_on_any_command_is_overcome(catalogue: Catalogue, line: Place) -> None:
    faults = [f"{fault}@{command}:1" for fault in ONCE for command in ("probe", "find", "select", "read")]
    faults += ["swapped-bytes:1", "late@find:1", "random-failed:1", "request-damaged:1", "select-failed:2"]
    results = _with_each(faults, line, catalogue)
    assert {fault: result for fault, result in results.items() if result != SAMPLE} == {}


def test_what_stands_beside_true_frames_all_the_time_is_passed_over(
    catalogue: Catalogue, line: Place
) -> None:
    results = _with_each(list(ALWAYS), line, catalogue)
    assert {fault: result for fault, result in results.items() if result != SAMPLE} == {}


def test_what_stays_wrong_has_a_code_of_its_own(catalogue: Catalogue, line: Place) -> None:
    expected = {
        "self-test-failed": FailureCode.MODULE_SELF_TEST_FAILED,
        "not-authorised": FailureCode.MODULE_NOT_AUTHORISED,
        "not-authorised@find": FailureCode.MODULE_NOT_AUTHORISED,
        "no-card": FailureCode.NO_CARD,
        "card-refused": FailureCode.CARD_REFUSED,
        "module-refused": FailureCode.CARD_REFUSED,
        "card-type-unknown": FailureCode.CARD_NOT_ID,
        "select-failed": FailureCode.CARD_READ_FAILED,
        "read-failed": FailureCode.CARD_READ_FAILED,
        "check-failed": FailureCode.CARD_READ_FAILED,
        "removed": FailureCode.CARD_REMOVED,
        "unplugged": FailureCode.READER_UNPLUGGED,
    }
    assert _with_each(list(expected), line, catalogue) == expected


def test_a_card_that_another_program_has_read_is_read_without_being_lifted(
    simulate: Simulate, catalogue: Catalogue, link: Path
) -> None:
    reader = simulate(pty=link, card="sample")
    assert [read(reader, catalogue).document for _ in range(2)] == [SAMPLE, SAMPLE]


def test_the_first_wrong_number_of_a_module_is_not_believed(simulate: Simulate, catalogue: Catalogue) -> None:
    reader = simulate(tcp=0, card="sample", faults=("wrong-sam-number:1",))
    assert read(reader, catalogue).provenance.sam_number == SAM_NUMBER


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"card": "unknown-kind"}, FailureCode.CARD_KIND_UNKNOWN),
        ({"card": "bad-date"}, FailureCode.CARD_CONTENT_MALFORMED),
        ({"card": "sample", "form": "plain"}, FailureCode.MODULE_MISSING),
        ({"card": "sample", "faults": ("self-test-failed",)}, FailureCode.MODULE_MISSING),
        ({"card": "sample", "faults": ("read-failed",)}, FailureCode.CARD_READ_FAILED),
        ({"card": "sample", "faults": ("half",)}, FailureCode.CARD_READ_FAILED),
        ({"card": "sample", "faults": ("removed",)}, FailureCode.CARD_REMOVED),
    ],
)
def test_over_pcsc_what_stays_wrong_has_a_code_too(
    simulate: Simulate,
    catalogue: Catalogue,
    pcscd: PcscService,
    options: dict[str, object],
    code: FailureCode,
) -> None:
    reader = simulate(vpcd=True, **options)
    with closing(open_reader(parse_port(reader.port_text), catalogue)) as session:
        until(session.find, "a card in the virtual reader")
        with pytest.raises(KnownFailure) as caught:
            read_card(session, _ignore)
    assert caught.value.code is code


@pytest.mark.parametrize("fault", ["read-failed:1", "half:1", "slow:1"])
def test_over_pcsc_a_fault_once_is_overcome(
    simulate: Simulate, catalogue: Catalogue, pcscd: PcscService, fault: str
) -> None:
    reader = simulate(vpcd=True, card="sample", faults=(fault,))
    with closing(open_reader(parse_port(reader.port_text), catalogue)) as session:
        until(session.find, "a card in the virtual reader")
        assert read_card(session, _ignore).document == SAMPLE


def _with_each(faults: list[str], line: Place, catalogue: Catalogue) -> dict[str, Document | FailureCode]:
    """What a read comes to under each fault; side by side, because most of it is waiting."""

    def one(fault: str) -> Document | FailureCode:
        options = replace(line(fault), card="sample", faults=(fault,))
        with closing(Simulator(options)) as reader:
            return outcome(reader, catalogue)

    with ThreadPoolExecutor(len(faults)) as pool:
        return dict(zip(faults, pool.map(one, faults), strict=True))
