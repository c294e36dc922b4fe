"""What the sync thread's status means for strip and pages."""

from PySide6.QtCore import QObject, Slot

from outlet_app.sync import link_status
from outlet_app.ui.bridge import Sender
from outlet_app.ui.counter import Counter
from outlet_app.ui.views import LinkState, LinkView

_STATES = {
    link_status.LinkState.ONLINE: LinkState.ONLINE,
    link_status.LinkState.WAITING: LinkState.WAITING,
    link_status.LinkState.TROUBLE: LinkState.TROUBLE,
}


class LinkWatch(QObject):
    """Takes link statuses in the GUI thread, and the wish to send what a metered line keeps here."""

    def __init__(self, counter: Counter, sender: Sender) -> None:
        super().__init__()
        self._counter = counter
        self._sender = sender
        self._records = counter.shell.records
        self._records.send_wanted.connect(self._send_now)
        self.waiting = 0
        """Records that the operator has not answered for, by the last status."""
        counter.bridge.link_status_arrived.connect(self.take)

    @Slot(object)
    def take(self, status: link_status.LinkStatus) -> None:
        """One status; each comes after the queue was looked at, so what is shown of it is renewed."""
        self.waiting = status.queued
        view = view_of(status)
        self._counter.shell.strip.show_link(view)
        self._records.show_link(view)
        self._counter.refresh()

    @Slot()
    def _send_now(self) -> None:
        self._sender.send_now()


def view_of(status: link_status.LinkStatus) -> LinkView:
    """The status as the strip shows it."""
    age_s = None if status.oldest_queued_age_s is None else float(status.oldest_queued_age_s)
    return LinkView(_STATES[status.state], status.failure, status.queued, age_s, status.held)
