"""The real reader process, started as the kiosk and a technician start it."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions

BOUND_S = 20.0


_of_the_run: set[psutil.Process] = set()
"""Processes that were there before the test: servers and services of the whole run."""


@pytest.fixture(autouse=True)
def _note_processes_of_the_run() -> None:
    _of_the_run.clear()
    _of_the_run.update(psutil.Process().children())


def started_processes() -> list[psutil.Process]:
    """Processes of this test."""
    return [child for child in psutil.Process().children() if child not in _of_the_run]


class WatchProcess:
    """``outlet reader watch --json`` and its lines."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "outlet_app", "reader", "watch", "--json", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._take_lines)
        self._thread.start()

    def _take_lines(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def next(self, *, alive: bool = False) -> dict[str, Any]:
        """Next event, ``alive`` passed over unless asked for."""
        deadline = time.monotonic() + BOUND_S
        while True:
            event = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            assert event is not None, "the process has ended"
            if alive or event.get("event") != "alive":
                return event

    def until(self, name: str) -> dict[str, Any]:
        """Next event of that name."""
        while (event := self.next(alive=name == "alive"))["event"] != name:
            pass
        return event

    def names_until(self, name: str) -> list[str]:
        """Names of the events up to and with that one; a percentage counts once."""
        names: list[str] = []
        while not names or names[-1] != name:
            found = self.next()["event"]
            if names[-1:] != [found]:
                names.append(found)
        return names

    def close(self) -> None:
        """End it by force if it has not ended."""
        self.process.kill()
        self.process.wait(BOUND_S)
        self._thread.join(BOUND_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


Watch = Callable[..., WatchProcess]


@pytest.fixture
def watch() -> Iterator[Watch]:
    started: list[WatchProcess] = []

    def start(*arguments: str) -> WatchProcess:
        started.append(WatchProcess(*arguments))
        return started[-1]

    yield start
    for process in started:
        process.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Simulator]:
    """A simulated reader on a pseudo terminal, nothing on it."""
    with closing(Simulator(SimulatorOptions(pty=tmp_path / "reader"))) as simulator:
        yield simulator
