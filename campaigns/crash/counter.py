"""A whole counter under test: terminal, operator, simulated reader, a sender, and the kiosk as processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

import psutil

from campaigns.crash.acting_clerk import Sale
from outlet_app.checkpoints import Point
from outlet_app.cli.clock import now
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.events import SyncReport
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stores import Stores
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest

ROOT = Path(__file__).parents[2]
RUN_WITHIN_S = 90.0
GONE_WITHIN_S = 10.0
_ENDED_SERVER = str(ROOT / "tests" / "operator_backend" / "kill_at.py")

Stop = tuple[int, Point]
"""The index of a sale, or kiosk_process.ANY_TIME, and the point at which the kiosk stands still."""


@dataclass(slots=True)
class KioskRun:
    """What one run of the kiosk said and how it ended."""

    exit_code: int = 0
    slips: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)
    at: list[str] = field(default_factory=list)
    errors: str = ""


class CounterUnderTest:
    """Everything in one folder. ``close`` ends what is left.

    ``kiosk`` and ``sender`` are the processes that run now, or None.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "data"
        self.places = [self.home, folder / "home", folder / "tmp"]
        for place in self.places:
            place.mkdir(mode=0o700, parents=True)
        self.operator: OperatorUnderTest = new_operator(folder / "operator")
        self.operator.start()
        enrolled = enrol(self.home, self.operator.url, self.operator.code(self.operator.outlet()), now)
        self.terminal = enrolled.terminal
        self.link = folder / "reader"
        self.reader = Simulator(SimulatorOptions(pty=self.link))
        (self.home / "outlet.toml").write_text(f'[reader]\nport = "serial:{self.link}"\n')
        self.lay: Callable[[str], None] = self.reader.lay
        self.kiosk: subprocess.Popen[str] | None = None
        self.sender: subprocess.Popen[bytes] | None = None
        self.before_start: Callable[[], None] | None = None
        """Called in the kiosk's process before its program is loaded."""
        self._runs = 0

    def close(self) -> None:
        """Reader, sender and server are gone."""
        self.reader.close()
        self.end_sender()
        self.operator.stop()

    @property
    def environ(self) -> dict[str, str]:
        """Environment of everything that this terminal runs."""
        return {
            **os.environ,
            "OUTLET_HOME": str(self.home),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "QT_QPA_PLATFORM": "offscreen",
            "LANG": "zh_CN.UTF-8",
        }

    # -- the kiosk --

    def sell(
        self,
        sales: list[Sale],
        *,
        stops: list[Stop] | None = None,
        on_stop: Callable[[Stop], None] | None = None,
        wait_for_answer: bool = False,
    ) -> KioskRun:
        """One run of the kiosk that makes these sales, from its start until it has ended, however it ends.

        ``on_stop`` is called while the kiosk stands still at one of the ``stops``.
        """
        self._runs += 1
        order = {
            "clerk": CLERK,
            "pin": PIN,
            "sales": [astuple(sale) for sale in sales],
            "stops": stops or [],
            "wait_for_answer": wait_for_answer,
        }
        errors = self.folder / f"kiosk-{self._runs}.err"
        with errors.open("wb") as file:
            self.kiosk = subprocess.Popen(
                [sys.executable, "-m", "campaigns.crash.kiosk_process", str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                env=self.environ,
                cwd=ROOT,
                text=True,
                start_new_session=True,
                preexec_fn=self.before_start,  # noqa: PLW1509 - what is given touches no lock
            )
        run = self._follow(self.kiosk, json.dumps(order), on_stop)
        self.kiosk = None
        run.errors = errors.read_text(errors="replace")
        errors.unlink()
        self.reader.lift()
        self.no_orphan()
        return run

    def kill_kiosk(self, *, group: bool) -> None:
        """The kiosk, or it with everything that it started."""
        kiosk = self.kiosk
        if kiosk is not None and kiosk.poll() is None:
            os.killpg(kiosk.pid, signal.SIGKILL) if group else kiosk.kill()

    def reader_processes(self) -> list[psutil.Process]:
        """Reader processes of this counter that are alive."""
        return [process for process in self.processes() if "watch" in process.cmdline()]

    # -- the sender --

    def start_sender(self, point: Point | None = None, times: int = 1) -> None:
        """``outlet sync run --watch`` beside the kiosk, ended at a point if one is given."""
        assert self.sender is None, "one is at work"
        with (self.folder / "sender.log").open("ab") as log:
            self.sender = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "campaigns.crash.sync_process",
                    str(self.folder),
                    *([] if point is None else [str(point), str(times)]),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environ,
                cwd=ROOT,
            )

    def end_sender(self) -> int | None:
        """Kill the sender; its exit code, None when there was none. One ended by itself counts as killed."""
        sender, self.sender = self.sender, None
        if sender is None:
            return None
        sender.kill()
        return sender.wait(GONE_WITHIN_S)

    def send(self) -> SyncReport:
        """Send what waits from within this process, whatever back-off says."""
        return send(self.home, Sending(clock=now, once=True))

    def let_back_off_pass(self) -> None:
        """As if the time that is waited after a failed contact had gone by."""
        with Stores(self.home) as stores:
            pacing = stores.pacing(self.terminal)
            pacing.save(replace(pacing.load(), failures=0, last_failure=None, backoff_until=None))

    # -- the queue --

    def waiting(self) -> int:
        """Records that are queued or on their way."""
        status = OutletUnderTest(self.home).status()
        return status.queued + status.sending

    def fill(self, sales: list[Sale]) -> list[str]:
        """Records of these sales without a window, their slips shown; returns their ids."""
        outlet = OutletUnderTest(self.home)
        parts = [(sale.number, sale.iccid, sale.card) for sale in sales]
        return [str(slip.record_id) for slip in outlet.register_all(parts)]

    # -- the server --

    def start_server(self, point: str | None = None, times: int = 1) -> None:
        """The operator's server, ended at a point if one is given."""
        if point is None:
            self.operator.start()
        else:
            self.operator.start([sys.executable, _ENDED_SERVER, point, str(times)])

    # -- what is left --

    def processes(self) -> list[psutil.Process]:
        """Every process that has this counter's folder on its command line."""
        found = []
        for process in psutil.process_iter():
            try:
                if any(str(self.folder) in word for word in process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def no_orphan(self) -> None:
        """Nothing runs but the sender and the server: what the kiosk started ends with it."""
        end = time.monotonic() + GONE_WITHIN_S
        while left := [p for p in self.processes() if p.pid not in self._known()]:
            assert time.monotonic() < end, f"left behind: {left}"
            # orphans are nobody's children here: there is no end of theirs to wait for
            time.sleep(0.02)

    def _known(self) -> set[int]:
        return {
            pid
            for pid in (None if self.sender is None else self.sender.pid, self.operator.pid)
            if pid is not None
        }

    def _follow(
        self, process: subprocess.Popen[str], order: str, on_stop: Callable[[Stop], None] | None
    ) -> KioskRun:
        run = KioskRun()
        watchdog = threading.Timer(RUN_WITHIN_S, process.kill)
        watchdog.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            with process.stdin, process.stdout:
                _say(process, order)
                for line in process.stdout:
                    self._take(run, line.strip())
                    if line.startswith("at ") and on_stop is not None:
                        index, point = line.split()[1:]
                        on_stop((int(index), Point(point)))
                        _say(process, "go")
            run.exit_code = process.wait(GONE_WITHIN_S)
        finally:
            watchdog.cancel()
            watchdog.join()
        return run

    def _take(self, run: KioskRun, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "reader":
            verb, _, name = rest.partition(" ")
            if verb == "lay":
                self.lay(name)
            else:
                self.reader.lift()
        else:
            getattr(run, {"slip": "slips"}.get(word, word)).append(rest)


def _say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    # it may have been killed; what it said before stands on its output
    with contextlib.suppress(BrokenPipeError):
        os.write(process.stdin.fileno(), f"{line}\n".encode())
