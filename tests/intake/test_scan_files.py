"""The scanner's file is read as a stranger's, and erased only while it is the one that was read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.scan_files import erase_scan_file, read_scan_file

MOST = 1000
DATA = bytes(range(250)) * 4


def code(act: Callable[[], object]) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        act()
    assert "scan" not in caught.value.detail, "its name may be a person's"
    return caught.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "scan.jpg"
    made.write_bytes(DATA)
    return made


def test_the_bytes_are_overwritten_before_the_file_goes(path: Path) -> None:
    source, data = read_scan_file(path, MOST)
    assert data == DATA
    with path.open("rb") as held:
        erase_scan_file(source)
        assert held.read() == bytes(len(DATA))
    assert not path.exists()
    assert str(path) not in repr(source)


def test_another_file_of_the_same_name_is_left_alone(path: Path) -> None:
    source, _ = read_scan_file(path, MOST)
    path.rename(path.with_name("kept"))
    path.write_bytes(b"the next customer's")
    assert code(lambda: erase_scan_file(source)) is FailureCode.SCAN_FILE_UNREADABLE
    assert path.read_bytes() == b"the next customer's"


def test_a_file_that_was_changed_since_is_left_alone(path: Path) -> None:
    source, _ = read_scan_file(path, MOST)
    with path.open("ab") as file:
        file.write(b"more")
    assert code(lambda: erase_scan_file(source)) is FailureCode.SCAN_FILE_UNREADABLE
    assert path.read_bytes() == DATA + b"more"


def test_a_file_with_a_second_name_is_left_alone(path: Path) -> None:
    path.with_name("second").hardlink_to(path)
    source, _ = read_scan_file(path, MOST)
    assert code(lambda: erase_scan_file(source)) is FailureCode.SCAN_FILE_UNREADABLE
    assert path.read_bytes() == DATA


def test_a_link_in_its_place_is_not_followed(path: Path) -> None:
    source, _ = read_scan_file(path, MOST)
    other = path.with_name("other")
    path.rename(other)
    path.symlink_to(other)
    assert code(lambda: erase_scan_file(source)) is FailureCode.SCAN_FILE_UNREADABLE
    assert other.read_bytes() == DATA


def test_what_is_no_plain_file_is_neither_read_nor_waited_for(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(path)
    os.mkfifo(tmp_path / "pipe.jpg")
    for name in ("link.jpg", "pipe.jpg", ".", "missing.jpg"):
        assert code(lambda name=name: read_scan_file(tmp_path / name, 10)) is FailureCode.SCAN_FILE_UNREADABLE


def test_a_file_may_have_exactly_as_many_bytes_as_were_named(path: Path) -> None:
    assert code(lambda: read_scan_file(path, len(DATA) - 1)) is FailureCode.SCAN_TOO_LARGE
    assert read_scan_file(path, len(DATA))[1] == DATA
