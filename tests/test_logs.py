"""The log file: for its user alone, bounded, and free of identity data."""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.logs import KEPT_FILES, MAX_BYTES, STRUCK, TRAFFIC, start_logging, stop_logging, struck

log = logging.getLogger("outlet_app.example")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    stop_logging()
    logging.getLogger().setLevel(logging.WARNING)


def fail_twice() -> None:
    try:
        log.info("%s", {}["field secret words"])
    except KeyError as cause:
        raise RuntimeError("other secret words") from cause


def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_a_line_says_when_how_bad_and_where_from(home: Path) -> None:
    file = start_logging(home, "kiosk")
    log.info("reader ready at %s", "serial:/dev/ttyUSB0")
    [line] = lines_of(file)
    assert file == home / "logs" / "kiosk.log"
    assert line.startswith("20")
    assert line[19] == "."
    assert "Z INFO " in line
    assert line.endswith("outlet_app.example: reader ready at serial:/dev/ttyUSB0")


def test_nothing_is_made_before_the_first_line(home: Path) -> None:
    start_logging(home, "kiosk")
    assert not home.exists()


def test_file_and_folder_are_for_this_user_alone(home: Path) -> None:
    file = start_logging(home, "kiosk")
    log.info("first")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_old_lines_make_room_for_new_ones(home: Path) -> None:
    file = start_logging(home, "kiosk")
    for _ in range(KEPT_FILES + 3):
        for _ in range(11):
            log.info("%s", "x y " * (MAX_BYTES // 40))
    files = list(file.parent.iterdir())
    assert len(files) == KEPT_FILES + 1
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files)
    assert all(each.stat().st_size <= MAX_BYTES for each in files)


def test_traffic_is_kept_only_where_it_was_asked_for(home: Path) -> None:
    file = start_logging(home, "kiosk", level="debug")
    log.log(TRAFFIC, "read: 1295 bytes")
    log.debug("status 90")
    assert len(lines_of(file)) == 1
    start_logging(home, "kiosk", traffic=True)
    log.log(TRAFFIC, "read: 1295 bytes")
    assert "TRAFFIC" in lines_of(file)[-1]


@pytest.mark.parametrize(
    "secret",
    [
        "11010519491231002X",
        "810000199408230021",
        "XXA990090010112",
        "13800000001",
        "+8613800000001",
        "1064800000001",
        "89860000000000000017",
        "8986010000000000001A",
        "样例",
        "某市某区样例路1号",
        "欧阳\ue863",
        "6837" * 64,
        "AAAA/+" * 40 + "==",
    ],
)
def test_what_looks_like_identity_data_is_struck_out(secret: str) -> None:
    for text in (secret, f"value={secret!r};", f"before {secret} after"):
        assert secret not in struck(text)
        assert STRUCK in struck(text)


@pytest.mark.parametrize(
    "harmless",
    [
        "a2c738171373a17c93ef0ee1c578dfffe1bdc74c51548f08244cc4e25055bb2d",
        "05.03-20101010-0001234567-1234567890",
        "018f3a5e-7b1c-7cc2-9d4e-0123456789ab",
        "2026-01-01T08:00:00.000Z",
        "serial:/dev/ttyUSB0 at 115200",
        "tcp:127.0.0.1:35963",
    ],
)
def test_what_support_needs_stays(harmless: str) -> None:
    assert struck(harmless) == harmless


def test_an_exception_leaves_its_places_and_not_its_words(home: Path) -> None:
    file = start_logging(home, "kiosk")
    try:
        fail_twice()
    except RuntimeError:
        log.exception("failed")
    text = file.read_text()
    assert "builtins.KeyError" in text
    assert "builtins.RuntimeError" in text
    assert "test_logs.py" in text
    assert "secret" not in text


def test_of_a_known_failure_its_code_is_kept_and_of_the_system_its_number(home: Path) -> None:
    file = start_logging(home, "kiosk")
    for raised in (
        KnownFailure(FailureCode.DISK_FULL, "detail"),
        FileNotFoundError(2, "No such file", "/secret"),
    ):
        try:
            raise raised
        except (KnownFailure, OSError):
            log.exception("failed")
    text = file.read_text()
    assert "KnownFailure: disk-full" in text
    assert "FileNotFoundError: No such file (2)" in text
    assert "/secret" not in text


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the place of the folder")
    try:
        start_logging(tmp_path / "file", "kiosk")
        log.info("lost")
    finally:
        stop_logging()
    assert (tmp_path / "file").read_text() == "in the place of the folder"
