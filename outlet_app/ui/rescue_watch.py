"""A rescue takes minutes where there are many records: the window says how far it is."""

from PySide6.QtCore import QObject, Qt, Signal, Slot

from outlet_app.store.rescue_progress import WHOLE, listen
from outlet_app.ui.shell import Shell


class RescueWatch(QObject):
    """Shows the opening page while the database is rescued; whoever asked for it shows the next."""

    _came = Signal(int)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        # the rescue runs on the thread that opened the database
        self._end = listen(self._came.emit)
        self._ended = False

    def stop(self) -> None:
        """Nobody wants to know any more; harmless when repeated."""
        if not self._ended:
            self._ended = True
            self._end()

    @Slot(int)
    def _take(self, percent: int) -> None:
        opening = self._shell.opening
        if percent < WHOLE or self._shell.page is opening:
            opening.show_percent(percent)
            self._shell.show_page(opening)
