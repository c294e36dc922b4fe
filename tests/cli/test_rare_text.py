"""What is seldom on a card comes out exactly: rare characters, blanks, full fields, codes nobody knows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.reader.simulator.text_blocks import FEMALE, ResidentCard, write_text_block
from tests.cli.conftest import Outlet
from tests.pcscd_fixture import PcscService

FOUR_BYTES = "\U00020bb7"
"""One character, two places of UTF-16 on the card."""

NAME = f"样 例·\ue863\uf8ff{FOUR_BYTES}{FOUR_BYTES} 样样样"
ADDRESS = f"某市 某区　\ue815样例路 1 号{FOUR_BYTES}一二三四五六七八九十一二三四五六七八九"
ISSUER = "某市公安局某分局某某某某某某"
WRITTEN = ResidentCard(
    name=NAME,
    sex=FEMALE,
    birth="19491231",
    number="11010519491231002X",
    ethnic_group="77",
    address=ADDRESS,
    issuer=ISSUER,
)


def _fill(text: str, byte_count: int) -> str:
    """The text with its last character repeated until the field is full."""
    places = (byte_count - len(text.encode("utf-16-le"))) // 2
    return text + text[-1] * places


FULL = replace(WRITTEN, name=_fill(NAME, 30), address=_fill(ADDRESS, 70), issuer=_fill(ISSUER, 30))


@pytest.fixture(params=["serial", "tcp", "pages", "tunnel"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Simulator]:
    through = str(request.param)
    if through in {"pages", "tunnel"}:
        service = request.getfixturevalue("pcscd")
        assert isinstance(service, PcscService)
        simulator = Simulator(SimulatorOptions(vpcd=True, form=through, card="sample-blank"))
    elif through == "tcp":
        simulator = Simulator(SimulatorOptions(tcp=0))
    else:
        simulator = Simulator(SimulatorOptions(pty=tmp_path / "port"))
    with closing(simulator):
        simulator.module.lay(replace(card("sample-blank"), text_block=write_text_block(FULL)))
        yield simulator


def test_every_field_comes_out_as_it_was_written(outlet: Outlet, reader: Simulator) -> None:
    ran = outlet("reader", "read", "--port", reader.port_text, "--json", "--reveal")
    assert ran.code == 0
    document = ran.json["document"]
    assert (document["name"], document["address"], document["issuer"]) == (
        FULL.name,
        FULL.address,
        FULL.issuer,
    )
    assert (document["ethnic_group_code"], document["ethnic_group"]) == ("77", None)
    assert (document["valid_until"], document["long_term"]) == (None, True)
    assert ran.json["findings"] == [{"code": "ethnic-group-unknown", "severity": "warn"}]


def test_a_person_is_shown_the_code_of_an_ethnic_group_that_nobody_knows(
    outlet: Outlet, tmp_path: Path
) -> None:
    with closing(Simulator(SimulatorOptions(pty=tmp_path / "port"))) as simulator:
        simulator.module.lay(replace(card("sample-blank"), text_block=write_text_block(FULL)))
        ran = outlet("reader", "read", "--port", simulator.port_text, "--reveal")
    assert f"Name: {FULL.name}\n" in ran.out
    assert f"Address: {FULL.address}\n" in ran.out
    assert "Ethnic group code: 77\n" in ran.out
    assert "Ethnic group: " not in ran.out
    assert "[ethnic-group-unknown]" in ran.out
