"""A whole counter under test: terminal, operator and simulated reader, and the kiosk as a process."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from outlet_app.checkpoints import Point
from outlet_app.cli.clock import now
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.sender import Sending, SyncReport, send
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest, new_operator

ROOT = Path(__file__).parents[2]
RUN_WITHIN_S = 90.0


@dataclass(slots=True)
class KioskRun:
    """What one run of the kiosk said and how it ended."""

    exit_code: int = 0
    slips: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)
    errors: str = ""


class CounterUnderTest:
    """Everything in one folder. ``close`` ends what is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "data"
        self.places = [self.home, folder / "home", folder / "tmp"]
        for place in self.places:
            place.mkdir(mode=0o700, parents=True)
        self.operator: OperatorUnderTest = new_operator(folder / "operator")
        self.operator.start()
        enrol(self.home, self.operator.url, self.operator.code(self.operator.outlet()), now)
        self.link = folder / "reader"
        self.reader = Simulator(SimulatorOptions(pty=self.link))
        (self.home / "outlet.toml").write_text(f'[reader]\nport = "serial:{self.link}"\n')
        self.lay: Callable[[str], None] = self.reader.lay
        self._runs = 0

    def close(self) -> None:
        """Reader and server are gone."""
        self.reader.close()
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

    def sell(
        self,
        sales: list[tuple[str, str]],
        *,
        point: Point | None = None,
        victim: str = "",
        wait_for_answer: bool = False,
    ) -> KioskRun:
        """One run of the kiosk that makes these sales and, at the last one's point, kills the victim."""
        self._runs += 1
        pid = str(self.operator.pid) if victim == "server" else victim
        order = {
            "clerk": CLERK,
            "pin": PIN,
            "sales": sales,
            "point": point or "",
            "victim": pid,
            "wait_for_answer": wait_for_answer,
        }
        errors = self.folder / f"kiosk-{self._runs}.err"
        with errors.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.flow.counter_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                env=self.environ,
                cwd=ROOT,
                text=True,
            )
            run = self._follow(process, json.dumps(order))
        run.errors = errors.read_text(errors="replace")
        if victim == "server" and run.killed:
            self.operator.kill()
            self.operator.start()
            self.send()
        self.reader.lift()
        self._no_orphan()
        return run

    def send(self) -> SyncReport:
        """Send what waits, whatever back-off says."""
        return send(self.home, Sending(clock=now, once=True))

    def _follow(self, process: subprocess.Popen[str], order: str) -> KioskRun:
        run = KioskRun()
        watchdog = threading.Timer(RUN_WITHIN_S, process.kill)
        watchdog.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(order + "\n")
            process.stdin.flush()
            for line in process.stdout:
                self._take(run, line.strip())
            run.exit_code = process.wait(10)
            process.stdin.close()
            process.stdout.close()
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
            lists = {
                "slip": run.slips,
                "late": run.late,
                "refused": run.refused,
                "killed": run.killed,
                "stuck": run.stuck,
                "shows": run.shows,
            }
            lists[word].append(rest)

    def _no_orphan(self) -> None:
        """The reader process ends with its kiosk, however that ended."""
        end = time.monotonic() + 10
        while holders := [p for p in psutil.process_iter() if self._is_our_reader_process(p)]:
            assert time.monotonic() < end, f"left behind: {holders}"
            time.sleep(0.02)

    def _is_our_reader_process(self, process: psutil.Process) -> bool:
        try:
            return "watch" in process.cmdline() and process.environ().get("OUTLET_HOME") == str(self.home)
        except psutil.Error:
            return False
