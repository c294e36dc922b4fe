"""The station keeps a reader process alive and turns its lines into events.

A wedged driver or a crashing vendor library takes the process down, never the
counter: when the process ends or its ``alive`` stays away, it is ended for
good and started again after a pause that grows. A process that asks for it
itself, as the last rung of recovery, is started again at once, and when it
asks again soon the person is told.
"""

import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import IO

from outlet_app.contract.malformed import Malformed
from outlet_app.domain.failures import FailureCode
from outlet_app.reader.events import Alive, ReaderEvent, Ready, Recovering, Trouble
from outlet_app.reader.lines import LONGEST_LINE, parse_event, parse_failure
from outlet_app.reader.steps import Rung
from outlet_app.reader.wiped_folder import wipe_forsaken

SILENCE_S = 5.0
"""Longest time without ``alive`` before the process counts as wedged."""

START_S = 20.0
"""Longest time until the first ``alive``: an old disk loads the program slowly."""

PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses before starting again, each used once; the last one stays. A reader that got ready resets them."""

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0

_GRACE_S = 1.5
"""Time for each way of ending the process; its own loop has 2 s to give the port back."""

AGAIN_S = 60.0
"""A process that asks to be replaced again sooner was not helped by it."""

_WAITING_LINES = 1000

_LISTEN_S = 0.1
"""Longest time in one wait for a line."""

log = logging.getLogger(__name__)


class ReaderStation:
    """One reader process, kept alive from ``start`` to ``stop``.

    ``on_event`` is called on the station's thread, one event at a time, in
    their order; what it raises is logged and the station goes on.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_event: Callable[[ReaderEvent], None],
        *,
        silence_s: float = SILENCE_S,
        start_s: float = START_S,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self._command = list(command)
        self._on_event = on_event
        self._silence_s = silence_s
        self._start_s = start_s
        self._pauses_s = tuple(pauses_s)
        self._failed_starts = 0
        self._replaced_at: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="reader station", daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def stop(self) -> None:
        """End the process and the thread; returns within a few seconds. Harmless when repeated."""
        self._stopping.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(5 * _GRACE_S)

    def _keep_alive(self) -> None:
        while not self._stopping.is_set():
            cause = self._run_once()
            if self._stopping.is_set():
                return
            if cause is None:
                if self._may_replace():
                    continue
                cause = Trouble(datetime.now(UTC), FailureCode.READER_NO_ANSWER, "a new process did not help")
            else:
                self._deliver(Recovering(datetime.now(UTC), Rung.RESTART))
            self._deliver(cause)
            pause_s = self._pauses_s[min(self._failed_starts, len(self._pauses_s) - 1)]
            self._failed_starts += 1
            self._stopping.wait(pause_s)

    def _may_replace(self) -> bool:
        """True when a new process was not tried a moment ago."""
        now, before = time.monotonic(), self._replaced_at
        self._replaced_at = now
        return before is None or now - before > AGAIN_S

    def _run_once(self) -> Trouble | None:
        """One life of the process; the trouble that its end means, None when it asked for a new one."""
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # a vendor library may print what it reads
                stderr=subprocess.DEVNULL,
                creationflags=_NO_WINDOW,
            )
        except OSError as exc:
            return _stopped(exc.strerror or "cannot be started")
        pump = _Pump(process)
        try:
            return self._listen(pump)
        finally:
            _end(process)
            pump.close()
            # a maker's library may have died before its folder was wiped
            wipe_forsaken()

    def _listen(self, pump: "_Pump") -> Trouble | None:
        said: FailureCode | None = None
        asked_for_another = False
        patience = _Patience(self._start_s)
        while not self._stopping.is_set():
            line = patience.next_line(pump)
            if line is None:
                break
            if patience.is_over:
                return _stopped("no sign of life")
            if not line:
                continue
            event = _event(line)
            if event is None:
                said = parse_failure(line) or said
                continue
            if isinstance(event, Alive):
                patience = _Patience(self._silence_s)
            elif isinstance(event, Ready):
                self._failed_starts = 0
            elif isinstance(event, Recovering):
                asked_for_another = event.rung is Rung.RESTART
            self._deliver(event)
        if asked_for_another:
            return None
        return _stopped("ended") if said is None else Trouble(datetime.now(UTC), said)

    def _deliver(self, event: ReaderEvent) -> None:
        try:
            self._on_event(event)
        except Exception:
            # what listens has a bug; the reader must go on all the same
            log.exception("listener failed")


class _Pump:
    """Takes a process's lines as they come, so that waiting for one can end by time on every system."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self.lines: queue.Queue[bytes | None] = queue.Queue(_WAITING_LINES)
        self._closed = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(process.stdout,), name="reader lines", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Wait for the thread; the process has ended, so its output has too."""
        self._closed.set()
        self._thread.join(_GRACE_S)

    def _run(self, output: IO[bytes]) -> None:
        with output:
            whole = True
            for part in iter(lambda: output.readline(LONGEST_LINE + 1), b""):
                begins, whole = whole, part.endswith(b"\n")
                if begins and whole:
                    self._put(part)
            self._put(None)

    def _put(self, line: bytes | None) -> None:
        while not self._closed.is_set():
            try:
                return self.lines.put(line, timeout=0.1)
            except queue.Full:
                continue
        return None


class _Patience:
    """How long a process may stay silent; only time in which the station itself listened counts.

    Otherwise a machine that slept would find the process silent for hours
    and end it, though it never had the chance to say anything.
    """

    def __init__(self, bound_s: float) -> None:
        self._left_s = bound_s

    @property
    def is_over(self) -> bool:
        """True when the process was listened to for the whole time."""
        return self._left_s <= 0

    def next_line(self, pump: _Pump) -> bytes | None:
        """Next line, empty when none came within a moment, None when there will be none any more."""
        begun = time.monotonic()
        try:
            line = pump.lines.get(timeout=_LISTEN_S)
        except queue.Empty:
            line = b""
        self._left_s -= min(time.monotonic() - begun, 2 * _LISTEN_S)
        return line


def _event(line: bytes) -> ReaderEvent | None:
    try:
        return parse_event(line)
    except Malformed as exc:
        log.warning("line of the reader process not understood: %s", exc.where)
        return None


def _stopped(detail: str) -> Trouble:
    return Trouble(datetime.now(UTC), FailureCode.READER_PROCESS_STOPPED, detail)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask by closing its input, then order, then force; each step has its time."""
    assert process.stdin is not None
    try:
        process.stdin.close()
    except OSError:
        log.debug("input of the reader process was closed already")
    for force in (process.terminate, process.kill, None):
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            if force is not None:
                force()
        else:
            return
    log.error("the reader process cannot be ended")
