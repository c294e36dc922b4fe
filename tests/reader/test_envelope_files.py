"""Envelopes and libraries in driver files: what is understood, and how a slip is named."""

import subprocess
import textwrap
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.driver_file import load_driver
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.envelope import Envelope

HEAD = """
title = "A reader"
transport = "{transport}"
form = "{form}"
source = "its label"
confidence = "one-source"
"""
TUNNEL = HEAD.format(transport="pcsc", form="tunnel")
LIBRARY = HEAD.format(transport="sdt", form="library")
FRAME = bytes.fromhex("AAAAAA96690003") + b"xyz"


def _write(folder: Path, text: str) -> Path:
    path = folder / "driver.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("table", "wrapped"),
    [
        ('way = "apdu"\nheader = "80C20001"', "80C200010A" + FRAME.hex() + "00"),
        ('way = "apdu"\nheader = "80C20001"\nexpects_length = false', "80C200010A" + FRAME.hex()),
        ('way = "apdu"\nheader = "ff000000"\nlength = "extended"', "ff00000000000A" + FRAME.hex() + "0000"),
        ('way = "control"', FRAME.hex()),
        ('way = "control"\nheader = "6b"', "6b" + FRAME.hex()),
    ],
)
def test_an_envelope_wraps_as_its_file_says(tmp_path: Path, table: str, wrapped: str) -> None:
    envelope = load_driver(_write(tmp_path, f"{TUNNEL}[envelope]\n{table}")).envelope
    assert envelope is not None
    assert envelope.wrap(FRAME) == bytes.fromhex(wrapped)


def test_a_control_code_is_a_number_or_the_reader_is_asked_for_it(tmp_path: Path) -> None:
    given = load_driver(_write(tmp_path, f'{TUNNEL}[envelope]\nway = "control"\ncode = 0x42000001'))
    assert given.envelope == Envelope("control", b"", expects_length=False, control_code=0x42000001)
    asked = load_driver(_write(tmp_path, f'{TUNNEL}[envelope]\nway = "control"\ncode = "escape"'))
    assert asked.envelope is not None
    assert asked.envelope.control_code is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (TUNNEL, "envelope"),
        (HEAD.format(transport="pcsc", form="pages") + '[envelope]\nway = "apdu"', "envelope"),
        (TUNNEL + "[envelope]\n", "envelope.way"),
        (TUNNEL + '[envelope]\nway = "post"', "envelope.way"),
        (TUNNEL + '[envelope]\nway = "apdu"', "envelope.header"),
        (TUNNEL + '[envelope]\nway = "apdu"\nheader = "FFB0"', "envelope.header"),
        (TUNNEL + '[envelope]\nway = "apdu"\nheader = "FFB0000"', "envelope.header"),
        (TUNNEL + '[envelope]\nway = "apdu"\nheader = "FFB00000"\nlength = "long"', "envelope.length"),
        (TUNNEL + '[envelope]\nway = "apdu"\nheader = "FFB00000"\nstatus_word = 1', "envelope.status_word"),
        (TUNNEL + '[envelope]\nway = "apdu"\nheader = "FFB00000"\ncode = 1', "envelope.code"),
        (TUNNEL + '[envelope]\nway = "control"\nlength = "short"', "envelope.length"),
        (TUNNEL + '[envelope]\nway = "control"\ncode = "0x42000001"', "envelope.code"),
        (TUNNEL + '[envelope]\nway = "control"\ncode = true', "envelope.code"),
        (TUNNEL + '[envelope]\nway = "control"\ncode = 0x100000000', "envelope.code"),
        (LIBRARY + "[library]\nports = [17]", "library.ports"),
        (LIBRARY + "[library]\npaths = 1", "library.paths"),
        (HEAD.format(transport="sdt", form="pages"), "form"),
    ],
)
def test_a_slip_in_an_envelope_or_a_library_is_named(tmp_path: Path, text: str, key: str) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(KnownFailure) as caught:
        load_driver(path)
    assert caught.value.code is FailureCode.DRIVER_FILE_MALFORMED
    assert str(path) in caught.value.detail
    assert f" {key} " in caught.value.detail


def test_the_example_of_the_handbook_is_a_reader_model_in_one_file(tmp_path: Path) -> None:
    handbook = (driver_folder() / "README.md").read_text(encoding="utf-8")
    example = handbook.split("`mx-10/driver.toml`:")[1].split("\nThe folder is the whole change")[0]
    (tmp_path / "mx-10").mkdir()
    _write(tmp_path / "mx-10", textwrap.dedent(example))
    driver = load_catalogue([driver_folder(), tmp_path]).for_pcsc("Maker MX-10 00 00")
    assert driver.envelope == Envelope(
        "apdu", bytes.fromhex("80CA0000"), length="extended", status_word=False
    )


def test_the_keys_of_envelope_and_library_stand_in_the_handbook() -> None:
    handbook = (driver_folder() / "README.md").read_text(encoding="utf-8")
    keys = ("way", "header", "length", "expects_length", "status_word", "code")
    assert all(f"| `envelope.{key}` |" in handbook for key in keys)
    assert all(f"| `library.{key}` |" in handbook for key in ("paths", "ports"))


def test_the_script_for_escape_codes_sets_one_bit_and_no_more(tmp_path: Path) -> None:
    plist = tmp_path / "Info.plist"
    text = (
        "<dict>\n\t<key>ifdDriverOptions</key>\n\t<string>{}</string>\n\n\t<string>0x0004</string>\n</dict>\n"
    )
    script = driver_folder() / "pcsc-tunnel" / "escape.sh"
    plist.write_text(text.format("0x0004"))
    for _ in range(2):
        subprocess.run(["sh", script, plist], check=True, stdout=subprocess.DEVNULL)
        assert plist.read_text() == text.format("0x0005")
