"""What starts the sending without anybody signed in: units of systemd, a task of Windows."""

import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from outlet_app.cli.main import COMMANDS, program

PACKAGING = Path(__file__).parents[2] / "packaging"
UNITS = sorted((PACKAGING / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PROGRAM = "/opt/outlet-app/.venv/bin/outlet"
TASK = {"task": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def of(unit: Path) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign] # configparser's own way to keep case
    read.read_string(unit.read_text())
    return read


def understands(arguments: list[str]) -> None:
    """Raises click's error for words that the program does not know."""
    group = program()
    assert isinstance(group, click.Group)
    context = click.Context(group, info_name="outlet")
    found = group.get_command(context, arguments[0])
    assert isinstance(found, click.Group)
    command = found.commands[arguments[1]]
    command.make_context(arguments[1], arguments[2:], parent=context)


@pytest.mark.skipif(sys.platform == "win32", reason="systemd is of Linux")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable))
    verify = shutil.which("systemd-analyze")
    assert verify is not None, "the Debian package systemd brings it"
    files = [tmp_path / unit.name for unit in UNITS]
    told = subprocess.run([verify, "verify", *files], check=False, capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES, ids=lambda unit: unit.name)
def test_a_service_starts_a_command_that_the_program_has(service: Path) -> None:
    program_path, *arguments = shlex.split(of(service)["Service"]["ExecStart"])
    assert program_path == PROGRAM
    understands(arguments)


@pytest.mark.parametrize("service", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_write_nothing_but_the_data_and_gains_no_rights(service: Path) -> None:
    said = of(service)["Service"]
    assert said["User"] == "%i"
    assert (said["ProtectSystem"], said["ProtectHome"]) == ("strict", "read-only")
    assert said["ReadWritePaths"] == "-/home/%i/.local/share/outlet-app -/var/lib/outlet/%i"
    assert (said["NoNewPrivileges"], said["CapabilityBoundingSet"]) == ("yes", "")
    assert (said["UMask"], said["LimitCORE"]) == ("0077", "0")


def test_the_timer_starts_the_round() -> None:
    (timer,) = (unit for unit in UNITS if unit.suffix == ".timer")
    assert timer.with_suffix(".service") in SERVICES
    assert "RandomizedDelaySec" in of(timer)["Timer"]


def test_the_task_of_windows_runs_a_command_that_the_program_has_with_nobody_signed_in() -> None:
    task = ET.parse(PACKAGING / "windows" / "outlet-sync.xml")  # noqa: S314 - a file of our own

    def text(path: str) -> str:
        found = task.findtext(path, namespaces=TASK)
        assert found is not None, path
        return found

    assert text(".//task:Command").endswith("outlet.exe")
    understands(text(".//task:Arguments").split())
    assert text(".//task:LogonType") == "S4U", "no password stored, nobody signed in"
    assert text(".//task:RunLevel") == "LeastPrivilege"
    assert text(".//task:MultipleInstancesPolicy") == "IgnoreNew"
    assert text(".//task:ExecutionTimeLimit") == "PT30M"
    assert "sync" in COMMANDS
