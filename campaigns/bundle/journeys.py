"""One journey there and back by the commands that people type, each in a process that is measured."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """
import sys
from {module}.cli.main import run
code = run(sys.argv[1:])
with open("/proc/self/status") as status:
    print(*(line for line in status if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""
"""The program, which says at its end what its memory came to; the system counts its parent in."""

OUTLET = [sys.executable, "-c", _PROGRAM.format(module="outlet_app")]
OPERATOR = [sys.executable, "-c", _PROGRAM.format(module="operator_backend")]


@dataclass(frozen=True, slots=True)
class Step:
    """What one command took, and what it printed last."""

    name: str
    seconds: float
    peak_mib: float
    said: dict[str, object]

    def __str__(self) -> str:
        """For people."""
        return f"{self.name}: {self.seconds:.1f} s, peak {self.peak_mib:.0f} MiB"


def export(home: Path, stick: Path, *, last: int) -> Step:
    """Every record up to a number onto the stick."""
    words = ["queue", "export", str(stick), "--all", "--to", str(last), "--json"]
    return _measured(f"export of {last}", [*OUTLET, *words], home)


def bring(folder: Path, bundle: Path, stick: Path) -> Step:
    """A bundle to the operator."""
    words = ["import", str(bundle), "--data", str(folder), "--receipts", str(stick), "--json"]
    return _measured("import", [*OPERATOR, *words], folder)


def take(home: Path, receipts: Path) -> Step:
    """The receipts back to the outlet."""
    return _measured(
        "import of receipts", [*OUTLET, "queue", "import-receipts", str(receipts), "--json"], home
    )


def _measured(name: str, command: list[str], home: Path) -> Step:
    started_at = time.monotonic()
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OUTLET_HOME": str(home)}
    )
    seconds = time.monotonic() - started_at
    if ran.returncode:
        raise RuntimeError(f"{name}: exit {ran.returncode}: {ran.stdout}{ran.stderr}")
    peak_kib = int(ran.stderr.split()[-2])
    return Step(name, seconds, peak_kib / 1024, json.loads(ran.stdout.splitlines()[-1]))
