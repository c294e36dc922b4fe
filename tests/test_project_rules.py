"""Rules of the project that a machine can hold."""

import re
import statistics
import subprocess
from pathlib import Path

import pytest

from outlet_app.contract.api import RecordRefusal
from outlet_app.domain import exit_codes
from outlet_app.domain.failures import FailureCode
from outlet_app.domain.findings import FindingCode

ROOT = Path(__file__).parents[1]
LONGEST = 350
MEDIAN = 140
REGISTRY_HOSTS = ("py" + "pi.org", "python" + "hosted", "deb." + "debian.org", "registry." + "npmjs")


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_python_file_is_longer_than_a_room() -> None:
    assert {str(path): lines_of(path) for path in tracked("*.py") if lines_of(path) > LONGEST} == {}


def test_the_median_file_is_short() -> None:
    assert statistics.median(lines_of(path) for path in tracked("outlet_app/*.py")) <= MEDIAN


def test_nothing_names_the_host_of_a_package_registry() -> None:
    for path in tracked("*"):
        text = path.read_bytes().decode("utf-8", "replace")
        assert not [host for host in REGISTRY_HOSTS if host in text], path


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock"])
def test_every_locked_package_has_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9][\w.-]*==\S+.*$", text, re.MULTILINE)
    assert len(packages) > 1
    assert all(line.endswith("\\") for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)


def test_every_failure_has_an_exit_code_of_the_table() -> None:
    assert {exit_codes.exit_code(code) for code in FailureCode} <= {*range(2, 12), 130}


@pytest.mark.parametrize("code", [*FailureCode, *FindingCode, *RecordRefusal])
def test_every_code_has_a_row_in_the_table_of_failures(code: str) -> None:
    rows = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8").splitlines()
    row = [line for line in rows if line.startswith(f"| `{code}` |")]
    assert row, f"{code} has no row"
    assert all(len(line.strip("|").split("|")) >= 4 for line in row)


def test_the_import_rules_hold() -> None:
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
