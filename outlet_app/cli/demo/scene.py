"""The demo's scene: a test operator that serves, an outlet with a clerk, and a code to join it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outlet_app.cli.demo.children import OPERATOR, OUTLET, Child, run_to_end

CLERK = "1001"
PIN = "246810"
OUTLET_ID = "BJ-0001"
_UP_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where things stand: ``environ`` for every part, ``home`` for the terminal's data folder."""

    folder: Path
    home: Path
    environ: Mapping[str, str]
    url: str
    code: str

    def errors_of(self, name: str) -> Path:
        """File for what a part writes to its standard error."""
        return self.folder / f"{name}.err"

    def join(self) -> None:
        """Enrol the terminal from the command line."""
        words = ["enrol", "--server", self.url, "--code-stdin"]
        run_to_end([*OUTLET, *words], self.environ, given=self.code + "\n")

    def use_reader(self, port: str) -> None:
        """Write the terminal's settings: this reader, and Chinese first."""
        text = f'language = "zh_CN"\n\n[reader]\nport = {json.dumps(port)}\n'
        (self.home / "outlet.toml").write_text(text, encoding="utf-8")

    def records(self) -> list[dict[str, Any]]:
        """The terminal's records as ``outlet queue list`` tells them, in order of number."""
        lines = run_to_end([*OUTLET, "queue", "list", "--json"], self.environ).splitlines()
        return sorted((json.loads(line) for line in lines), key=lambda record: int(record["sequence"]))


@contextmanager
def set_scene(folder: Path) -> Iterator[Scene]:
    """Everything but reader and kiosk, in an existing empty folder; the server ends with the scene."""
    home = folder / "outlet"
    home.mkdir(mode=0o700)
    data = str(folder / "operator")
    environ = {**os.environ, "OUTLET_HOME": str(home), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    environ.pop("OUTLET_CONFIG", None)

    def operator(*words: str, given: str = "") -> str:
        return run_to_end([*OPERATOR, words[0], "--data", data, *words[1:]], environ, given=given)

    operator("init", "--test")
    operator("add-outlet", "--outlet", OUTLET_ID, "--name", "报刊亭 BJ-0001", "--province", "11")
    clerk = ("--outlet", OUTLET_ID, "--clerk", CLERK, "--role", "clerk", "--pin-stdin")
    operator("add-clerk", *clerk, given=PIN + "\n")
    code = operator("enrol-code", "--outlet", OUTLET_ID).strip().splitlines()[-1]
    serve = [*OPERATOR, "serve", "--data", data, "--port", "0"]
    with Child("operator", serve, folder / "operator.err", environ) as server:
        url = server.line(_UP_WITHIN_S, "listening on ").split()[-1]
        yield Scene(folder, home, environ, url, code)
