"""The reader process itself, as a real process over a pseudo terminal."""

import base64
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from outlet_app.documents.text_block import parse_text_block
from outlet_app.reader.events import DocumentRead
from outlet_app.reader.lines import parse_event
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.pcscd_fixture import PcscService, until
from tests.reader_process.conftest import BOUND_S, Watch

READ = ["found", "selected", "reading", "document"]


def test_a_card_is_told_step_by_step_and_masked(watch: Watch, reader: Simulator) -> None:
    watching = watch("--port", reader.port_text)
    ready = watching.next()
    assert ready["event"] == "ready"
    assert ready["driver"] == "serial-module"
    assert ready["port"] == reader.port_text
    assert ready["sam_number"] == "05.03-20101010-0001234567-1234567890"
    assert watching.next()["event"] == "waiting"
    reader.lay("resident-id")
    assert watching.names_until("reading") == READ[:3]
    document = watching.until("document")
    assert document["card"].keys() == {"document", "provenance", "timing", "read_in_place"}
    assert document["card"]["document"]["name"] == "样•"
    assert "11010519491231002X" not in json.dumps(document)


def test_raw_and_revealed_it_gives_the_bytes(watch: Watch, reader: Simulator) -> None:
    reader.lay("resident-id")
    told = watch("--port", reader.port_text, "--reveal", "--raw").until("document")["card"]
    assert told["document"]["number"] == "11010519491231002X"
    assert base64.b64decode(told["text_block"]) == card("resident-id").text_block
    assert base64.b64decode(told["photo"]) == card("resident-id").photo
    assert hashlib.sha256(base64.b64decode(told["answer"])).hexdigest() == told["provenance"]["answer_sha256"]


def test_a_card_with_rare_characters_goes_through_to_the_last_of_them(
    watch: Watch, reader: Simulator
) -> None:
    reader.lay("long-name")
    line = json.dumps(watch("--port", reader.port_text, "--reveal", "--raw").until("document"))
    told = parse_event(line.encode("ascii"))
    assert isinstance(told, DocumentRead)
    lying = card("long-name").text_block
    assert told.card.text_block == lying
    assert told.card.document == parse_text_block(lying)
    assert "\ue863" in told.card.document.name
    assert "\U00020bb7" in told.card.document.name


def test_it_is_alive_each_second(watch: Watch, reader: Simulator) -> None:
    watching = watch("--port", reader.port_text)
    watching.until("alive")
    begun = time.monotonic()
    for _ in range(3):
        assert watching.until("alive")["loop_age_s"] < 2
    assert 2.0 < time.monotonic() - begun < 5.0


def test_a_swapped_card_is_removed_before_the_next_is_told(watch: Watch, reader: Simulator) -> None:
    reader.lay("resident-id")
    watching = watch("--port", reader.port_text)
    first = watching.until("document")["card"]["provenance"]["answer_sha256"]
    reader.lay("second-man")
    assert watching.names_until("document") == ["waiting", "removed", *READ]
    reader.lay("resident-id")
    watching.until("removed")
    assert watching.until("document")["card"]["provenance"]["answer_sha256"] == first


def test_a_card_that_stays_is_told_once(watch: Watch, reader: Simulator) -> None:
    reader.lay("resident-id")
    watching = watch("--port", reader.port_text)
    watching.until("document")
    assert watching.next()["event"] == "waiting"
    for _ in range(2):
        assert watching.next(alive=True)["event"] == "alive"


def test_a_card_that_cannot_be_used_is_trouble_and_the_next_one_is_read(
    watch: Watch, reader: Simulator
) -> None:
    reader.lay("unknown-kind")
    watching = watch("--port", reader.port_text)
    trouble = watching.until("trouble")
    assert trouble["code"] == "card-kind-unknown"
    reader.lay("resident-id")
    assert "removed" not in watching.names_until("document")


def test_recovery_is_told(watch: Watch, reader: Simulator) -> None:
    reader.fault("read-failed@read:1")
    reader.lay("resident-id")
    watching = watch("--port", reader.port_text)
    assert watching.until("recovering")["rung"] == "reset-sam"
    watching.until("document")


def test_an_unplugged_reader_is_told_once_and_found_again(watch: Watch, reader: Simulator) -> None:
    watching = watch("--port", reader.port_text)
    watching.until("waiting")
    reader.fault("unplugged@read:1")
    reader.lay("resident-id")
    assert watching.until("recovering")["rung"] == "reopen"
    told = watching.next()
    assert (told["event"], told["code"]) == ("trouble", "reader-unplugged")
    # two more tries to open it find nothing, and nothing more is said about it
    for _ in range(3):
        assert watching.next(alive=True)["event"] == "alive"
    reader.plug()
    watching.until("ready")
    reader.lay("second-man")
    watching.until("document")


def test_a_reader_that_comes_later_is_found(watch: Watch, reader: Simulator) -> None:
    reader.unplug()
    watching = watch("--port", reader.port_text)
    assert watching.next()["code"] == "reader-port-missing"
    reader.plug()
    assert watching.next()["event"] == "ready"


def test_a_module_that_cannot_work_is_trouble_until_it_can(watch: Watch, reader: Simulator) -> None:
    reader.fault("self-test-failed")
    watching = watch("--port", reader.port_text)
    assert watching.next()["code"] == "module-self-test-failed"
    reader.clear()
    watching.until("ready")


def test_it_ends_with_its_standard_input(watch: Watch, reader: Simulator) -> None:
    watching = watch("--port", reader.port_text)
    watching.until("waiting")
    assert watching.process.stdin is not None
    watching.process.stdin.close()
    assert watching.process.wait(5) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_when_told_to(watch: Watch, reader: Simulator, number: signal.Signals, code: int) -> None:
    watching = watch("--port", reader.port_text)
    watching.until("waiting")
    watching.process.send_signal(number)
    assert watching.process.wait(5) == code


def test_it_ends_in_the_middle_of_looking_for_a_silent_reader(watch: Watch, reader: Simulator) -> None:
    reader.fault("silence")
    watching = watch("--port", reader.port_text)
    watching.until("alive")
    assert watching.process.stdin is not None
    watching.process.stdin.close()
    assert watching.process.wait(6) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_its_memory_is_not_for_others(watch: Watch, reader: Simulator) -> None:
    watching = watch("--port", reader.port_text)
    watching.until("waiting")
    limit = psutil.Process(watching.process.pid).rlimit(resource.RLIMIT_CORE)
    assert limit == (0, 0)
    owner = Path(f"/proc/{watching.process.pid}/maps").stat().st_uid
    # of a process that may be dumped it belongs to its user; else to root
    assert owner == 0


def test_no_orphan_holds_the_port_when_the_parent_is_killed(reader: Simulator, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    parent = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-m', 'outlet_app', 'reader', 'watch', '--port', "
        f"{reader.port_text!r}, '--json'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "while b'waiting' not in child.stdout.readline(): pass\n"
        f"pathlib.Path({str(told)!r}).write_text(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", parent])
    try:
        until(lambda: told.exists() and told.read_text() != "", "the reader process", BOUND_S)
        child = psutil.Process(int(told.read_text()))
    finally:
        process.kill()
        process.wait(BOUND_S)
    assert child.is_running()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "its end", 5)


@pytest.fixture
def pcsc_reader(pcscd: PcscService) -> Iterator[Simulator]:
    assert pcscd
    with closing(Simulator(SimulatorOptions(vpcd=True))) as simulator:
        yield simulator


def test_a_pcsc_reader_tells_at_once_that_the_card_is_gone(watch: Watch, pcsc_reader: Simulator) -> None:
    watching = watch("--port", pcsc_reader.port_text)
    watching.until("waiting")
    pcsc_reader.lay("resident-id")
    watching.until("document")
    assert watching.next()["event"] == "waiting"
    pcsc_reader.lift()
    assert watching.next()["event"] == "removed"
    pcsc_reader.lay("second-man")
    assert watching.names_until("document")[-4:] == READ


def test_standard_input_that_is_closed_from_the_start_ends_it(reader: Simulator) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "outlet_app", "reader", "watch", "--port", reader.port_text, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=BOUND_S,
        check=False,
        env=os.environ,
    )
    assert ended.returncode == 0
