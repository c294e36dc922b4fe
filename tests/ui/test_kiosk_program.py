"""The program ``outlet kiosk`` as a process of its own: it ends in order and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.ui.conftest import SimulatedReader


def wait_for_reader(pid: int, within_s: float = 30.0) -> psutil.Process:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        for child in psutil.Process(pid).children():
            if "watch" in child.cmdline():
                return child
        time.sleep(0.05)
    raise AssertionError("the kiosk started no reader process")


def start(home: Path, reader: SimulatedReader) -> subprocess.Popen[bytes]:
    (home / "outlet.toml").write_text(f'[reader]\nport = "{reader.port}"\n')
    environ = {**os.environ, "OUTLET_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-P", "-m", "outlet_app", "kiosk"]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def test_a_signal_closes_the_counter_and_its_reader_process(
    home: Path, simulated_reader: SimulatedReader
) -> None:
    kiosk = start(home, simulated_reader)
    reader = wait_for_reader(kiosk.pid)
    kiosk.send_signal(signal.SIGTERM)
    _out, errors = kiosk.communicate(timeout=30)
    assert (kiosk.returncode, errors) == (0, b"")
    assert not reader.is_running()


def test_a_killed_counter_leaves_no_reader_process_behind(
    home: Path, simulated_reader: SimulatedReader
) -> None:
    kiosk = start(home, simulated_reader)
    reader = wait_for_reader(kiosk.pid)
    kiosk.kill()
    kiosk.communicate(timeout=30)
    reader.wait(timeout=15)
    again = start(home, simulated_reader)
    wait_for_reader(again.pid)
    again.terminate()
    assert again.wait(30) == 0
    again.communicate()


def test_without_a_display_it_says_so(home: Path) -> None:
    environ = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    environ = {**environ, "OUTLET_HOME": str(home)}
    environ.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-P", "-m", "outlet_app", "kiosk"]
    ended = subprocess.run(command, env=environ, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert b"argument-wrong" in ended.stderr
