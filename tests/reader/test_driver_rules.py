"""A technician is led to the line of the driver file: the one that matched, failed, or is wrong."""

import sys
from pathlib import Path

import pytest
import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.driver_file import load_driver
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.listing import NOT_A_READER, SeenReader, Why, list_readers
from outlet_app.reader.match_rules import Rule, matched_by_name
from outlet_app.texts.readers import reader_rule_texts, reader_state_text
from tests.reader.scripted_module import ScriptedModule

FAMILY = """title = "Ours"
transport = "serial"
form = "frames"
order = 10
source = "its label"
confidence = "one-source"

[match]
adaptor_serials = [
    "^OUR-[0-9]",
    "^OTHER-",
]
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site's family that names adaptors by their serial numbers."""
    file = tmp_path / "ours" / "driver.toml"
    file.parent.mkdir()
    file.write_text(FAMILY)
    return file


def _listed(
    site: Path, monkeypatch: pytest.MonkeyPatch, usb_id: tuple[int, int] | None, serial_number: str | None
) -> SeenReader:
    """The list with one port in it that is not there."""
    port = ListPortInfo("/dev/ttyUSB99")
    port.description, port.serial_number = "USB Serial", serial_number
    if usb_id is not None:
        port.vid, port.pid = usb_id
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    catalogue = load_catalogue([driver_folder(), site.parent.parent])
    return next(seen for seen in list_readers(catalogue) if seen.port == "serial:/dev/ttyUSB99")


def _text_at(rule: Rule) -> str:
    assert rule.line is not None
    return rule.file.read_text(encoding="utf-8").splitlines()[rule.line - 1]


def test_the_serial_number_that_matched_is_named_with_its_line(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = _listed(site, monkeypatch, (0x1A86, 0x7523), "OTHER-7")
    assert (seen.driver, seen.reason) == ("ours", Why.SERIAL_NUMBER_KNOWN)
    assert seen.rules == (Rule("match.adaptor_serials", "^OTHER-", site, 11),)
    assert reader_rule_texts(seen) == [f'matched: match.adaptor_serials "^OTHER-" ({site}, line 11)']


def test_the_usb_id_that_matched_is_named_with_its_line(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _listed(site, monkeypatch, (0x067B, 0x23A3), "X")
    assert (seen.driver, seen.reason) == ("usb-serial", Why.USB_ID_KNOWN)
    [rule] = seen.rules
    assert (rule.key, rule.value) == ("match.usb_ids", "067b:23a3")
    assert _text_at(rule).strip().startswith('"067b:23a3"')


@pytest.mark.parametrize("usb_id", [(0x1234, 0x5678), None])
def test_every_rule_that_failed_is_named_with_its_line(
    site: Path, monkeypatch: pytest.MonkeyPatch, usb_id: tuple[int, int] | None
) -> None:
    seen = _listed(site, monkeypatch, usb_id, None)
    assert (seen.driver, seen.state) == (None, NOT_A_READER)
    assert [rule.key for rule in seen.rules] == ["match.adaptor_serials", "match.usb_ids"]
    assert [_text_at(rule).split(" =")[0] for rule in seen.rules] == ["adaptor_serials", "usb_ids"]
    assert reader_rule_texts(seen)[0] == f"did not match: match.adaptor_serials ({site}, line 9)"


@pytest.mark.parametrize(
    ("name", "driver", "line"),
    [
        ("HID OMNIKEY 5427 CK", "pcsc-plain", '    "OMNIKEY .*5[04]2[0-9]",'),
        ("Nobody's Reader", "pcsc-pages", 'transport = "pcsc"'),
    ],
)
def test_a_pcsc_reader_is_led_to_its_rule(name: str, driver: str, line: str) -> None:
    found = load_catalogue().for_pcsc(name)
    assert found.name == driver
    [rule] = matched_by_name(found, name)
    assert _text_at(rule) == line


def test_a_file_that_is_gone_since_has_no_line(site: Path) -> None:
    driver = load_driver(site)
    site.unlink()
    assert [str(rule) for rule in matched_by_name(driver, "x")] == [f'transport "serial" ({site}, line ?)']


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("order = 10", "order = true"), "order is a whole number (at line 4)"),
        (("[match]", "[colour]\nx = 1\n[match]"), "colour is not known (at line 8)"),
        (("adaptor_serials", "adaptor_serial"), "match.adaptor_serial is not known (at line 9)"),
        (("[match]", "waits = { read_s = 0 }\n[match]"), "waits.read_s is a number of seconds"),
        (('title = "Ours"', ""), "title is a text and must be there"),
    ],
)
def test_a_mistake_is_told_with_key_and_line(site: Path, change: tuple[str, str], complaint: str) -> None:
    site.write_text(FAMILY.replace(*change))
    with pytest.raises(KnownFailure) as caught:
        load_driver(site)
    assert caught.value.code is FailureCode.DRIVER_FILE_MALFORMED
    assert f"{site}: {complaint}" in caught.value.detail
    assert caught.value.detail.endswith(")") is not complaint.endswith("there")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which program holds a port")
def test_the_list_says_what_is_wrong_with_a_port(
    module: ScriptedModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = ListPortInfo(module.device)
    port.vid, port.pid = 0x1A86, 0x7523
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    with serial.Serial(module.device, exclusive=True):
        seen = next(each for each in list_readers(load_catalogue()) if each.port == module.port_text)
    assert seen.state == "reader-port-busy"
    assert seen.state_detail == module.device
    assert reader_state_text(seen) == f"Another program is using the reader's port. ({module.device})"
