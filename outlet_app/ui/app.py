"""The kiosk as a whole: window, border, threads; started and ended in order."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from outlet_app.intake.journey import State
from outlet_app.reader.events import ReaderEvent
from outlet_app.reader.photo_viewer import PhotoViewer
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.link_status import LinkStatus
from outlet_app.ui.bridge import Bridge, Sender, Station
from outlet_app.ui.card_desk import CardDesk
from outlet_app.ui.counter import Counter
from outlet_app.ui.cycles import CycleCollector
from outlet_app.ui.day_desk import DayDesk
from outlet_app.ui.desk import Desk
from outlet_app.ui.exception_lane import ExceptionLane
from outlet_app.ui.identity_desk import IdentityDesk
from outlet_app.ui.join_desk import JoinDesk
from outlet_app.ui.journal_watch import JournalWatch
from outlet_app.ui.last_resort import last_resort
from outlet_app.ui.link_watch import LinkWatch
from outlet_app.ui.mend_desk import MendDesk
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pin_desk import PinDesk
from outlet_app.ui.preparing_desk import PreparingDesk
from outlet_app.ui.rescue_watch import RescueWatch
from outlet_app.ui.scanner import Scanner
from outlet_app.ui.session import Session
from outlet_app.ui.shell import Shell
from outlet_app.ui.stick_desk import StickDesk
from outlet_app.ui.sticks import FindSticks, mounted_sticks
from outlet_app.ui.theme import put_on, scale_for
from outlet_app.ui.tokens import DRAWN_FOR

DONE = 0
SWITCH_S = 0.001
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the window works with: data folder, clock, who makes station and sender, the door for photos.

    ``scan_folder`` is where the scanner's program puts its files, ``alarm_hours`` after how many a record
    that is set aside is told of, ``link`` are the limits of a metered line.
    """

    home: Path
    clock: Callable[[], datetime]
    make_station: Callable[[Callable[[ReaderEvent], None]], Station]
    make_sender: Callable[[Callable[[LinkStatus], None]], Sender]
    viewer: PhotoViewer = field(default_factory=PhotoViewer)
    scan_folder: Path | None = None
    find_sticks: FindSticks = mounted_sticks
    alarm_hours: int = 24
    link: LinkLimits = UNLIMITED


class Kiosk(QObject):
    """One open counter. ``closed`` is emitted when the window has gone."""

    closed = Signal()
    _bug_met = Signal()
    _end_asked = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.shell = Shell()
        self.bridge = Bridge(
            lambda: Desk(parts.home, parts.clock, parts.viewer, parts.scan_folder, parts.alarm_hours)
        )
        self._station = parts.make_station(self.bridge.take_reader_event)
        self._sender = parts.make_sender(self.bridge.take_link_status)
        self.counter = Counter(self.shell, self.bridge, self._sender)
        self._cards = CardDesk(self.counter)
        self._exceptions = ExceptionLane(self.counter)
        self._identities = IdentityDesk(self.counter)
        self._preparing = PreparingDesk(self.counter)
        self._link = LinkWatch(self.counter, self._sender)
        self._journals = JournalWatch(self.counter, parts.home, parts.clock)
        self._rescues = RescueWatch(self.shell)
        self._scanner = Scanner()
        self._session = Session(self.counter, self._sender)
        self._pins = PinDesk(self._session)
        self._mends = MendDesk(self.counter, self._sender)
        self._sticks = StickDesk(self.counter, parts.home, parts.clock, parts.find_sticks)
        self._joins = JoinDesk(self.counter, self._sender)
        self._days = DayDesk(self.counter, parts.home, parts.clock, parts.link)
        self._idle = self._session.idle
        self._scanner.scanned.connect(self._take_scan)
        self._idle.touched.connect(self.shell.done.stay)
        self._ended = False
        self._left_page: PageFrame | None = None
        self.shell.closing.connect(self.ask_to_close)
        self.shell.closing_page.close_chosen.connect(self.close)
        self.shell.closing_page.stay_chosen.connect(self._stay)
        self._bug_met.connect(self._show_bug)
        self._end_asked.connect(self.close, Qt.ConnectionType.QueuedConnection)

    def open(self, *, windowed: bool) -> None:
        """Show the window and begin to work."""
        app = QGuiApplication.instance()
        assert app is not None
        app.installEventFilter(self._scanner)
        app.installEventFilter(self._idle)
        if windowed:
            self.shell.resize(*DRAWN_FOR)
            self.shell.show()
        else:
            self.shell.showFullScreen()
        self.shell.warm_up()
        self._station.start()
        self._journals.start()
        self.counter.begin()

    def tell_bug(self) -> None:
        """From any thread: an unexpected error was logged."""
        self._bug_met.emit()

    def ask_end(self) -> None:
        """From anywhere, in the middle of anything: close once the event loop goes on."""
        self._end_asked.emit()

    @Slot()
    def ask_to_close(self) -> None:
        """Close at once, unless records wait: that is said first."""
        waiting = self._link.waiting
        if not waiting or self.shell.page is self.shell.closing_page:
            self.close()
            return
        self._left_page = self.shell.page
        self.shell.closing_page.show_waiting(waiting)
        self.shell.show_page(self.shell.closing_page)

    @Slot()
    def close(self) -> None:
        """The window goes at once; what runs behind it ends in order. Records stay where they are."""
        self._session.end()
        self.shell.allow_close()
        self.shell.close()
        self.closed.emit()

    def end(self) -> None:
        """End all threads and processes, within seconds; harmless when repeated."""
        if self._ended:
            return
        self._ended = True
        app = QGuiApplication.instance()
        assert app is not None
        app.removeEventFilter(self._scanner)
        app.removeEventFilter(self._idle)
        self._session.stop()
        self._station.stop()
        self._sender.stop()
        self._journals.stop()
        self._rescues.stop()
        self._days.stop()
        self._sticks.stop()
        self.bridge.close()
        self._fall_silent()

    def _fall_silent(self) -> None:
        """What a thread says at the last moment, or the window while it goes, has nobody to be shown to.

        The desks live on until Python lets go of them; the window they work on is gone by then.
        """
        watchers = (
            self._cards,
            self._exceptions,
            self._identities,
            self._link,
            self._journals,
            self._rescues,
            self._session,
            self._pins,
            self._mends,
            self._sticks,
            self._sticks.work,
            self._joins,
            self._days,
            self._days.work,
        )
        window = (self.shell, *self.shell.findChildren(QObject))
        for speaker in (self.bridge, self.counter, self._idle, *watchers, *window):
            speaker.blockSignals(True)
        for receiver in (self.bridge, self.counter, *watchers):
            QCoreApplication.removePostedEvents(receiver)

    @Slot()
    def _stay(self) -> None:
        if self._left_page is not None:
            self.shell.show_page(self._left_page)

    @Slot()
    def _show_bug(self) -> None:
        self.counter.show_trouble(None)

    @Slot(str)
    def _take_scan(self, text: str) -> None:
        if self.counter.state in {State.DETAILS, State.TYPED_DETAILS}:
            self.shell.service.take_scan(text)
        elif self.shell.page is self.shell.mend:
            self.shell.mend.take_scan(text)


def application(*, windowed: bool) -> QApplication:
    """The one QApplication of this process, dressed for its screen."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("outlet-app")
    screen = app.primaryScreen()
    size = DRAWN_FOR if windowed or screen is None else screen.size().toTuple()
    put_on(app, scale_for(*size))
    return app


def has_display() -> bool:
    """False where Qt would end the program because there is nothing to show a window on."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _closed_by_signals(kiosk: Kiosk) -> Iterator[None]:
    """SIGTERM and Ctrl-C close the counter in order; the strip's clock lets Python see them."""

    def close(_number: int, _frame: object) -> None:
        kiosk.ask_end()  # the signal may come in the middle of painting

    before = {number: signal.signal(number, close) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_kiosk(parts: Parts, *, windowed: bool, at_work: Callable[[Kiosk], None] | None = None) -> int:
    """Open the counter and work until its window is closed; returns the exit code.

    ``at_work`` is called once with the open kiosk (the rehearsal begins there).
    """
    # the window gets the interpreter back soon, whatever the other threads compute
    sys.setswitchinterval(SWITCH_S)
    app = application(windowed=windowed)
    kiosk = Kiosk(parts)
    with last_resort(parts.home / "logs", kiosk.tell_bug), _closed_by_signals(kiosk):
        kiosk.closed.connect(app.quit)
        kiosk.open(windowed=windowed)
        with CycleCollector():
            if at_work is not None:
                at_work(kiosk)
            try:
                app.exec()
            finally:
                kiosk.end()
                kiosk.shell.deleteLater()
                QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return DONE
