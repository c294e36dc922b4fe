"""Building the recorder, and one recorded life of a terminal."""

import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from campaigns.crash.power.recorded_process import PROMISED
from campaigns.crash.power.trace import Kind, Operation, read_trace
from tests.operator_fixture import OperatorUnderTest, new_operator

ROOT = Path(__file__).parents[3]
_LIFE_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Recording:
    """What was written, in order. ``promised[n]`` is how many slips had been promised after n operations."""

    operations: tuple[Operation, ...]
    promised: tuple[int, ...]

    @property
    def syncs(self) -> list[int]:
        """Numbers of operations after each of which a sync had just returned."""
        return [n for n, operation in enumerate(self.operations, start=1) if operation.kind is Kind.SYNC]


def build_recorder(folder: Path) -> Path:
    """The library, made with the system's compiler."""
    library = folder / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([*command, "-o", str(library), str(source), "-ldl"], check=True)
    return library


def record_life(folder: Path) -> tuple[Recording, OperatorUnderTest]:
    """One life in ``folder/home``, and the operator it talked to, which goes on serving."""
    operator = new_operator(folder / "operator")
    operator.start()
    home, log = folder / "home", folder / "trace"
    code = operator.code(operator.outlet())
    surroundings = {
        **os.environ,
        "LD_PRELOAD": str(build_recorder(folder)),
        "RECORD_ROOT": str(home),
        "RECORD_LOG": str(log),
    }
    try:
        subprocess.run(
            [sys.executable, "-m", "campaigns.crash.power.recorded_process", str(home), operator.url, code],
            check=True,
            env=surroundings,
            cwd=ROOT,
            timeout=_LIFE_WITHIN_S,
        )
        return recording_of(read_trace(log, home)), operator
    except BaseException:
        operator.stop()
        raise


def recording_of(operations: list[Operation]) -> Recording:
    """The operations with the count of promised slips beside them; the file that counts is left out."""
    counts = accumulate(op.kind is Kind.WRITE and op.path == PROMISED for op in operations)
    kept = [(op, count) for op, count in zip(operations, counts, strict=True) if op.path != PROMISED]
    return Recording(tuple(op for op, _ in kept), (0, *(count for _, count in kept)))
