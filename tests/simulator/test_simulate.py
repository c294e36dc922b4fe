"""The simulator as a program: its first line, its standard input, and how it ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outlet_app.reader.simulator.faults import FAULTS
from outlet_app.reader.simulator.simulate import describe_simulator

PROGRAM = """
import signal, sys, threading
from pathlib import Path
from outlet_app.reader.simulator.simulate import SimulatorOptions, run_simulator
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
options = SimulatorOptions(pty=Path(sys.argv[1]), card="sample")
run_simulator(options, sys.stdin, sys.stdout, stop, until_eof=len(sys.argv) > 2)
"""
END_WITHIN_S = 10.0


@contextmanager
def program(link: Path, *more: str, stdin: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(link), *more],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def say(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    return line(process)


def errors(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.read()


def test_it_says_when_it_is_ready_and_does_what_it_is_told(link: Path) -> None:
    with program(link) as process:
        assert line(process) == f"ready serial:{link}"
        for command in ("lift", "lay person-3", "swap expired", "fault half@read:1", "clear"):
            assert say(process, command) == f"done {command}"
        assert say(process, "unplug") == "done unplug"
        assert not link.is_symlink()
        assert say(process, "plug") == "done plug"
        assert link.exists()
        assert say(process, "quit") == "done quit"
        assert process.wait(END_WITHIN_S) == 0
        assert errors(process) == ""
    assert not link.is_symlink()


@pytest.mark.parametrize("command", ["lay", "lay nobody", "dance", "lift now", "fault half@nowhere"])
def test_a_line_it_does_not_understand_changes_nothing(link: Path, command: str) -> None:
    with program(link) as process:
        line(process)
        assert say(process, command).startswith(f"wrong {command}: ")
        assert say(process, "lift") == "done lift"


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_without_standard_input_it_runs_until_a_signal(link: Path, signal_number: int) -> None:
    with program(link, stdin=subprocess.DEVNULL) as process:
        line(process)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(signal_number)
        process.wait(END_WITHIN_S)
    assert not link.is_symlink()


def test_it_ends_with_standard_input_only_when_told_so(link: Path) -> None:
    with program(link, "until-eof") as process:
        line(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(END_WITHIN_S) == 0
    assert not link.is_symlink()


def test_a_signal_while_it_waits_for_a_line_ends_it_cleanly(link: Path) -> None:
    with program(link) as process:
        line(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(END_WITHIN_S) == 0
        assert errors(process) == ""


def test_the_list_names_cards_faults_and_commands() -> None:
    listed = describe_simulator()
    for name in ("sample-blank", "foreign-pr-2023", "person-N", "probe", "swap NAME", *FAULTS):
        assert name in listed
