"""A real PC/SC service with the virtual reader, one at a time on the machine.

Use it from a conftest: ``from tests.pcscd_fixture import pcsc_service``. The
lock file keeps two test runs from fighting over the one service there can be.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

LOCK = Path("/tmp/pcscd.lock")  # noqa: S108 - one name for every run on this machine
SLOT_PORT = 35963
SECOND_SLOT_PORT = 35964
READER = "Virtual PCD 00 00"
SECOND_READER = "Virtual PCD 00 01"
_BOUND_S = 20.0
_RUN = Path("/run/pcscd")


def until(true: Callable[[], bool], what: str, bound_s: float = _BOUND_S) -> None:
    """Wait until ``true`` says so."""
    deadline = time.monotonic() + bound_s
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about in {bound_s} s")
        time.sleep(0.01)


class PcscService:
    """pcscd in the foreground of a process of ours; may be stopped and started again."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until both virtual slots listen."""
        _RUN.mkdir(exist_ok=True)
        until(lambda: not _listens(SLOT_PORT), "the end of an earlier service")
        self._process = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL)
        until(lambda: _listens(SLOT_PORT) and _listens(SECOND_SLOT_PORT), "the virtual reader")
        until(_answers, "an answer of the service")

    def stop(self) -> None:
        """End it; harmless when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(_BOUND_S)


def _listens(port: int) -> bool:
    return any(
        each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN
        for each in psutil.net_connections("tcp")
    )


def _answers() -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(os.fspath(_RUN / "pcscd.comm"))
    except OSError:
        return False
    return True


@contextmanager
def running_service() -> Iterator[PcscService]:
    """The service, alone on this machine."""
    with FileLock(LOCK, timeout=170):
        service = PcscService()
        service.start()
        try:
            yield service
        finally:
            service.stop()


@pytest.fixture(scope="module")
def pcsc_service() -> Iterator[PcscService]:
    """A running service for the tests of one file."""
    with running_service() as service:
        yield service
