"""Every kind of card over every transport: the reader layer against the simulator."""

from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import read_card
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator
from outlet_app.reader.steps import Step
from tests.expected_cards import EXPECTED, SAMPLE
from tests.pcscd_fixture import PcscService, until
from tests.simulator.conftest import Simulate

SAM_NUMBER = "05.03-20101010-0001234567-1234567890"


def read(reader: Simulator, catalogue: Catalogue) -> CardRead:
    with closing(open_reader(parse_port(reader.port_text), catalogue)) as session:
        return read_card(session, _ignore)


def _ignore(_step: Step) -> None:
    return


@pytest.mark.parametrize(
    ("line", "baud", "name"),
    [(line, 115200, name) for line in ("pty", "tcp") for name in EXPECTED] + [("pty", 9600, "resident-id")],
)
def test_each_kind_of_card_is_read_over_each_line(
    simulate: Simulate, catalogue: Catalogue, link: Path, line: str, baud: int, name: str
) -> None:
    reader = simulate(**{line: link if line == "pty" else 0}, baud=baud, card=name)
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
