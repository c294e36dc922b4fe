"""A counter with everything real behind it: operator, simulated reader, reader process, sender."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from outlet_app.i18n import install_language
from outlet_app.reader.events import ReaderEvent
from outlet_app.reader.photo_viewer import PhotoViewer
from outlet_app.reader.station import ReaderStation
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.worker import SyncWorker
from outlet_app.ui.app import Kiosk, Parts
from outlet_app.ui.bridge import Station
from outlet_app.ui.shell import Shell
from outlet_app.ui.sticks import FindSticks, mounted_sticks
from outlet_app.ui.theme import put_on
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest

__all__ = ["CLERK", "PIN"]
NUMBER, ICCID = "13800138000", "89860000000000000001"
OTHER_NUMBER, OTHER_ICCID = "13900139000", "89860100000000000019"


def now() -> datetime:
    return datetime.now(UTC)


class SilentStation:
    """No reader process: tests hand events to the bridge themselves."""

    def __init__(self, tell: Callable[[ReaderEvent], None]) -> None:
        self.tell = tell
        self.runs = False

    def start(self) -> None:
        self.runs = True

    def stop(self) -> None:
        self.runs = False


class SimulatedReader:
    """The simulator on a pseudo terminal, as a process of its own."""

    def __init__(self, link: Path) -> None:
        self.port = f"serial:{link}"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "outlet_app", "reader", "simulate", "--pty", str(link)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("ready")

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().strip() == f"done {line}"

    def end(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """The product's own look, in English."""
    if not qapp.styleSheet():
        put_on(qapp, 1.0)
    install_language("en")


@pytest.fixture
def shell(qtbot: object) -> Iterator[Shell]:
    """A window without anything behind it."""
    made = Shell()
    made.resize(1366, 768)
    made.show()
    yield made
    made.allow_close()
    made.close()
    made.deleteLater()
    forget_deleted()


@pytest.fixture
def simulated_reader(tmp_path: Path) -> Iterator[SimulatedReader]:
    reader = SimulatedReader(tmp_path / "reader")
    yield reader
    reader.end()


@pytest.fixture
def home(tmp_path: Path, operator: OperatorUnderTest) -> Path:
    """The data folder of a terminal that has joined an outlet of the operator."""
    folder = tmp_path / "outlet"
    enrol(folder, operator.url, operator.code(operator.outlet()), now)
    return folder


@pytest.fixture
def open_kiosk(qtbot: object) -> Iterator[Callable[..., Kiosk]]:
    """Opens counters, and ends them with the test."""
    opened: list[Kiosk] = []

    def make(
        folder: Path,
        reader: SimulatedReader | None = None,
        viewer: PhotoViewer | None = None,
        scan_folder: Path | None = None,
        find_sticks: FindSticks = mounted_sticks,
        link: LinkLimits = UNLIMITED,
    ) -> Kiosk:
        kiosk = Kiosk(
            Parts(
                home=folder,
                clock=now,
                make_station=lambda tell: _station(tell, reader),
                make_sender=lambda tell: SyncWorker(folder, tell, now, link=link),
                viewer=viewer or PhotoViewer(),
                scan_folder=scan_folder,
                find_sticks=find_sticks,
                link=link,
            )
        )
        opened.append(kiosk)
        kiosk.open(windowed=True)
        return kiosk

    yield make
    for kiosk in opened:
        kiosk.close()
        kiosk.end()
        kiosk.shell.deleteLater()
    forget_deleted()


def _station(tell: Callable[[ReaderEvent], None], reader: SimulatedReader | None) -> Station:
    if reader is None:
        return SilentStation(tell)
    command = [sys.executable, "-P", "-m", "outlet_app", "reader", "watch", "--port", reader.port]
    return ReaderStation([*command, "--reveal", "--raw", "--json"], tell)


def forget_deleted() -> None:
    """Outside an event loop nobody else does what deleteLater asked for."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def until(claim: Callable[[], object], within_s: float = 20.0) -> None:
    """Let Qt work until the claim holds."""
    deadline = time.monotonic() + within_s
    while not claim():
        assert time.monotonic() < deadline, "did not come true in time"
        QApplication.processEvents()
        time.sleep(0.005)
