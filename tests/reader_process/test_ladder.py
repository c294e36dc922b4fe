"""The rungs of recovery as the real reader process and its station tell them, least first."""

import os
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from outlet_app.bootstrap import reader_command
from outlet_app.domain.failures import FailureCode
from outlet_app.reader import events
from outlet_app.reader.simulator.simulate import Simulator
from outlet_app.reader.station import ReaderStation
from outlet_app.reader.steps import Rung
from outlet_app.settings import load_settings
from tests.reader_process.conftest import Watch, started_processes

QUICK = """title = "Module whose silence is found out quickly"
transport = "serial"
form = "frames"
order = 1
source = "these tests"
confidence = "own-choice"

[line]
baud_rates = [115200]

[waits]
probe_s = 0.2
status_s = 0.3
number_s = 0.4
find_s = 0.2
select_s = 0.2
read_s = 0.4
reset_s = 0.2
"""

Told = queue.Queue[events.ReaderEvent]


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    family = tmp_path / "site" / "quick" / "driver.toml"
    family.parent.mkdir(parents=True)
    family.write_text(QUICK)
    file = tmp_path / "outlet.toml"
    file.write_text(f'[reader]\ndrivers = "{family.parent.parent}"\n')
    monkeypatch.setenv("OUTLET_CONFIG", os.fspath(file))
    return file


@pytest.fixture
def told(settings_file: Path, reader: Simulator) -> Iterator[Told]:
    """What a station tells of the reader, which waits for a card by now."""
    heard: Told = queue.Queue()
    station = ReaderStation(reader_command(load_settings(settings_file), reader.port_text), heard.put)
    station.start()
    try:
        _until(heard, lambda event: isinstance(event, events.Alive))
        _until(heard, lambda event: isinstance(event, events.Alive))
        yield heard
    finally:
        station.stop()


def _until(told: Told, is_it: Callable[[events.ReaderEvent], bool]) -> list[events.ReaderEvent]:
    """Events up to and with that one."""
    passed: list[events.ReaderEvent] = []
    while not passed or not is_it(passed[-1]):
        passed.append(told.get(timeout=20))
    return passed


def _is_rung(rung: Rung) -> Callable[[events.ReaderEvent], bool]:
    return lambda event: isinstance(event, events.Recovering) and event.rung is rung


def _rungs(passed: list[events.ReaderEvent]) -> list[Rung]:
    return [event.rung for event in passed if isinstance(event, events.Recovering)]


def _troubles(passed: list[events.ReaderEvent]) -> list[FailureCode]:
    return [event.code for event in passed if isinstance(event, events.Trouble)]


@pytest.mark.parametrize(
    ("fault", "rung"),
    [
        ("silence@find:1", Rung.FIND_AGAIN),
        ("select-failed@select:1", Rung.SELECT_AGAIN),
        ("read-failed@read:1", Rung.RESET_SAM),
    ],
)
def test_a_fault_that_comes_once_takes_one_rung(
    told: Told, reader: Simulator, fault: str, rung: Rung
) -> None:
    reader.fault(fault)
    reader.lay("resident-id")
    passed = _until(told, lambda event: isinstance(event, events.DocumentRead))
    assert _rungs(passed) == [rung]
    assert _troubles(passed) == []


def test_a_module_that_is_silent_for_a_while_is_opened_again(told: Told, reader: Simulator) -> None:
    reader.fault("silence@find:4")
    passed = _until(told, lambda event: isinstance(event, events.Ready))
    assert _rungs(passed) == [Rung.FIND_AGAIN, Rung.FIND_AGAIN, Rung.RESET_SAM, Rung.REOPEN]
    assert _troubles(passed) == []


def test_a_module_that_stays_silent_gets_a_new_process(told: Told, reader: Simulator) -> None:
    [before] = started_processes()
    reader.fault("silence")
    passed = _until(told, _is_rung(Rung.RESTART))
    reader.clear()
    passed += _until(told, lambda event: isinstance(event, events.Ready))
    assert _rungs(passed)[-2:] == [Rung.REOPEN, Rung.RESTART]
    assert _troubles(passed) == []
    [after] = started_processes()
    assert after.pid != before.pid


def test_the_whole_ladder_is_climbed_before_the_person_is_told(told: Told, reader: Simulator) -> None:
    reader.fault("silence@find:1")
    passed = _until(told, _is_rung(Rung.FIND_AGAIN))
    reader.fault("select-failed")
    reader.fault("silence@reset")
    reader.lay("resident-id")
    passed += _until(told, _is_rung(Rung.RESET_SAM))
    reader.fault("silence")
    passed += _until(told, lambda event: isinstance(event, events.Trouble))
    assert list(dict.fromkeys(_rungs(passed))) == list(Rung)
    assert _troubles(passed) == [FailureCode.READER_NO_ANSWER]
    reader.clear()
    read = _until(told, lambda event: isinstance(event, events.DocumentRead))
    assert Rung.RESTART not in _rungs(read)


def test_a_process_that_nobody_starts_again_goes_on_and_tells(
    settings_file: Path, watch: Watch, reader: Simulator
) -> None:
    assert settings_file
    watching = watch("--port", reader.port_text)
    watching.until("waiting")
    watching.until("alive")
    reader.fault("silence")
    assert watching.until("recovering")["rung"] == "find-again"
    told = watching.until("trouble")
    assert told["code"] == "reader-no-answer"
    reader.clear()
    reader.lay("resident-id")
    watching.until("document")


def test_a_module_that_answers_its_greeting_only_is_told(
    settings_file: Path, watch: Watch, reader: Simulator
) -> None:
    assert settings_file
    reader.fault("silence@find")
    watching = watch("--port", reader.port_text)
    names = watching.names_until("trouble")
    assert names[:4] == ["ready", "waiting", "recovering", "ready"]
    assert names[-2:] == ["recovering", "trouble"]
