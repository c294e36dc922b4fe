"""``outlet reader`` over TCP and PC/SC, and readers that are not there."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from outlet_app.domain.documents import CHIP_DOCUMENTS
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.cli.conftest import Outlet
from tests.pcscd_fixture import READER, PcscService

KINDS = sorted(CHIP_DOCUMENTS)


@pytest.fixture(scope="module")
def tcp_reader() -> Iterator[Simulator]:
    with closing(Simulator(SimulatorOptions(tcp=0))) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def pcsc_reader(pcscd: PcscService) -> Iterator[Simulator]:
    assert pcscd
    with closing(Simulator(SimulatorOptions(vpcd=True))) as simulator:
        yield simulator


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_card_is_read_through_a_gateway(
    outlet: Outlet, tcp_reader: Simulator, kind: str
) -> None:
    tcp_reader.clear()
    tcp_reader.lay(kind)
    read = outlet("reader", "read", "--port", tcp_reader.port_text, "--json", "--reveal").json
    assert read["document"]["kind"] == kind
    assert read["provenance"]["port"] == tcp_reader.port_text
    assert read["timing"]["wire_ms"] is None


@pytest.mark.parametrize(
    ("name", "fault", "exit_code", "error"),
    [
        ("unknown-kind", None, 6, "card-kind-unknown"),
        ("resident-id", "read-failed", 5, "card-read-failed"),
        ("resident-id", "self-test-failed", 7, "module-self-test-failed"),
        ("resident-id", "not-authorised", 7, "module-not-authorised"),
        ("resident-id", "no-card", 4, "no-card"),
    ],
)
def test_failures_through_a_gateway_are_told_apart(  # one row of a table each
    outlet: Outlet, tcp_reader: Simulator, name: str, fault: str | None, exit_code: int, error: str
) -> None:
    tcp_reader.clear()
    tcp_reader.lay(name)
    if fault:
        tcp_reader.fault(fault)
    ran = outlet("reader", "read", "--port", tcp_reader.port_text, "--json", "--timeout", "1")
    assert (ran.code, ran.error) == (exit_code, error)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_card_is_read_in_pages(outlet: Outlet, pcsc_reader: Simulator, kind: str) -> None:
    pcsc_reader.clear()
    pcsc_reader.lay(kind)
    read = outlet("reader", "read", "--port", pcsc_reader.port_text, "--json", "--reveal").json
    assert read["document"]["kind"] == kind
    assert read["provenance"]["sam_number"] is None
    assert read["timing"]["wire_ms"] is None
    assert read["timing"]["bytes"] == 1284


def test_an_unknown_kind_in_pages_is_told_apart(outlet: Outlet, pcsc_reader: Simulator) -> None:
    pcsc_reader.lay("unknown-kind")
    ran = outlet("reader", "read", "--port", pcsc_reader.port_text, "--json")
    assert (ran.code, ran.error) == (6, "card-kind-unknown")


def test_an_empty_pcsc_reader_has_no_card_in_time(outlet: Outlet, pcsc_reader: Simulator) -> None:
    pcsc_reader.lift()
    ran = outlet("reader", "read", "--port", pcsc_reader.port_text, "--json", "--timeout", "1")
    assert (ran.code, ran.error) == (4, "no-card")


def test_a_plain_pcsc_reader_has_no_module(outlet: Outlet, pcsc_reader: Simulator) -> None:
    pcsc_reader.lift()
    with closing(Simulator(SimulatorOptions(vpcd=True, form="plain", card="resident-id"))) as plain:
        ran = outlet("reader", "read", "--port", plain.port_text, "--json")
    assert (ran.code, ran.error) == (7, "module-missing")


def test_the_pcsc_reader_stands_in_the_list(outlet: Outlet, pcsc_reader: Simulator) -> None:
    pcsc_reader.lay("resident-id")
    rows = outlet("reader", "list", "--json").json
    keys = {"driver", "port", "stable_port", "name", "state", "state_detail", "why", "rules"}
    assert all(row.keys() == keys for row in rows)
    [row] = [row for row in rows if row["name"] == READER]
    assert row["port"] == pcsc_reader.port_text
    assert row["driver"] == "pcsc-virtual"
    [rule] = row["rules"]
    assert (rule["key"], rule["value"]) == ("match.pcsc_names", "^Virtual PCD")
    assert Path(rule["file"]).read_text().splitlines()[rule["line"] - 1] == 'pcsc_names = ["^Virtual PCD"]'
    told = outlet("reader", "list").out
    assert READER in told
    assert f'match.pcsc_names "^Virtual PCD" ({rule["file"]}, line {rule["line"]})' in told


def test_a_pcsc_reader_that_does_not_exist_is_not_found(outlet: Outlet, pcscd: PcscService) -> None:
    ran = outlet("reader", "read", "--port", "pcsc:Nobody's Reader", "--json")
    assert (ran.code, ran.error) == (3, "reader-not-found")


def test_a_serial_port_that_does_not_exist_is_missing(outlet: Outlet) -> None:
    ran = outlet("reader", "read", "--port", "serial:/dev/no-such-port", "--json")
    assert (ran.code, ran.error) == (3, "reader-port-missing")
    assert "/dev/no-such-port" in ran.json["error"]["what"]


def test_a_gateway_that_does_not_answer_is_no_reader(outlet: Outlet, unused_tcp_port: int) -> None:
    ran = outlet("reader", "read", "--port", f"tcp:127.0.0.1:{unused_tcp_port}", "--json")
    assert ran.code == 3
    assert ran.error.startswith("reader-")


@pytest.mark.skipif(os.name == "nt", reason="a device of POSIX systems")
def test_a_device_that_is_no_serial_port_is_missing(outlet: Outlet) -> None:
    ran = outlet("reader", "read", "--port", "serial:/dev/null", "--json")
    assert (ran.code, ran.error) == (3, "reader-port-missing")
