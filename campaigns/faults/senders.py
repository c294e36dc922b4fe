"""Senders that work side by side on one data folder, each a process; what they say, and their deaths."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
_GONE_WITHIN_S = 15.0
_IN_ORDER = {0, -signal.SIGTERM}
"""The second: it was told to end before it had begun."""


class Senders:
    """So many of them from ``start`` to ``stop``; one that is killed is followed by another at once.

    ``outcomes`` counts how their runs ended. ``left`` is what still waited by
    the last word of one of them, None before the first. ``wrong`` holds the
    last words of one that ended by itself.
    """

    def __init__(self, home: Path, count: int, certificate: Path | None) -> None:
        self.outcomes: Counter[str] = Counter()
        self.left: int | None = None
        self.wrong: list[str] = []
        self._home = home
        self._count = count
        self._environ = dict(os.environ)
        if certificate is not None:
            self._environ["REQUESTS_CA_BUNDLE"] = str(certificate)
        self._lock = threading.Lock()
        self._is_over = False
        self._killed: set[int] = set()
        self._processes: list[subprocess.Popen[str]] = []
        self._listeners: list[threading.Thread] = []

    def start(self) -> None:
        """All of them."""
        with self._lock:
            for _ in range(self._count):
                self._start_one()

    def stop(self) -> None:
        """End them in order."""
        with self._lock:
            self._is_over = True
            for process in self._processes:
                process.terminate()
        for listener in self._listeners:
            listener.join(_GONE_WITHIN_S)
            if listener.is_alive():
                self.wrong.append("a sender does not end")

    def kill_at(self, port: int) -> bool:
        """SIGKILL for the one whose connection has this local port; False when it is gone already."""
        with self._lock:
            for process in self._processes:
                if port in _ports(process.pid):
                    self._killed.add(process.pid)
                    process.kill()
                    return True
        return False

    def _start_one(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "campaigns.faults.sender_process", str(self._home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environ,
            cwd=ROOT,
            text=True,
        )
        self._processes.append(process)
        listener = threading.Thread(target=self._listen, args=(process,), name=f"sender-{process.pid}")
        self._listeners.append(listener)
        listener.start()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            for line in process.stdout:
                self._take(line)
            errors = process.stderr.read()
        code = process.wait()
        with self._lock:
            self._processes.remove(process)
            if process.pid in self._killed:
                if not self._is_over:
                    self._start_one()
            elif not self._is_over or code not in _IN_ORDER:
                self.wrong.append(f"a sender ended with {code}: {errors[-2000:]}")

    def _take(self, line: str) -> None:
        # of one that is killed the last line may be a part
        if not line.endswith("\n"):
            return
        word = json.loads(line)
        with self._lock:
            self.outcomes[word["outcome"]] += 1
            if word["outcome"] != "busy":
                self.left = word["left"]


def _ports(pid: int) -> set[int]:
    try:
        return {one.laddr.port for one in psutil.Process(pid).net_connections("tcp4") if one.laddr}
    except psutil.Error:
        return set()
