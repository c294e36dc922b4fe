"""A port that another program holds is told with that program."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.transports.port_holders import PortHolder, port_holders
from outlet_app.reader.transports.serial_port import SerialPort
from tests.reader.scripted_module import ScriptedModule

if sys.platform != "linux":
    pytest.skip("only Linux tells which program holds a port", allow_module_level=True)

HOLD = """
import sys, serial
with serial.Serial(sys.argv[1], exclusive=sys.argv[2] == "exclusive"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _held(device: str, how: str = "exclusive") -> Iterator[int]:
    """Another program has the port open; gives its process number."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, device, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield holder.pid


def _failure_of_opening(device: str) -> KnownFailure:
    with pytest.raises(KnownFailure) as caught:
        SerialPort(device, 115200)
    return caught.value


def test_a_busy_port_is_told_with_the_program_that_holds_it(module: ScriptedModule) -> None:
    with _held(module.device) as process:
        failure = _failure_of_opening(module.device)
        name = psutil.Process(process).name()
    assert failure.code is FailureCode.READER_PORT_BUSY
    assert failure.detail == f"{module.device} held by {name} (process {process})"
    SerialPort(module.device, 115200).close()


def test_the_program_is_found_whatever_name_the_port_is_opened_by(
    module: ScriptedModule, tmp_path: Path
) -> None:
    link = tmp_path / "reader"
    link.symlink_to(module.device)
    with _held(str(link)) as process:
        assert [holder.process for holder in port_holders(module.device)] == [process]
        assert f"(process {process})" in _failure_of_opening(str(link)).detail


def test_all_programs_that_have_the_port_open_are_named(module: ScriptedModule) -> None:
    with _held(module.device, "shared") as first, _held(module.device, "shared") as second:
        assert {holder.process for holder in port_holders(module.device)} == {first, second}


def test_our_own_process_is_not_named(module: ScriptedModule) -> None:
    held = SerialPort(module.device, 115200)
    assert port_holders(module.device) == []
    assert _failure_of_opening(module.device).detail == module.device
    held.close()


def test_what_is_no_device_has_no_holder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert port_holders(str(file)) == []
    assert port_holders(str(tmp_path / "missing")) == []


def test_a_holder_reads_as_name_and_number() -> None:
    assert str(PortHolder("minicom", 4711)) == "minicom (process 4711)"
