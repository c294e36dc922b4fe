"""One terminal's command line, in this process or in one of its own, and a simulated reader."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from outlet_app.cli.main import run
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest, details

PROGRAM = [sys.executable, "-m", "outlet_app"]


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON, line by line: with --json nothing else may be there."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self) -> Any:
        return self.lines[-1]

    @property
    def error(self) -> str:
        assert self.last["error"].keys() == {"code", "what", "do"}
        return str(self.last["error"]["code"])


class Terminal:
    """A data folder and the commands run on it."""

    def __init__(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.home = home
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.reader: Simulator | None = None

    def __call__(self, *words: str, stdin: str = "") -> Ran:
        self._capsys.readouterr()
        with self._monkeypatch.context() as patch:
            patch.setenv("OUTLET_HOME", str(self.home))
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = run(list(words))
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def register(self, *words: str, number: int, pin: str = PIN, clerk: str = CLERK) -> Ran:
        """``outlet register`` with all that it needs, and more words."""
        given = details(number)
        return self(
            "register",
            "--kind", "open", "--number", given.number, "--iccid", given.iccid,
            "--clerk", clerk, "--pin-stdin", "--holder-compared", "--consent", "--json",
            *self.port_words(),
            *words,
            stdin=pin + "\n",
        )  # fmt: skip

    def port_words(self) -> list[str]:
        return [] if self.reader is None else ["--port", self.reader.port_text]

    def process(self, *words: str, program: list[str] | None = None) -> "subprocess.Popen[str]":
        """The same in a process of its own."""
        return subprocess.Popen(
            [*(program or PROGRAM), *words],
            env={**os.environ, "OUTLET_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def outlet(self) -> OutletUnderTest:
        return OutletUnderTest(self.home)


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    """A terminal that has not joined; a card lies on its simulated reader."""
    found = Terminal(tmp_path / "home", monkeypatch, capsys)
    with closing(Simulator(SimulatorOptions(tcp=0, card="sample"))) as reader:
        found.reader = reader
        yield found


@pytest.fixture
def joined(operator: OperatorUnderTest, terminal: Terminal) -> Terminal:
    """A terminal that has joined an outlet of the shared operator."""
    ran = terminal("enrol", "--server", operator.url, "--code", operator.code(operator.outlet()), "--json")
    assert ran.code == 0, ran.err
    return terminal
