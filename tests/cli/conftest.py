"""The command line in this process, and simulated readers for it to read from."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from outlet_app import i18n
from outlet_app.cli.main import run
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions

QUICK_WAITS = """
[waits]
probe_s = 0.1
status_s = 0.3
number_s = 0.3
find_s = 0.3
select_s = 0.3
read_s = 0.4
reset_s = 0.3
"""
"""Waits of a module that is known to be quick, so that its silence is found out quickly."""


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value on one line and nothing else."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """Code of a failure; everything else that it must have is checked."""
        error = self.json["error"]
        assert self.json.keys() == {"error"}
        assert error.keys() == {"code", "what", "do"}
        assert all(isinstance(text, str) and text for text in error.values())
        return str(error["code"])


Outlet = Callable[..., Ran]


@pytest.fixture
def outlet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Outlet]:
    """Runs one command line within this process, in English."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    before = i18n.language()

    def run_line(*words: str) -> Ran:
        capsys.readouterr()
        code = run(words)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    yield run_line
    i18n.install_language(before)


@pytest.fixture(scope="module", params=[115200, 9600])
def serial_reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Simulator]:
    """One simulated serial reader for all tests of a module, at the default rate and at the slowest."""
    link = tmp_path_factory.mktemp("reader") / "port"
    with closing(Simulator(SimulatorOptions(pty=link, baud=request.param))) as simulator:
        yield simulator


@pytest.fixture
def quick_site(tmp_path: Path) -> Path:
    """Settings whose site folder says that serial modules here are quick."""
    family = tmp_path / "site" / "serial-module"
    family.mkdir(parents=True)
    shipped = (driver_folder() / "serial-module" / "driver.toml").read_text(encoding="utf-8")
    (family / "driver.toml").write_text(shipped + QUICK_WAITS, encoding="utf-8")
    settings = tmp_path / "outlet.toml"
    settings.write_text(f'[reader]\ndrivers = "{family.parent}"\n', encoding="utf-8")
    return settings


@pytest.fixture
def unused_tcp_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
