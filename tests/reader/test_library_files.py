"""Makers' libraries in the list of readers: looked at, never loaded."""

import struct
import sys
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.library_files import OUR_WIDTH, found_library, is_for_this_system, library_width
from outlet_app.reader.listing import SeenReader, list_readers
from outlet_app.reader.ports import Port

PE_HEAD = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
OTHER_WIDTH = 96 - OUR_WIDTH


def _elf(width: int) -> bytes:
    return b"\x7fELF" + bytes([width // 32]) + bytes(59)


def _seen(tmp_path: Path, named: str) -> SeenReader:
    family = tmp_path / "site" / "our-library" / "driver.toml"
    family.parent.mkdir(parents=True)
    family.write_text(
        f'title = "MX-20"\ntransport = "sdt"\nform = "library"\nsource = "its manual"\n'
        f'confidence = "one-source"\n\n[library]\npaths = [\n    "{named}",\n]\n'
    )
    seen = list_readers(load_catalogue([driver_folder(), family.parent.parent]))
    [ours] = [each for each in seen if each.name == "MX-20"]
    [rule] = ours.rules
    assert (rule.key, rule.value, rule.file, rule.line) == ("library.paths", named, family, 9)
    return ours


def test_a_library_that_is_there_is_listed_with_its_family_and_rule(tmp_path: Path) -> None:
    library = tmp_path / "libmaker.so"
    library.write_bytes(_elf(OUR_WIDTH))
    seen = _seen(tmp_path, str(library))
    assert (seen.driver, seen.port, seen.state) == ("our-library", f"sdt:{library}", "library-found")


def test_a_library_that_is_not_there_is_listed_with_the_rule_that_names_it(tmp_path: Path) -> None:
    seen = _seen(tmp_path, str(tmp_path / "libnowhere.so"))
    assert (seen.driver, seen.state) == (None, "library-missing")


@pytest.mark.parametrize("named", ["~nobody-of-this-name/libmaker.so", "/opt/" + "x" * 5000])
def test_a_library_where_no_file_can_be_is_not_there(tmp_path: Path, named: str) -> None:
    seen = _seen(tmp_path, named)
    assert (seen.driver, seen.state) == (None, "library-missing")
    with pytest.raises(KnownFailure) as caught:
        open_reader(Port("sdt", named), load_catalogue())
    assert caught.value.code is FailureCode.READER_PORT_MISSING


def test_a_library_of_another_width_is_told_apart(tmp_path: Path) -> None:
    library = tmp_path / "libmaker.so"
    library.write_bytes(_elf(OTHER_WIDTH))
    seen = _seen(tmp_path, str(library))
    assert (seen.driver, seen.state) == ("our-library", "library-other-width")
    assert seen.why == f"built for {OTHER_WIDTH} bit: it needs a Python of the same width"


@pytest.mark.parametrize(
    ("head", "width"),
    [
        (_elf(32), 32),
        (_elf(64), 64),
        (PE_HEAD + b"\x4c\x01", 32),
        (PE_HEAD + b"\x64\x86", 64),
        (PE_HEAD, None),
        (b"MZ", None),
        (b"\x7fELF", None),
        (b"no library", None),
        (b"", None),
    ],
)
def test_the_width_stands_in_the_head_of_the_file(tmp_path: Path, head: bytes, width: int | None) -> None:
    file = tmp_path / "library"
    file.write_bytes(head)
    assert library_width(file) == width


def test_what_cannot_be_read_has_no_width(tmp_path: Path) -> None:
    assert library_width(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="LD_LIBRARY_PATH is not for Windows")
def test_a_bare_name_is_looked_for_where_the_loader_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found_library("libnowhere.so") is None
    (tmp_path / "libnowhere.so").write_bytes(_elf(OUR_WIDTH))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    assert found_library("libnowhere.so") == tmp_path / "libnowhere.so"


def test_libraries_of_the_other_kind_of_system_are_left_out() -> None:
    names = ["libsdtapi.so", "sdtapi.dll"]
    assert [is_for_this_system(name) for name in names] == [sys.platform != "win32", sys.platform == "win32"]
