"""A maker's library that works, hangs, crashes and writes files: in this process, and under the station."""

import os
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from outlet_app.bootstrap import reader_command
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader import events
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.station import ReaderStation
from outlet_app.settings import load_settings
from tests.reader.reads import read_at
from tests.reader_process.conftest import started_processes
from tests.reader_process.sdt_stage import SdtStage, build

E = TypeVar("E", bound=events.ReaderEvent)
NUMBER = "05.03-20101010-0001234567-1234567890"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SdtStage]:
    built = build(tmp_path)
    monkeypatch.setenv("STAGE", str(built.folder))
    monkeypatch.setenv("TMPDIR", str(built.temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield built
    assert built.left_behind() == []


def _code(port: str, stage: SdtStage) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        read_at(port, stage.catalogue, timeout_s=0.5)
    return caught.value.code


def test_a_card_is_read_through_a_library(stage: SdtStage, capfd: pytest.CaptureFixture[str]) -> None:
    stage.lay("good")
    read = read_at(stage.port, stage.catalogue)
    assert (read.document.name, read.document.number) == ("样例", "11010519491231002X")
    assert read.provenance.sam_number == NUMBER
    assert (read.provenance.driver, read.provenance.port) == ("maker", stage.port)
    assert (read.timing.wire_ms, len(read.photo)) == (None, 1024)
    assert "somebody" not in capfd.readouterr().out


def test_process_and_output_are_as_before_when_the_library_is_left(
    stage: SdtStage, capfd: pytest.CaptureFixture[str]
) -> None:
    before = Path.cwd(), os.environ["TMPDIR"]
    stage.lay("files")
    assert read_at(stage.port, stage.catalogue).document.name == "样例"
    assert (Path.cwd(), os.environ["TMPDIR"]) == before
    os.write(1, b"heard again")
    assert capfd.readouterr().out == "heard again"


def test_the_port_of_a_library_is_found_by_asking(stage: SdtStage) -> None:
    stage.lay("good")
    assert read_at(f"sdt:{stage.library}", stage.catalogue).provenance.port == stage.port
    assert read_at("sdt:auto", stage.catalogue).provenance.driver == "maker"


def test_a_library_that_no_family_names_is_served_by_the_general_one(stage: SdtStage) -> None:
    stage.lay("good")
    assert read_at(stage.port, load_catalogue()).provenance.driver == "sdt-library"


def test_a_library_that_gives_its_number_as_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build(tmp_path, "-DNUMBER_AS_BYTES")
    monkeypatch.setenv("STAGE", str(stage.folder))
    stage.lay("good")
    assert read_at(stage.port, stage.catalogue).provenance.sam_number == NUMBER


def test_what_is_wrong_with_a_library_or_its_reader_is_told_apart(stage: SdtStage, tmp_path: Path) -> None:
    assert _code(stage.port, stage) is FailureCode.NO_CARD
    stage.say("not-authorised")
    assert _code(stage.port, stage) is FailureCode.MODULE_NOT_AUTHORISED
    stage.say("away")
    assert _code(stage.port, stage) is FailureCode.READER_NOT_FOUND
    assert _code(f"sdt:{tmp_path}/none.so", stage) is FailureCode.READER_PORT_MISSING
    (tmp_path / "no-library.so").write_bytes(b"\x7fELF\x01")
    assert _code(f"sdt:{tmp_path}/no-library.so", stage) is FailureCode.READER_NOT_FOUND


class Counter:
    """Hears what the station tells."""

    def __init__(self) -> None:
        self.heard: queue.Queue[events.ReaderEvent] = queue.Queue()

    def until(self, kind: type[E]) -> E:
        deadline = time.monotonic() + 30
        while not isinstance(event := self.heard.get(timeout=30), kind):
            assert time.monotonic() < deadline, f"no {kind.__name__}"
        return event


@pytest.fixture
def counter(stage: SdtStage, tmp_path: Path) -> Iterator[Callable[[], Counter]]:
    config = tmp_path / "outlet.toml"
    config.write_text(f'[reader]\nport = "{stage.port}"\ndrivers = "{stage.site}"\n')
    stations: list[ReaderStation] = []

    def open_counter() -> Counter:
        heard = Counter()
        command = reader_command(load_settings(config))
        stations.append(ReaderStation(command, heard.heard.put, silence_s=2.5, pauses_s=(0.05,)))
        stations[-1].start()
        return heard

    yield open_counter
    for station in stations:
        station.stop()
    assert started_processes() == []


@pytest.mark.parametrize("behaviour", ["crash", "hang"])
def test_a_library_that_crashes_or_hangs_is_replaced_and_the_next_card_reads(
    stage: SdtStage, counter: Callable[[], Counter], behaviour: str
) -> None:
    at_the_counter = counter()
    at_the_counter.until(events.Waiting)
    [before] = started_processes()
    stage.lay(behaviour)
    while at_the_counter.until(events.Trouble).code is not FailureCode.READER_PROCESS_STOPPED:
        pass
    assert not before.is_running()
    stage.lay("second")
    assert at_the_counter.until(events.DocumentRead).card.document.name == "样本"


def test_a_library_that_writes_and_prints_disturbs_no_line_and_leaves_no_file(
    stage: SdtStage, counter: Callable[[], Counter]
) -> None:
    at_the_counter = counter()
    stage.lay("files")
    assert at_the_counter.until(events.DocumentRead).card.document.name == "样例"
    assert [each.name for each in stage.temporary.iterdir()] != []
    stage.lay("second")
    assert at_the_counter.until(events.DocumentRead).card.document.name == "样本"


@pytest.mark.parametrize(("behaviour", "code"), [("good", 0), ("hang", 3)])
def test_the_command_line_ends_with_every_library(stage: SdtStage, behaviour: str, code: int) -> None:
    stage.lay(behaviour)
    config = stage.site / "outlet.toml"
    config.write_text(f'[reader]\ndrivers = "{stage.site}"\n')
    command = [sys.executable, "-m", "outlet_app", "--config", str(config), "reader", "read", "--json"]
    ran = subprocess.run(
        [*command, "--port", stage.port], capture_output=True, text=True, timeout=40, check=False
    )
    assert ran.returncode == code, ran.stderr
    assert "somebody" not in ran.stdout
    assert ran.stdout.startswith("{")
