import errno
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.frames import Command
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import read_card
from outlet_app.reader.transports.serial_port import SerialPort, _opening_failure
from tests.reader.reads import Steps, read_at
from tests.reader.scripted_module import SAMPLE_ANSWER, ScriptedModule

NOBODY = 65534


def _code_of_opening(device: str) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        SerialPort(device, 115200)
    assert device in caught.value.detail
    return caught.value.code


@contextmanager
def _without_rights(device: str) -> Iterator[None]:
    """Nobody may open the device, root by taking the rights of somebody else for a moment."""
    mode = Path(device).stat().st_mode
    Path(device).chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        Path(device).chmod(mode & 0o777)


def test_a_port_that_is_not_there_is_missing(tmp_path: Path) -> None:
    assert _code_of_opening(str(tmp_path / "ttyUSB0")) is FailureCode.READER_PORT_MISSING


def test_a_link_to_a_port_that_is_gone_is_missing(tmp_path: Path) -> None:
    link = tmp_path / "reader"
    link.symlink_to("/dev/pts/999999")
    assert _code_of_opening(str(link)) is FailureCode.READER_PORT_MISSING


def test_a_name_that_no_port_can_have_is_missing() -> None:
    assert _code_of_opening("/dev/" + "x" * 300) is FailureCode.READER_PORT_MISSING


def test_a_file_is_no_port(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert _code_of_opening(str(file)) is FailureCode.READER_PORT_MISSING
    assert _code_of_opening(str(tmp_path)) is FailureCode.READER_PORT_MISSING


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whether a terminal is kept exclusively")
def test_a_port_that_another_program_keeps_exclusively_is_busy_to_root_too(module: ScriptedModule) -> None:
    import fcntl
    import termios

    holder = os.open(module.device, os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.ioctl(holder, termios.TIOCEXCL)
        assert _code_of_opening(module.device) is FailureCode.READER_PORT_BUSY
        fcntl.ioctl(holder, termios.TIOCNXCL)
    finally:
        os.close(holder)
    SerialPort(module.device, 115200).close()


def test_a_port_that_another_program_holds_is_busy(module: ScriptedModule) -> None:
    with serial.Serial(module.device, exclusive=True):
        assert _code_of_opening(module.device) is FailureCode.READER_PORT_BUSY
    SerialPort(module.device, 115200).close()


def test_a_session_holds_its_port_for_itself(module: ScriptedModule, quick: Catalogue) -> None:
    session = open_reader(parse_port(module.port_text), quick)
    assert _code_of_opening(module.device) is FailureCode.READER_PORT_BUSY
    session.close()
    session.close()


def test_a_port_without_permission_says_so(module: ScriptedModule) -> None:
    with _without_rights(module.device):
        assert _code_of_opening(module.device) is FailureCode.READER_NO_PERMISSION


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.EBUSY, "x"), FailureCode.READER_PORT_BUSY),
        (OSError(errno.ENXIO, "x"), FailureCode.READER_PORT_MISSING),
        (OSError(errno.EPERM, "x"), FailureCode.READER_NO_PERMISSION),
        (OSError(errno.EPROTO, "x"), FailureCode.READER_NO_ANSWER),
        (OSError(errno.ETIMEDOUT, "x"), FailureCode.READER_NO_ANSWER),
        # as pyserial words it on Windows
        (
            serial.SerialException("could not open port 'COM3': PermissionError(13, 'x')"),
            FailureCode.READER_PORT_BUSY,
        ),
        (
            serial.SerialException("could not open port 'COM9': FileNotFoundError(2)"),
            FailureCode.READER_PORT_MISSING,
        ),
    ],
)
def test_each_cause_has_its_code(error: OSError, code: FailureCode) -> None:
    assert _opening_failure("COM3", error).code is code


def test_an_error_that_says_nothing_about_the_reader_is_a_bug() -> None:
    with pytest.raises(OSError, match="too many"):
        _opening_failure("/dev/ttyUSB0", OSError(errno.EMFILE, "too many"))


def test_a_reader_unplugged_in_the_middle_of_a_read_is_told(quick: Catalogue) -> None:
    def half_then_gone(module: ScriptedModule) -> bytes:
        module.send(SAMPLE_ANSWER[:600])
        module.unplug()
        return b""

    with ScriptedModule() as module:
        module.script[Command.READ] = [half_then_gone]
        session = open_reader(parse_port(module.port_text), quick)
        with pytest.raises(KnownFailure) as caught:
            read_card(session, Steps())
        assert caught.value.code is FailureCode.READER_UNPLUGGED
        session.close()


def test_a_reader_plugged_in_again_reads_the_next_card(tmp_path: Path, quick: Catalogue) -> None:
    link = tmp_path / "reader"
    for _ in range(2):
        with ScriptedModule() as module:
            link.unlink(missing_ok=True)
            link.symlink_to(module.device)
            session = open_reader(parse_port(f"serial:{link}"), quick)
            read_card(session, Steps())
            module.unplug()
            with pytest.raises(KnownFailure) as caught:
                session.find()
            assert caught.value.code is FailureCode.READER_UNPLUGGED
            session.close()


def test_a_reader_unplugged_while_it_is_waited_for_is_told(module: ScriptedModule, quick: Catalogue) -> None:
    session = open_reader(parse_port(module.port_text), quick)
    module.script[Command.FIND] = [b""]
    timer = threading.Timer(0.1, module.unplug)
    timer.start()
    with pytest.raises(KnownFailure) as caught:
        session.find()
    assert caught.value.code is FailureCode.READER_UNPLUGGED
    timer.join()
    session.close()


def test_a_port_named_by_a_link_is_read(tmp_path: Path, module: ScriptedModule, quick: Catalogue) -> None:
    link = tmp_path / "reader"
    link.symlink_to(module.device)
    assert read_at(f"serial:{link}", quick).provenance.port == f"serial:{link}"
