"""The way to the page of the day's end, and what is done there."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from outlet_app.domain.failures import KnownFailure
from outlet_app.intake.journey import Event, State
from outlet_app.intake.roles import Act, may
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.ui.closing_desk import ClosingDesk
from outlet_app.ui.comparison import Comparison
from outlet_app.ui.counter import Counter
from outlet_app.ui.day_views import ClosedView, DayView
from outlet_app.ui.side_thread import SideThread

_PATIENCE_MS = 400


class DayDesk(QObject):
    """Lives in the GUI thread, while the journey stands at the records."""

    def __init__(
        self, counter: Counter, home: Path, clock: Callable[[], datetime], link: LinkLimits = UNLIMITED
    ) -> None:
        super().__init__()
        self._counter = counter
        self._bridge = counter.bridge
        self._shell = shell = counter.shell
        self._page = shell.day
        self._days = ClosingDesk(home, clock)
        self._comparison = Comparison(home, clock, link)
        self.work = SideThread("day")
        """Where the day is looked at and closed."""
        self._is_awaited = False
        self._is_closing = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show_waiting)
        shell.rail.day_chosen.connect(self._open)
        shell.rail.records_chosen.connect(self._leave)
        shell.stack.currentChanged.connect(self._page_changed)
        self._page.left.connect(self._back)
        self._page.compare_wanted.connect(self._compare)
        self._page.signed.connect(self._close)
        self._comparison.ended.connect(self._compared)
        self.work.done.connect(self._done)
        self.work.failed.connect(self._failed)

    def stop(self) -> None:
        """End within seconds."""
        self._patience.stop()
        self._comparison.stop()
        self.work.end()

    @Slot()
    def _open(self) -> None:
        if self._counter.state is not State.RECORDS:
            self._counter.happened(Event.RECORDS_OPENED)
        if self._counter.state is State.RECORDS:
            self._look()

    def _look(self) -> None:
        clerk = self._counter.clerk
        if clerk is not None:
            self._is_awaited = True
            self._patience.start()
            self.work.begin(lambda _thread: self._days.look(clerk), waits=True)

    @Slot(object)
    def _done(self, found: DayView | ClosedView) -> None:
        if isinstance(found, ClosedView):
            self._is_closing = False
            self._closed(found)
        elif self._is_awaited:
            self._is_awaited = False
            self._patience.stop()
            self._show(found)

    @Slot(object)
    def _failed(self, failure: KnownFailure | None) -> None:
        was_closing, self._is_closing, self._is_awaited = self._is_closing, False, False
        self._patience.stop()
        if was_closing and failure is not None:
            self._page.show_failure(failure)
        else:
            self._bridge.failed.emit(failure)

    def _show(self, view: DayView) -> None:
        clerk = self._counter.clerk
        if self._counter.state is not State.RECORDS or clerk is None or self._page.is_signing:
            return
        self._page.show_day(view, clerk.number)
        if self._comparison.is_busy:
            self._page.show_busy()
        self._show_page()

    @Slot()
    def _show_waiting(self) -> None:
        """The page without figures, where so many numbers are looked at that it takes its time."""
        if self._is_awaited and self._counter.state is State.RECORDS and self._counter.clerk is not None:
            self._page.show_busy()
            self._show_page()

    def _show_page(self) -> None:
        self._shell.show_page(self._page)
        self._shell.rail.mark(self._shell.rail.day_tile)

    @Slot()
    def _back(self) -> None:
        view, clerk = self._page.view, self._counter.clerk
        if self._page.is_signing and view is not None and clerk is not None:
            self._page.show_day(view, clerk.number)
        else:
            self._leave()

    @Slot()
    def _leave(self) -> None:
        self._is_awaited = False
        if self._shell.page is self._page and self._counter.state is State.RECORDS:
            self._shell.show_page(self._shell.records)
            self._shell.rail.mark(self._shell.rail.records_tile)
            self._counter.refresh()

    @Slot(int)
    def _page_changed(self, _index: int) -> None:
        """Who may close the day finds the way to it; whatever took the page away, nobody's PIN stays."""
        clerk = self._counter.clerk
        self._shell.rail.offer_day(clerk is not None and may(clerk.role, Act.CLOSE_DAY))
        if self._shell.page is not self._page:
            # what was asked for on the way to another page is not wanted there
            self._is_awaited = self._is_awaited and self._shell.page is self._shell.records
            if self._page.view is not None or self._page.is_busy:
                self._page.forget()

    @Slot()
    def _compare(self) -> None:
        self._page.show_busy()
        self._comparison.begin()

    @Slot(object)
    def _compared(self, failure: KnownFailure | None) -> None:
        if self._shell.page is not self._page or not self._page.is_at_facts:
            return
        if failure is not None:
            self._page.show_failure(failure)
        else:
            self._look()

    @Slot(str, str)
    def _close(self, number: str, pin: str) -> None:
        self._page.show_busy()
        self._is_closing = True
        self.work.begin(lambda _thread: self._days.close(number, pin, sign_open=True), waits=True)

    def _closed(self, kept: ClosedView) -> None:
        if self._shell.page is self._page:
            self._page.show_closed(kept)
