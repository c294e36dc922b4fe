"""The simulated reader behind a pseudo terminal, met by pyserial as any program meets it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.frames import Command, Reply, Status, build_request
from outlet_app.reader.receiver import Receiver
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.simulator.conftest import Simulate

ANSWER_WITHIN_S = 5.0
SILENCE_S = 0.3


@contextmanager
def opened(link: Path, baud: int = 115200) -> Iterator[serial.Serial]:
    with serial.Serial(str(link), baud, timeout=0.02, exclusive=True) as line:
        yield line


def ask(line: serial.Serial, command: Command, within_s: float = ANSWER_WITHIN_S) -> Reply | None:
    receiver = Receiver()
    line.write(build_request(command))
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        for reply in receiver.feed(line.read(4096)):
            return reply
    return None


def read_to_the_end(line: serial.Serial) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < deadline:
        line.read(4096)


def test_a_card_is_read_over_the_line(simulate: Simulate, link: Path) -> None:
    simulate(pty=link, card="sample-blank")
    with opened(link) as line:
        replies = [ask(line, c) for c in (Command.SAM_STATUS, Command.FIND, Command.SELECT, Command.READ)]
    assert [reply.status for reply in replies if reply] == [0x90, 0x9F, 0x90, 0x90]
    assert replies[3] is not None
    assert (len(replies[3].frame), replies[3].frame[-1]) == (1295, 0xAD)


@pytest.mark.parametrize("baud", [115200, 57600, 38400, 19200, 9600])
def test_only_the_modules_rate_is_understood(simulate: Simulate, link: Path, baud: int) -> None:
    simulate(pty=link, baud=baud)
    other = 19200 if baud != 19200 else 38400
    with opened(link, other) as line:
        assert ask(line, Command.SAM_STATUS, within_s=SILENCE_S) is None
        line.baudrate = baud
        reply = ask(line, Command.SAM_STATUS)
    assert reply is not None
    assert reply.status == Status.DONE


def test_the_answer_to_set_baud_comes_at_the_old_rate_and_the_new_one_outlives_a_restart(
    simulate: Simulate, link: Path
) -> None:
    reader = simulate(pty=link)
    with opened(link) as line:
        reply = ask(line, Command.SET_BAUD_9600)
        assert reply is not None
        assert ask(line, Command.SAM_STATUS, within_s=SILENCE_S) is None
    reader.unplug()
    reader.plug()
    with opened(link, 9600) as line:
        assert ask(line, Command.SAM_STATUS) is not None


def test_a_late_answer_to_another_rate_is_no_answer(simulate: Simulate, link: Path) -> None:
    simulate(pty=link, faults=("slow@probe:1",))
    with opened(link) as line:
        assert ask(line, Command.SAM_STATUS, within_s=SILENCE_S) is None
        line.baudrate = 57600
        receiver = Receiver()
        garbled = b""
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while len(garbled) < 11 and time.monotonic() < deadline:
            garbled += line.read(11)
        assert len(garbled) == 11
        assert receiver.feed(garbled) + receiver.quiet() == []


@pytest.mark.parametrize(("baud", "line_s"), [(115200, 0.114), (9600, 1.36)])
def test_a_paced_line_takes_the_time_of_a_real_one(
    simulate: Simulate, link: Path, baud: int, line_s: float
) -> None:
    simulate(pty=link, card="sample", baud=baud, pace=True)
    with opened(link, baud) as line:
        ask(line, Command.FIND)
        ask(line, Command.SELECT)
        started = time.perf_counter()
        reply = ask(line, Command.READ)
        took_s = time.perf_counter() - started
    assert reply is not None
    assert line_s <= took_s < line_s * 1.5 + 0.1


def test_an_unplugged_reader_is_gone_in_the_middle_of_an_answer_and_comes_back(
    simulate: Simulate, link: Path
) -> None:
    reader = simulate(pty=link, card="sample", faults=("unplugged@read:1",))
    with opened(link) as line:
        ask(line, Command.FIND)
        ask(line, Command.SELECT)
        line.write(build_request(Command.READ))
        with pytest.raises(serial.SerialException):
            read_to_the_end(line)
    assert not link.exists()
    reader.plug()
    with opened(link) as line:
        reply = ask(line, Command.FIND)
    assert reply is not None
    assert reply.status == Status.FOUND


def test_pulling_the_reader_out_ends_a_slow_answer_at_once(simulate: Simulate, link: Path) -> None:
    reader = simulate(pty=link, faults=("late@status",))
    with opened(link) as line:
        line.write(build_request(Command.SAM_STATUS))
        line.flush()
        started = time.monotonic()
        reader.unplug()
        assert time.monotonic() - started < 1.0


def test_a_host_that_goes_and_comes_again_is_served(simulate: Simulate, link: Path) -> None:
    simulate(pty=link)
    for _ in range(3):
        with opened(link) as line:
            assert ask(line, Command.SAM_STATUS) is not None
            line.write(build_request(Command.SAM_NUMBER)[:4])


def test_a_left_over_link_is_replaced_and_a_file_is_not(simulate: Simulate, link: Path) -> None:
    link.symlink_to("/dev/gone")
    reader = simulate(pty=link)
    assert link.resolve().name.isdigit()
    reader.close()
    assert not link.is_symlink()
    link.write_text("somebody's")
    with pytest.raises(KnownFailure) as caught:
        Simulator(SimulatorOptions(pty=link))
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
    assert link.read_text() == "somebody's"


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(KnownFailure) as caught:
        Simulator(SimulatorOptions(pty=tmp_path / "no" / "reader"))
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
