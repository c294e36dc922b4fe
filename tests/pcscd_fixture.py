"""A real PC/SC service with the virtual reader, one at a time on the machine.

``pcscd`` is there for every test and lives as long as the run. The lock file
keeps two runs from fighting over the one service there can be.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

LOCK = Path(tempfile.gettempdir()) / "pcscd.lock"
SLOT_PORTS = range(35963, 35967)
READER = "Virtual PCD 00 00"
SECOND_READER = "Virtual PCD 00 01"
_BOUND_S = 20.0
_RUN = Path("/run/pcscd")
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_CONFIGURATION = """FRIENDLYNAME "{name}"
DEVICENAME /dev/null:{port:#x}
LIBPATH {driver}
CHANNELID {port:#x}
"""


def until(true: Callable[[], bool], what: str, bound_s: float = _BOUND_S) -> None:
    """Wait until ``true`` says so."""
    deadline = time.monotonic() + bound_s
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about in {bound_s} s")
        time.sleep(0.01)


class PcscService:
    """pcscd in the foreground of a process of ours, with a configuration of its own in ``folder``.

    The driver has two slots, so a copy of it, which the service takes for another one, has two more.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "reader.conf.d"
        self._process: subprocess.Popen[bytes] | None = None
        self._folder.mkdir()
        copy = folder / "libifdvpcd-2.so"
        shutil.copy(_DRIVER, copy)
        first = _CONFIGURATION.format(name="Virtual PCD", port=SLOT_PORTS[0], driver=_DRIVER)
        second = _CONFIGURATION.format(name="Virtual PCD 2", port=SLOT_PORTS[2], driver=copy)
        # one file, for several are read in no order
        (self._folder / "vpcd").write_text(first + second)

    def start(self) -> None:
        """Start it and wait until all virtual slots listen; RuntimeError when another one runs."""
        others = [each.pid for each in psutil.process_iter(["name"]) if each.info["name"] == "pcscd"]
        if others:
            raise RuntimeError(f"a pcscd runs already (process {others}): stop it, tests bring their own")
        _RUN.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            ["pcscd", "--foreground", "--config", os.fspath(self._folder)], stdout=subprocess.DEVNULL
        )
        until(lambda: set(SLOT_PORTS) <= _listening(), "the virtual readers")
        until(_answers, "an answer of the service")

    def stop(self) -> None:
        """End it; harmless when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(_BOUND_S)


def _listening() -> set[int]:
    """TCP ports on which somebody listens."""
    return {
        each.laddr.port
        for each in psutil.net_connections("tcp")
        if each.laddr and each.status == psutil.CONN_LISTEN
    }


def _answers() -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(os.fspath(_RUN / "pcscd.comm"))
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PcscService]:
    """The machine's PC/SC service, alone, for the rest of the run; a test that stops it starts it again."""
    with FileLock(LOCK, timeout=170):
        service = PcscService(tmp_path_factory.mktemp("pcscd"))
        service.start()
        try:
            yield service
        finally:
            service.stop()


@pytest.fixture
def pcsc_service(pcscd: PcscService) -> PcscService:
    """The same service under the name that tells what it is."""
    return pcscd
