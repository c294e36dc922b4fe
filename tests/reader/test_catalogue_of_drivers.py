import errno
import os
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.driver_file import LARGEST_FILE, load_driver
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.match_rules import matched_by_usb
from outlet_app.reader.waits import Waits

GOOD = """
title = "A reader"
transport = "serial"
form = "frames"
source = "its label"
confidence = "one-source"

[match]
usb_ids = ["1a86:7523"]
"""


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name / "driver.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def _complaint(path: Path) -> str:
    with pytest.raises(KnownFailure) as caught:
        load_driver(path)
    assert caught.value.code is FailureCode.DRIVER_FILE_MALFORMED
    assert str(path) in caught.value.detail
    return caught.value.detail


def test_every_family_that_ships_loads_and_has_notes_and_a_source() -> None:
    catalogue = load_catalogue()
    names = {driver.name for driver in catalogue.drivers}
    assert names == {
        "serial-module",
        "usb-serial",
        "tcp-gateway",
        "pcsc-pages",
        "pcsc-plain",
        "pcsc-tunnel",
        "pcsc-virtual",
        "sdt-library",
    }
    for driver in catalogue.drivers:
        assert driver.source
        assert (driver_folder() / driver.name / "notes.md").is_file()


@pytest.mark.parametrize(("vendor", "product"), [(0x1A86, 0x7523), (0x067B, 0x2303), (0x10C4, 0xEA60)])
def test_common_adaptors_are_known_by_their_usb_ids(vendor: int, product: int) -> None:
    driver = load_catalogue().for_usb(vendor, product, None)
    assert driver is not None
    assert driver.name == "usb-serial"


def test_an_adaptor_that_no_family_names_is_no_reader() -> None:
    assert load_catalogue().for_usb(0x1234, 0x5678, "A1") is None
    assert load_catalogue().for_usb(None, None, None) is None


def test_the_udev_rule_names_the_adaptors_of_the_family_and_no_others() -> None:
    rule = (driver_folder() / "usb-serial" / "60-outlet-reader.rules").read_text(encoding="utf-8")
    for vendor, product in next(d for d in load_catalogue().drivers if d.name == "usb-serial").usb_ids:
        line = next(line for line in rule.splitlines() if f'"{vendor:04x}"' in line)
        assert f"{product:04x}" in line
    assert rule.count('GOTO="outlet_reader_found"') == 3


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("Virtual PCD 00 00", "pcsc-virtual"),
        ("ACS ACR122U PICC Interface 00 00", "pcsc-plain"),
        ("Some Maker IDR-1 00 00", "pcsc-pages"),
    ],
)
def test_a_pcsc_reader_is_known_by_its_name_or_served_by_the_general_family(name: str, driver: str) -> None:
    assert load_catalogue().for_pcsc(name).name == driver


def test_a_site_folder_adds_families_and_takes_the_place_of_others(tmp_path: Path) -> None:
    own = (
        GOOD.replace('usb_ids = ["1a86:7523"]', 'adaptor_serials = ["^OUTLET-"]') + "\n[waits]\nread_s = 9\n"
    )
    _write(tmp_path, "our-counter", own)
    _write(tmp_path, "usb-serial", GOOD.replace("1a86:7523", "aaaa:bbbb"))
    catalogue = load_catalogue([driver_folder(), tmp_path])
    ours = catalogue.for_usb(0x10C4, 0xEA60, "OUTLET-7")
    assert ours is not None
    assert (ours.name, ours.waits) == ("our-counter", Waits(read_s=9.0))
    assert catalogue.for_usb(0x10C4, 0xEA60, "X") is None
    replaced = catalogue.for_usb(0xAAAA, 0xBBBB, None)
    assert replaced is not None
    assert replaced.name == "usb-serial"


def test_a_folder_without_a_driver_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    assert load_catalogue([tmp_path]).drivers == ()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('title = "A reader"', ""), "title"),
        (('title = "A reader"', "title = 7"), "title"),
        (('"serial"', '"bluetooth"'), "transport"),
        (('"frames"', '"tunnel"'), "form"),
        (('"frames"', '"pages"'), "form"),
        (('"serial"', '"pcsc"'), "form"),
        (('"one-source"', '"sure"'), "confidence"),
        (('"1a86:7523"', '"1a867523"'), "match.usb_ids"),
        (("usb_ids =", "usb_id ="), "match.usb_id"),
        (('usb_ids = ["1a86:7523"]', 'pcsc_names = ["("]'), "match.pcsc_names"),
        (('usb_ids = ["1a86:7523"]', 'pcsc_names = ["(a+)+$"]'), "match.pcsc_names"),
        (("[match]", "order = true\n[match]"), "order"),
        (("[match]", 'makers = "X"\n[match]'), "makers"),
        (("[match]", "colour = 1\n[match]"), "colour"),
        (("[match]", "[line]\nbaud_rates = [1200]\n[match]"), "line.baud_rates"),
        (("[match]", "[line]\nbaud_rates = []\n[match]"), "line.baud_rates"),
        (("[match]", "[waits]\nread_s = 0\n[match]"), "waits.read_s"),
        (("[match]", "[waits]\nread_s = true\n[match]"), "waits.read_s"),
        (("[match]", "[waits]\nread_s = 9.1\n[match]"), "waits.read_s"),
        (("[match]", "[waits]\nread = 3\n[match]"), "waits.read"),
        (("[match]", "[line]\nbaud_rates = [9600.0]\n[match]"), "line.baud_rates"),
        (("[match]", "[library]\nports = [true]\n[match]"), "library.ports"),
        (("[match]", '[library]\npaths = ["a\\u0000b"]\n[match]'), "library.paths"),
        (("[match]", "line = 1\n[match]"), "line"),
    ],
)
def test_a_mistake_in_a_driver_file_is_named_by_file_and_key(
    tmp_path: Path, change: tuple[str, str], key: str
) -> None:
    path = _write(tmp_path, "mistaken", GOOD.replace(*change))
    assert f"{path}: {key} " in _complaint(path)


@pytest.mark.parametrize("data", [b"title = ", b"\xff\xfe", b""])
def test_a_file_that_is_no_toml_or_empty_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken" / "driver.toml"
    path.parent.mkdir()
    path.write_bytes(data)
    assert _complaint(path)


@pytest.mark.parametrize(("encoding", "line"), [("gbk", 10), ("utf-16", 1)])
def test_a_file_saved_in_another_encoding_is_told_with_the_line(
    tmp_path: Path, encoding: str, line: int
) -> None:
    path = _write(tmp_path, "saved-anew", "")
    path.write_bytes((GOOD + "# 二代证读卡器\n").encode(encoding))
    assert f"{path}: is not saved as UTF-8 (at line {line})" in _complaint(path)


def test_the_mark_that_windows_editors_put_in_front_is_passed_over(tmp_path: Path) -> None:
    path = _write(tmp_path, "marked", "\ufeff" + GOOD)
    driver = load_driver(path)
    [rule] = matched_by_usb(driver, (0x1A86, 0x7523), None)
    assert (driver.title, rule.line) == ("A reader", 9)


def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    pipe, folder, device = (tmp_path / name / "driver.toml" for name in ("pipe", "folder", "device"))
    folder.mkdir(parents=True)
    for path in (pipe, device):
        path.parent.mkdir()
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for path in (pipe, folder, device):
        assert "is no file" in _complaint(path)


@pytest.mark.parametrize("leads_to", ["nowhere.toml", "driver.toml"])
def test_a_link_that_leads_nowhere_or_to_itself_is_named(tmp_path: Path, leads_to: str) -> None:
    link = tmp_path / "linked" / "driver.toml"
    link.parent.mkdir()
    link.symlink_to(leads_to)
    with pytest.raises(KnownFailure, match="cannot be read") as caught:
        load_catalogue([tmp_path])
    assert str(link) in caught.value.detail


def test_a_family_takes_the_place_of_one_of_the_same_transport_only(tmp_path: Path) -> None:
    path = _write(tmp_path, "serial-module", GOOD.replace('"serial"', '"tcp"'))
    with pytest.raises(KnownFailure) as caught:
        load_catalogue([driver_folder(), tmp_path])
    assert f"{path}: transport is serial" in caught.value.detail
    line = 1 + path.read_text().splitlines().index('transport = "tcp"')
    assert f"(at line {line})" in caught.value.detail


def test_the_only_family_that_serves_every_device_keeps_doing_so(tmp_path: Path) -> None:
    path = _write(tmp_path, "serial-module", GOOD)
    with pytest.raises(KnownFailure) as caught:
        load_catalogue([driver_folder(), tmp_path])
    assert f"{path}: match: " in caught.value.detail
    assert "(at line 8)" in caught.value.detail
    _write(tmp_path, "our-others", GOOD.partition("[match]")[0])
    assert load_catalogue([driver_folder(), tmp_path]).general("serial").name == "our-others"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    # the system speaks the language of the process, which another test may have chosen
    assert f"cannot be read: {os.strerror(errno.ENOENT)}" in _complaint(tmp_path / "driver.toml")


def test_a_file_larger_than_any_description_is_not_read(tmp_path: Path) -> None:
    assert "is larger than" in _complaint(_write(tmp_path, "large", GOOD + "#" * LARGEST_FILE))
