"""Joining an outlet in the window: at the first start, and anew where the operator has closed or revoked."""

from PySide6.QtCore import QObject, Slot

from outlet_app.intake.journey import Event, State
from outlet_app.sync.enrolling import Enrolled
from outlet_app.ui.bridge import Sender
from outlet_app.ui.counter import Counter


class JoinDesk(QObject):
    """Leads to the page and from it back to the counter, whose clerk has to sign in anew."""

    def __init__(self, counter: Counter, sender: Sender) -> None:
        super().__init__()
        self._counter = counter
        self._sender = sender
        self._shell = shell = counter.shell
        shell.home.join_wanted.connect(self._begin)
        shell.join.submitted.connect(self._join)
        shell.join.finished.connect(self._finish)
        shell.join.left.connect(self._back)
        shell.stack.currentChanged.connect(self._page_changed)

    @Slot()
    def _begin(self) -> None:
        if self._counter.state is State.HOME:
            self._shell.join.begin_anew()
            self._shell.show_page(self._shell.join)

    @Slot(str, str)
    def _join(self, server: str, code: str) -> None:
        self._counter.bridge.ask(
            lambda desk: desk.join(server, code), self._joined, self._shell.join.show_failure
        )

    def _joined(self, enrolled: Enrolled) -> None:
        # the roster is another one: whoever is signed in was so at the former terminal
        self._counter.happened(Event.SIGNED_OUT)
        self._sender.wake()
        if enrolled.former is None:
            self._finish()
            return
        self._shell.join.show_joined(enrolled)
        self._shell.show_page(self._shell.join)

    @Slot()
    def _finish(self) -> None:
        self._shell.join.forget()
        self._counter.begin()

    @Slot()
    def _back(self) -> None:
        self._shell.join.forget()
        if self._shell.page is self._shell.join:
            self._shell.show_page(self._shell.home)

    @Slot(int)
    def _page_changed(self, _index: int) -> None:
        """Whatever took the page away: no code stays on it."""
        if self._shell.page is not self._shell.join:
            self._shell.join.forget()
