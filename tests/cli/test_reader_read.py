"""``outlet reader read`` over a pseudo terminal, at 115200 and at 9600 without being told the rate."""

import hashlib
import os
import re
import threading
import time
from pathlib import Path

import pytest

from outlet_app.domain.documents import CHIP_DOCUMENTS
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator
from tests.cli.conftest import Outlet

FIELDS = {
    "kind",
    "name",
    "latin_name",
    "sex",
    "ethnic_group_code",
    "ethnic_group",
    "birth_date",
    "address",
    "number",
    "issuer",
    "valid_from",
    "valid_until",
    "long_term",
    "nationality",
    "pass_number",
    "issue_count",
}
STEPS = ("probe", "find", "select", "read")
BREAKING = ("wrong-checksum", "half", "silence", "huge-length")
HARMLESS = ("noise", "stuffed-preamble", "foreign-message", "decoy", "nonzero-find")


@pytest.fixture(autouse=True)
def _fresh(serial_reader: Simulator) -> None:
    serial_reader.clear()
    serial_reader.lift()


@pytest.mark.parametrize("kind", sorted(CHIP_DOCUMENTS))
def test_each_kind_of_card_is_read(outlet: Outlet, serial_reader: Simulator, kind: str) -> None:
    serial_reader.lay(kind)
    ran = outlet("reader", "read", "--port", serial_reader.port_text, "--json", "--reveal")
    assert ran.code == 0
    assert list(ran.json) == ["document", "findings", "provenance", "timing"]
    assert ran.json["document"]["kind"] == kind
    assert ran.json["document"].keys() == FIELDS
    assert [finding for finding in ran.json["findings"] if finding["severity"] == "block"] == []


def test_the_answer_says_where_it_came_from_and_how_long_it_took(
    outlet: Outlet, serial_reader: Simulator
) -> None:
    serial_reader.lay("sample-blank")
    read = outlet("reader", "read", "--port", serial_reader.port_text, "--json", "--reveal").json
    provenance = read["provenance"]
    assert provenance["driver"] == "serial-module"
    assert provenance["port"] == serial_reader.port_text
    assert provenance["sam_number"] == "05.03-20101010-0001234567-1234567890"
    # the published answer of the sample card
    expected = "a2c738171373a17c93ef0ee1c578dfffe1bdc74c51548f08244cc4e25055bb2d"
    assert provenance["answer_sha256"] == expected
    assert provenance["photo_sha256"] == hashlib.sha256(bytes(1024)).hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", provenance["read_at"])
    timing = read["timing"]
    assert timing["bytes"] == 1295
    # select and read, both ways: at least the 1295 bytes of the answer, at most a tenth more
    line_ms = 1295 * 10 / serial_reader.module.baud * 1000
    assert line_ms <= timing["wire_ms"] < line_ms * 1.1
    assert timing["found_to_document_ms"] > 0


def test_nothing_personal_is_shown_unless_it_is_asked_for(
    outlet: Outlet, serial_reader: Simulator, quick_site: Path
) -> None:
    for form in (["--json"], []):
        serial_reader.lay("resident-id")
        arguments = ["--port", serial_reader.port_text, "--config", str(quick_site), *form]
        ran = outlet("reader", "read", *arguments)
        assert ran.code == 0
        for secret in ("样例", "11010519491231002X", "1949", "某市某区"):
            assert secret not in ran.out + ran.err


def test_a_person_is_told_the_fields_by_their_names(outlet: Outlet, serial_reader: Simulator) -> None:
    serial_reader.lay("expired")
    ran = outlet("reader", "read", "--port", serial_reader.port_text, "--reveal")
    assert ran.code == 0
    assert "Name: 样例\n" in ran.out
    assert "Number: 11010519491231002X\n" in ran.out
    assert "[document-expired]" in ran.out
    assert "Lay the ID card on the reader." in ran.err


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [
        ("expired", "document-expired", "block"),
        ("not-yet-valid", "document-not-yet-valid", "block"),
        ("check-digit", "number-check-digit", "block"),
        ("birth-date", "birth-date-mismatch", "block"),
        ("sex", "sex-mismatch", "block"),
        ("area-code", "area-code-unknown", "warn"),
        ("ethnic-group", "ethnic-group-unknown", "warn"),
    ],
)
def test_a_finding_is_told_and_is_no_failure(
    outlet: Outlet, serial_reader: Simulator, quick_site: Path, name: str, code: str, severity: str
) -> None:
    serial_reader.lay(name)
    arguments = ["--port", serial_reader.port_text, "--json", "--config", str(quick_site)]
    ran = outlet("reader", "read", *arguments)
    assert ran.code == 0
    assert ran.json["findings"] == [{"code": code, "severity": severity}]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", BREAKING)
def test_a_damaged_answer_is_survived_wherever_it_happens(
    outlet: Outlet, serial_reader: Simulator, quick_site: Path, fault: str, step: str
) -> None:
    serial_reader.lay("resident-id")
    serial_reader.fault(f"{fault}@{step}:1")
    arguments = ["--port", serial_reader.port_text, "--json", "--reveal"]
    ran = outlet("--config", str(quick_site), "reader", "read", *arguments)
    assert (ran.code, ran.err.count("[")) == (0, 0)
    assert ran.json["document"]["number"] == "11010519491231002X"


@pytest.mark.parametrize("step", STEPS)
def test_a_slow_answer_is_waited_for(outlet: Outlet, serial_reader: Simulator, step: str) -> None:
    serial_reader.lay("resident-id")
    serial_reader.fault(f"slow@{step}:1")
    ran = outlet("reader", "read", "--port", serial_reader.port_text, "--json", "--reveal")
    assert ran.code == 0
    assert ran.json["document"]["number"] == "11010519491231002X"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", HARMLESS)
def test_noise_on_the_line_does_no_harm_even_if_it_stays(
    outlet: Outlet, serial_reader: Simulator, quick_site: Path, fault: str, step: str
) -> None:
    serial_reader.lay("resident-id")
    serial_reader.fault(f"{fault}@{step}")
    arguments = ["--port", serial_reader.port_text, "--json", "--reveal", "--config", str(quick_site)]
    ran = outlet("reader", "read", *arguments)
    assert ran.code == 0
    assert ran.json["document"]["number"] == "11010519491231002X"


@pytest.mark.parametrize(
    ("name", "fault", "exit_code", "error"),
    [
        ("unknown-kind", None, 6, "card-kind-unknown"),
        ("bad-date", None, 5, "card-content-malformed"),
        ("resident-id", "card-refused", 5, "card-refused"),
        ("resident-id", "module-refused", 5, "card-refused"),
        ("resident-id", "card-type-unknown", 6, "card-not-id"),
        ("resident-id", "select-failed", 5, "card-read-failed"),
        ("resident-id", "read-failed", 5, "card-read-failed"),
        ("resident-id", "half@read", 5, "card-read-failed"),
        ("resident-id", "silence@read", 5, "card-read-failed"),
        ("resident-id", "removed", 5, "card-removed"),
        ("resident-id", "self-test-failed", 7, "module-self-test-failed"),
        ("resident-id", "not-authorised", 7, "module-not-authorised"),
        ("resident-id", "silence", 3, "reader-no-answer"),
    ],
)
def test_what_cannot_be_read_ends_in_its_exit_code(
    outlet: Outlet,
    serial_reader: Simulator,
    quick_site: Path,
    name: str,
    fault: str | None,
    exit_code: int,
    error: str,
) -> None:
    serial_reader.lay(name)
    if fault is not None:
        serial_reader.fault(fault)
    begun = time.monotonic()
    arguments = ["--port", serial_reader.port_text, "--json", "--timeout", "5"]
    ran = outlet("reader", "read", *arguments, f"--config={quick_site}")
    assert (ran.code, ran.error) == (exit_code, error)
    assert time.monotonic() - begun < 15


def test_no_card_in_time_is_said_in_time(outlet: Outlet, serial_reader: Simulator, quick_site: Path) -> None:
    begun = time.monotonic()
    arguments = ["--port", serial_reader.port_text, "--timeout", "1.5", "--json"]
    ran = outlet("reader", "read", *arguments, "--config", str(quick_site))
    assert (ran.code, ran.error) == (4, "no-card")
    # finding the rate comes on top of the time for the card
    assert 1.5 <= time.monotonic() - begun < 6


def test_a_card_laid_down_while_waiting_is_read(outlet: Outlet, serial_reader: Simulator) -> None:
    laying = threading.Timer(1.0, serial_reader.lay, ["resident-id"])
    laying.start()
    ran = outlet("reader", "read", "--port", serial_reader.port_text, "--json", "--timeout", "20")
    laying.join()
    assert ran.code == 0


def test_a_port_held_by_another_program_is_told_apart(outlet: Outlet, serial_reader: Simulator) -> None:
    import fcntl

    device = serial_reader.port_text.removeprefix("serial:")
    holder = os.open(device, os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ran = outlet("reader", "read", "--port", serial_reader.port_text, "--json")
    finally:
        os.close(holder)
    assert (ran.code, ran.error) == (3, "reader-port-busy")


def test_a_reader_pulled_out_in_the_middle_is_told(outlet: Outlet, serial_reader: Simulator) -> None:
    serial_reader.lay("resident-id")
    serial_reader.fault("unplugged@read:1")
    ran = outlet("reader", "read", "--port", serial_reader.port_text, "--json")
    serial_reader.plug()
    assert (ran.code, ran.error) == (3, "reader-unplugged")


def test_the_log_holds_nothing_about_the_person(outlet: Outlet, serial_reader: Simulator) -> None:
    settings = Path(os.environ["OUTLET_HOME"]) / "outlet.toml"
    settings.parent.mkdir()
    settings.write_text('[log]\nlevel = "debug"\ntraffic = true\n')
    answer = card("resident-id")
    serial_reader.lay("resident-id")
    assert outlet("reader", "read", "--port", serial_reader.port_text, "--reveal").code == 0
    [log] = (settings.parent / "logs").iterdir()
    text = log.read_bytes()
    assert b"module answers" in text
    for secret in ("样例", "11010519491231002X", "19491231", "某市"):
        assert secret.encode() not in text
        assert secret.encode("utf-16-le") not in text
        assert secret.encode("utf-16-le").hex().encode() not in text.lower()
    assert answer.text_block[:20].hex().encode() not in text.lower()
