"""One counter: a station at one port, and the reader process behind it."""

import queue
import time

import psutil

from outlet_app.bootstrap import reader_command
from outlet_app.reader.events import ReaderEvent, Ready
from outlet_app.reader.station import ReaderStation
from outlet_app.settings import Settings

_BOUND_S = 60.0


class Counter:
    """A station at one port, and the process behind it."""

    def __init__(self, port_text: str, settings: Settings) -> None:
        self._port_text = port_text
        self._events: queue.SimpleQueue[ReaderEvent] = queue.SimpleQueue()
        self._station = ReaderStation(reader_command(settings, port_text), self._events.put)

    def start(self) -> None:
        """Start, and wait until the reader is ready."""
        self._station.start()
        self.until(Ready)

    def close(self) -> None:
        """End it and its process."""
        self._station.stop()

    def until(self, kind: type[ReaderEvent]) -> None:
        """Wait for an event; AssertionError when it does not come."""
        deadline = time.monotonic() + _BOUND_S
        while (remaining_s := deadline - time.monotonic()) > 0:
            try:
                if isinstance(self._events.get(timeout=remaining_s), kind):
                    return
            except queue.Empty:
                break
        raise AssertionError(f"{self._port_text}: no {kind.__name__} within {_BOUND_S:.0f} s")

    @property
    def process(self) -> psutil.Process:
        """The reader process that is alive now."""
        [found] = [each for each in psutil.Process().children() if self._port_text in _command_of(each)]
        return found


def _command_of(process: psutil.Process) -> list[str]:
    """Empty for one that has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
