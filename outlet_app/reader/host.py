"""The reader process: watches one reader and writes what happens, one JSON object a line.

It ends when its standard input closes (its parent is gone), on SIGTERM and on
SIGINT, and because of the reader only when a station stands ready to start it
again: a reader that has worked and does not answer after it was opened anew
may answer a new process.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import BinaryIO

from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.events import Alive, ReaderEvent
from outlet_app.reader.lines import write_event
from outlet_app.reader.pulse import Pulse
from outlet_app.reader.reopening import ReopenedReader
from outlet_app.reader.slumber import Slumber
from outlet_app.reader.watching import WatchLoop

ALIVE_S = 1.0
"""Time between two ``alive`` lines."""

_END_S = 2.0
"""Time the loop has to give the port back when the process ends."""

log = logging.getLogger(__name__)


class EventOutput:
    """Events as lines on a stream, whole lines only, from any thread."""

    def __init__(self, stream: BinaryIO, stop: threading.Event, *, reveal: bool, raw: bool) -> None:
        self._stream = stream
        self._stop = stop
        self._reveal = reveal
        self._raw = raw
        self._lock = threading.Lock()
        self.failure: KnownFailure | None = None
        """Why nothing more could be written, None when it is only that nobody reads any more."""

    def tell(self, event: ReaderEvent) -> None:
        """Write one event through at once; nobody reading any more, or a full disk, sets ``stop``."""
        line = write_event(event, reveal=self._reveal, raw=self._raw).encode("ascii") + b"\n"
        with self._lock:
            try:
                self._stream.write(line)
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                self._stop.set()
            except OSError as exc:
                self.failure = KnownFailure(FailureCode.STORAGE_FAILED, f"<stdout>: {exc.strerror}")
                self._stop.set()


def run_reader_process(reader: ReopenedReader, *, reveal: bool, raw: bool, may_restart: bool) -> None:
    """Watch the reader until this process is to end; KeyboardInterrupt on SIGINT, any bug of the loop.

    STORAGE_FAILED when events go to a file that takes no more; nothing is
    watched where standard output was closed from the start.
    ``may_restart`` as WatchLoop has it: somebody starts this process again.
    """
    if sys.stdout is None:
        return
    forbid_core_dumps()
    stop = threading.Event()
    # a copy, because a maker's library finds standard output silenced
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    try:
        output = EventOutput(stream, stop, reveal=reveal, raw=raw)
        _run(reader, output, stop, may_restart=may_restart)
        if output.failure is not None:
            raise output.failure
    finally:
        with contextlib.suppress(OSError):
            stream.close()


def _run(reader: ReopenedReader, output: EventOutput, stop: threading.Event, *, may_restart: bool) -> None:
    pulse, slumber = Pulse(), Slumber()
    loop = WatchLoop(
        reader.open, output.tell, pulse, stop, reader.is_outdated, slumber=slumber, may_restart=may_restart
    )
    bugs: list[Exception] = []
    reading = threading.Thread(target=lambda: _guarded(loop, stop, bugs), name="reader loop", daemon=True)
    reading.start()
    for name, task in (
        ("reader alive", lambda: keep_telling_alive(output.tell, pulse, stop, slumber)),
        ("reader input", lambda: _wait_for_end_of_input(stop)),
    ):
        threading.Thread(target=task, name=name, daemon=True).start()
    before = signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    try:
        # a wait without an end cannot be interrupted on every system
        while not stop.wait(0.5):
            pass
    finally:
        stop.set()
        reading.join(_END_S)
        signal.signal(signal.SIGTERM, before)
        if reading.is_alive():
            _leave_at_once()
    if bugs:
        raise bugs[0]


def keep_telling_alive(
    tell: Callable[[ReaderEvent], None], pulse: Pulse, stop: threading.Event, slumber: Slumber
) -> None:
    """An ``alive`` each second while the loop gives signs of life; silence while it is wedged."""
    while not stop.is_set():
        if slumber.tick():
            pulse.begin_anew()
        age_s = pulse.age_s()
        if age_s is not None:
            tell(Alive(datetime.now(UTC), age_s))
        stop.wait(ALIVE_S)


def _guarded(loop: WatchLoop, stop: threading.Event, bugs: list[Exception]) -> None:
    """A bug in the loop ends the process, so that the station starts a new one."""
    try:
        loop.run()
    except Exception as bug:  # noqa: BLE001 - raised again in the main thread
        bugs.append(bug)
    finally:
        stop.set()


def _wait_for_end_of_input(stop: threading.Event) -> None:
    try:
        # not sys.stdin: a buffered read holds a lock that the interpreter needs at its end
        while os.read(0, 4096):
            pass
    except OSError as exc:
        log.debug("standard input: %s", exc.strerror)
    stop.set()


def _leave_at_once() -> None:
    """The loop is stuck in a driver: waiting for it would leave an orphan that holds the port."""
    log.warning("reading loop did not end in time")
    logging.shutdown()
    os._exit(0)
