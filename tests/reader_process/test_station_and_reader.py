"""The station with the real reader process: what the kiosk lives on."""

import queue
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from outlet_app.bootstrap import reader_command
from outlet_app.documents.text_block import parse_text_block
from outlet_app.domain.failures import FailureCode
from outlet_app.reader import events
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator
from outlet_app.reader.station import ReaderStation
from outlet_app.settings import load_settings
from tests.reader_process.conftest import started_processes

E = TypeVar("E", bound=events.ReaderEvent)


class Counter:
    """Hears what the station tells."""

    def __init__(self) -> None:
        self.heard: queue.Queue[events.ReaderEvent] = queue.Queue()

    def until(self, kind: type[E]) -> E:
        while not isinstance(event := self.heard.get(timeout=30), kind):
            pass
        return event


@pytest.fixture
def counter(reader: Simulator) -> Iterator[Counter]:
    heard = Counter()
    station = ReaderStation(
        reader_command(load_settings(None), reader.port_text),
        heard.heard.put,
        silence_s=2.5,
        pauses_s=(0.05,),
    )
    station.start()
    yield heard
    station.stop()
    assert started_processes() == []


def reader_process() -> psutil.Process:
    [process] = started_processes()
    return process


def test_a_card_arrives_whole(counter: Counter, reader: Simulator) -> None:
    counter.until(events.Waiting)
    reader.lay("hmt-residence-permit")
    read = counter.until(events.DocumentRead)
    lying = card("hmt-residence-permit")
    assert read.card.text_block == lying.text_block
    assert read.card.photo == lying.photo
    assert read.card.document == parse_text_block(lying.text_block)
    assert read.card.provenance.port == reader.port_text


def test_a_killed_reader_process_is_told_and_replaced(counter: Counter, reader: Simulator) -> None:
    counter.until(events.Ready)
    killed = reader_process()
    killed.kill()
    assert counter.until(events.Trouble).code is FailureCode.READER_PROCESS_STOPPED
    counter.until(events.Ready)
    assert reader_process().pid != killed.pid
    reader.lay("resident-id")
    counter.until(events.DocumentRead)


def test_a_frozen_reader_process_is_told_and_replaced(counter: Counter, reader: Simulator) -> None:
    counter.until(events.Ready)
    frozen = reader_process()
    frozen.send_signal(signal.SIGSTOP)
    assert counter.until(events.Trouble).code is FailureCode.READER_PROCESS_STOPPED
    counter.until(events.Ready)
    assert not frozen.is_running()


def test_a_reader_pulled_out_while_reading_is_told_and_found_again(
    counter: Counter, reader: Simulator
) -> None:
    counter.until(events.Waiting)
    before = reader_process()
    reader.fault("unplugged@read:1")
    reader.lay("resident-id")
    assert counter.until(events.Trouble).code is FailureCode.READER_UNPLUGGED
    reader.plug()
    counter.until(events.Ready)
    reader.lay("second-man")
    counter.until(events.DocumentRead)
    assert reader_process().pid == before.pid


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the other Python")
def test_the_reader_process_runs_in_the_python_that_the_settings_name(
    reader: Simulator, tmp_path: Path
) -> None:
    other = tmp_path / "python32"
    other.write_text(f'#!/bin/sh\ntouch "{tmp_path}/was-run"\nexec "{sys.executable}" "$@"\n')
    other.chmod(0o755)
    config = tmp_path / "outlet.toml"
    config.write_text(f'[reader]\npython = "{other}"\nport = "{reader.port_text}"\n')
    heard = Counter()
    station = ReaderStation(reader_command(load_settings(config)), heard.heard.put)
    station.start()
    try:
        heard.until(events.Ready)
    finally:
        station.stop()
    assert (tmp_path / "was-run").exists()
