"""The way from the records to the stick page, and what is done there."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.journey import State
from outlet_app.ui import stick_jobs
from outlet_app.ui.counter import Counter
from outlet_app.ui.side_thread import SideThread
from outlet_app.ui.stick_jobs import StickLook, TakenAll, Written
from outlet_app.ui.sticks import FindSticks, Stick, mounted_sticks

_LOOK_EVERY_MS = 1000


class StickDesk(QObject):
    """Lives in the GUI thread, while the journey stands at the records."""

    def __init__(
        self,
        counter: Counter,
        home: Path,
        clock: Callable[[], datetime],
        find_sticks: FindSticks = mounted_sticks,
    ) -> None:
        super().__init__()
        self._counter = counter
        self._home = home
        self._clock = clock
        self._find_sticks = find_sticks
        self._shell = shell = counter.shell
        self._page = shell.stick
        self.work = SideThread("stick")
        """What is done at the stick."""
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look_for_sticks)
        shell.records.stick_wanted.connect(self._open)
        shell.rail.records_chosen.connect(self._leave)
        shell.stack.currentChanged.connect(self._page_changed)
        self._page.left.connect(self._leave)
        self._page.chosen.connect(self._look)
        self._page.write_wanted.connect(self._write)
        self._page.take_wanted.connect(self._take)
        self._page.stop_wanted.connect(self.work.stop)
        self.work.progressed.connect(self._page.show_progress)
        self.work.done.connect(self._done)
        self.work.failed.connect(self._failed)

    def stop(self) -> None:
        """End within seconds."""
        self._timer.stop()
        self.work.end()

    @Slot()
    def _open(self) -> None:
        if self._counter.state is State.RECORDS:
            self._page.forget()
            self._shell.show_page(self._page)
            self._timer.start()
            self._look_for_sticks()

    @Slot()
    def _leave(self) -> None:
        if self._shell.page is self._page and self._counter.state is State.RECORDS:
            self._shell.show_page(self._shell.records)
            self._counter.refresh()

    @Slot(int)
    def _page_changed(self, _index: int) -> None:
        """Whatever took the page away: what was begun is stopped where it can be, and said nowhere else."""
        if self._shell.page is not self._page and self._timer.isActive():
            self._timer.stop()
            self.work.stop()
            self._page.forget()

    @Slot()
    def _look_for_sticks(self) -> None:
        self.work.begin(lambda _thread: tuple(self._find_sticks()))

    @Slot()
    def _look(self) -> None:
        stick = self._page.stick
        folder = None if stick is None else stick.folder
        self.work.begin(lambda _thread: stick_jobs.look(self._home, folder))

    @Slot()
    def _write(self) -> None:
        stick, clerk = self._page.stick, self._counter.clerk
        if stick is None or clerk is None:
            return
        self._page.show_busy(may_stop=True)
        how = (self._clock, clerk.number)
        self.work.begin(
            lambda thread: stick_jobs.write(
                self._home, self._still_there(stick), how, thread.report, thread.is_unwanted
            ),
            waits=True,
        )

    @Slot()
    def _take(self) -> None:
        stick = self._page.stick
        if stick is None or self._counter.clerk is None:
            return
        self._page.show_busy(may_stop=False)
        self.work.begin(
            lambda thread: stick_jobs.take(self._home, self._still_there(stick), self._clock, thread.report),
            waits=True,
        )

    def _still_there(self, stick: Stick) -> Path:
        """For the thread: where a stick was a folder of the disk may lie now; KnownFailure STICK_FAILED."""
        if stick.folder not in {each.folder for each in self._find_sticks()}:
            raise KnownFailure(FailureCode.STICK_FAILED)
        return stick.folder

    @Slot(object)
    def _done(self, found: tuple[Stick, ...] | StickLook | Written | TakenAll) -> None:
        if self._shell.page is not self._page:
            return
        if isinstance(found, tuple):
            if self._page.show_sticks(found) or not self._page.is_looked_at:
                self._look()
            return
        if isinstance(found, StickLook):
            self._page.show_look(found)
            self._page.take_focus()
            return
        self._page.show_done(found)
        self._look()
        self._counter.refresh()

    @Slot(object)
    def _failed(self, failure: KnownFailure | None) -> None:
        if self._shell.page is self._page:
            self._page.show_failure(failure)
            self._page.take_focus()
