"""A real operator for tests: the program ``operator-backend`` as processes of its own, on loopback."""

import contextlib
import io
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from operator_backend.cli.main import run

PROGRAM = [sys.executable, "-c", "import sys; from operator_backend.cli.main import run; sys.exit(run())"]
PIN = "314159"
CLERK = "7001"
_UP_WITHIN_S = 30.0
_DOWN_WITHIN_S = 15.0


class OperatorUnderTest:
    """One operator's folder and, between start and stop, its server; the port stays the same for life."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.log = folder.with_name(f"{folder.name}-server.log")
        self._process: subprocess.Popen[bytes] | None = None
        self._names = itertools.count(1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Of the server, dead or alive, between start and stop."""
        return None if self._process is None else self._process.pid

    @property
    def is_alive(self) -> bool:
        """The server has not ended."""
        return self._process is not None and self._process.poll() is None

    def run(self, command: str, *arguments: str, stdin: str = "") -> str:
        """Standard output of ``operator-backend COMMAND --data FOLDER ARGUMENTS``, within this process."""
        out, err = io.StringIO(), io.StringIO()
        keyboard = sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run([command, "--data", str(self.folder), *arguments])
        finally:
            sys.stdin = keyboard
        assert code == 0, f"{command}: {code}\n{out.getvalue()}{err.getvalue()}"
        return out.getvalue()

    def start(self, program: Sequence[str] = PROGRAM) -> None:
        """Start the server and wait until it listens; ``program`` may be one that ends at a point."""
        assert self._process is None, "started already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*program, "serve", "--data", str(self.folder), "--port", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_up()

    def stop(self) -> None:
        """End the server as a service manager does."""
        self._end(force=False)

    def kill(self) -> None:
        """End the server as a power cut does."""
        self._end(force=True)

    def outlet(self, name: str | None = None, *, clerks: dict[str, str] | None = None) -> str:
        """A new outlet with a clerk 7001 (PIN 314159) or those given as number and PIN; returns its id."""
        outlet = name or f"T{next(self._names):03d}"
        self.run("add-outlet", "--outlet", outlet, "--name", f"Test outlet {outlet}", "--province", "99")
        for number, pin in (clerks or {CLERK: PIN}).items():
            self.clerk(outlet, number, pin)
        return outlet

    def clerk(self, outlet: str, number: str, pin: str = PIN, role: str = "clerk") -> None:
        self.run(
            "add-clerk",
            "--outlet",
            outlet,
            "--clerk",
            number,
            "--role",
            role,
            "--pin-stdin",
            stdin=pin + "\n",
        )

    def code(self, outlet: str) -> str:
        """A fresh enrolment code of an outlet."""
        return self.run("enrol-code", "--outlet", outlet).strip().splitlines()[-1]

    def revoke(self, terminal: str) -> None:
        self.run("revoke", "--terminal", terminal)

    def records(self, *, reveal: bool = False) -> list[dict[str, Any]]:
        """Every record that the operator holds, as ``operator-backend list --json`` tells it."""
        lines = self.run("list", "--json", *(["--reveal"] if reveal else [])).splitlines()
        return [json.loads(line) for line in lines]

    def report(self) -> Any:
        return json.loads(self.run("report", "--json"))

    def _wait_until_up(self) -> None:
        assert self._process is not None
        end = time.monotonic() + _UP_WITHIN_S
        while time.monotonic() < end:
            assert self._process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not come up:\n{self.log.read_text()}")

    def _end(self, *, force: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if force:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(_DOWN_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_DOWN_WITHIN_S)
            raise AssertionError(f"the server did not stop:\n{self.log.read_text()}") from None


def new_operator(folder: Path) -> OperatorUnderTest:
    """A test operator with its keys and database, not yet serving."""
    operator = OperatorUnderTest(folder)
    operator.run("init", "--test")
    return operator


@pytest.fixture(scope="session")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorUnderTest]:
    """One serving operator for all tests that only use it; each takes outlets of its own."""
    found = new_operator(tmp_path_factory.mktemp("operator") / "data")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def own_operator(tmp_path: Path) -> Iterator[OperatorUnderTest]:
    """A serving operator for a test that stops, kills or changes it."""
    found = new_operator(tmp_path / "operator")
    found.start()
    yield found
    found.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
