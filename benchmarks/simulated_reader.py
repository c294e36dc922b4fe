"""A paced simulator as a process of its own, on a pseudo terminal."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SimulatedReader:
    """Lays down and lifts the sample card when told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def tell(self, line: str) -> None:
        """One command, done when this returns."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if answer != f"done {line}":
            raise RuntimeError(f"the simulator says: {answer}")


@contextmanager
def simulated_reader(link: Path, baud: int) -> Iterator[SimulatedReader]:
    """A simulator whose answers travel as slowly as a line of that rate carries them."""
    command = [sys.executable, "-m", "outlet_app", "reader", "simulate"]
    process = subprocess.Popen(
        [*command, "--pty", str(link), "--baud", str(baud), "--pace"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        if not process.stdout.readline().startswith("ready"):
            raise RuntimeError("the simulator did not begin")
        yield SimulatedReader(process)
    finally:
        process.terminate()
        process.communicate(timeout=10)
