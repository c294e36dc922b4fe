"""No command that holds a document leaves a picture of its memory behind."""

import subprocess
import sys
from pathlib import Path

import pytest

_LIMIT_AFTER = """
import resource, sys
from {module}.cli.main import run
run(sys.argv[1:])
print(resource.getrlimit(resource.RLIMIT_CORE))
"""
_REGISTER = [
    "register",
    "--kind",
    "open",
    "--clerk",
    "7001",
    "--details-stdin",
    "--holder-compared",
    "--consent",
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no core dumps")
@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("outlet_app", ["reader", "read", "--port", "tcp:127.0.0.1:1"]),
        ("outlet_app", _REGISTER),
        ("operator_backend", ["list", "--data", "nowhere"]),
        ("operator_backend", ["serve", "--data", "nowhere", "--port", "0"]),
    ],
)
def test_core_dumps_are_off(tmp_path: Path, module: str, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMIT_AFTER.format(module=module), *command],
        input='{"number": "13800000001", "iccid": "89860000000000000001", "pin": "314159"}',
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={"OUTLET_HOME": str(tmp_path / "outlet"), "PATH": "/nowhere"},
    )
    assert done.stdout.splitlines()[-1] == "(0, 0)", done.stderr
