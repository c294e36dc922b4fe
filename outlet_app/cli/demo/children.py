"""Processes that the demo starts, and that end with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from time import monotonic
from typing import Self

from outlet_app.cli.demo.interruption import interruption

_ENDS_WITHIN_S = 10.0
OUTLET = (sys.executable, "-P", "-m", "outlet_app")
_started: list["Child"] = []
OPERATOR = (sys.executable, "-P", "-m", "operator_backend")


class DemoBroken(Exception):  # noqa: N818 - it says what became of the demo
    """A part of the demo did not do what it is there for; the text says which and what it said last."""


def end_all() -> None:
    """End whatever was started and is still there, the youngest first."""
    while _started:
        _started.pop().end()


class Child:
    """One process with its standard input and output as lines; its errors go to a file."""

    def __init__(self, name: str, command: Sequence[str], errors: Path, environ: Mapping[str, str]) -> None:
        self.name = name
        self._errors = errors
        with interruption.held(), errors.open("ab") as file:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                env=dict(environ),
                text=True,
                encoding="utf-8",
                # a Ctrl-C at the terminal reaches the demo alone, which then ends them in order
                start_new_session=True,
            )
            self._lines: Queue[str | None] = Queue()
            self._reader = threading.Thread(target=self._read, name=f"lines of {name}", daemon=True)
            self._reader.start()
            _started.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def line(self, timeout_s: float, starts: str = "") -> str:
        """Next line of its output that starts so; DemoBroken when it ends or stays silent."""
        deadline = monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - monotonic()))
            except Empty:
                silent = f"{self.name} stayed silent for {timeout_s:.0f} s"
                raise DemoBroken(silent + self._last_words()) from None
            if line is None:
                raise DemoBroken(f"{self.name} ended too early{self._last_words()}")
            if line.startswith(starts):
                return line.strip()

    def tell(self, line: str) -> None:
        """One line to its standard input; DemoBroken when it is gone."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise DemoBroken(f"{self.name} is gone{self._last_words()}") from error

    def close_input(self) -> None:
        """Tell it that nothing more comes."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def finish(self, timeout_s: float) -> int:
        """Wait for its own end; its exit code."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise DemoBroken(f"{self.name} did not end in {timeout_s:.0f} s{self._last_words()}") from None

    def end(self) -> None:
        """Be gone, with everything that it started; harmless when it is."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                break
            self._send(number)
            try:
                self._process.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                continue
        self._reader.join(_ENDS_WITHIN_S)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue

    def _send(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _last_words(self) -> str:
        text = self._errors.read_text(encoding="utf-8", errors="replace").strip()
        return f":\n{text[-2000:]}" if text else ""


def run_to_end(command: Sequence[str], environ: Mapping[str, str], *, given: str = "") -> str:
    """Standard output of a command that must succeed within a minute."""
    done = subprocess.run(
        list(command),
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=dict(environ),
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        said = done.stdout + done.stderr
        raise DemoBroken(f"{' '.join(command[3:6])} ended with {done.returncode}:\n{said}")
    return done.stdout
