"""The demo, as a stranger starts it: one whole registration over a serial line, one over PC/SC, and gone."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtGui import QImage

from tests.pcscd_fixture import PcscService

PAGES = {"sign-in", "home", "reading", "review", "service", "done-kept", "done", "records", "trouble"}


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    environ = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.Popen(
        [sys.executable, "-m", "outlet_app", "demo", "--pictures", str(folder / "pictures"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environ, "TMPDIR": str(folder / "tmp"), "LANG": "en_US.UTF-8"},
        text=True,
        cwd=folder,
    )


def left_behind(folder: Path) -> list[Any]:
    """Processes that know the demo's folder, and anything in its temporary folder."""
    mark = str(folder / "tmp")
    found: list[Any] = list((folder / "tmp").iterdir())
    for process in psutil.process_iter():
        try:
            if mark in process.environ().get("TMPDIR", ""):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def folder() -> Any:
    with tempfile.TemporaryDirectory() as name:
        Path(name, "tmp").mkdir()
        yield Path(name)


def test_it_ends_by_itself_with_an_accepted_record_over_each_way(folder: Path, pcscd: PcscService) -> None:
    pcscd.stop()  # the demo brings a service of its own, and runs none beside another
    try:
        demo = start(folder)
        out, err = demo.communicate(timeout=120)
    finally:
        pcscd.start()
    assert demo.returncode == 0, err
    (line,) = out.splitlines()
    told = json.loads(line)
    assert (told["sequence"], told["state"]) == (1, "accepted")
    assert (told["pcsc"]["sequence"], told["pcsc"]["state"]) == (2, "accepted")
    for place, pages in ((folder / "pictures", PAGES | {"join"}), (folder / "pictures" / "pcsc", PAGES)):
        pictures = {path.stem: QImage(str(path)) for path in place.glob("*.png")}
        assert set(pictures) >= pages
        assert all((image.width(), image.height()) == (1366, 768) for image in pictures.values())
    assert left_behind(folder) == []


def test_ended_in_the_middle_it_leaves_nothing_behind(folder: Path) -> None:
    demo = start(folder)
    deadline = time.monotonic() + 60
    while not list((folder / "tmp").glob("*/operator.err")):
        assert time.monotonic() < deadline
        assert demo.poll() is None
        time.sleep(0.05)
    servers = [
        connection.laddr
        for child in psutil.Process(demo.pid).children(recursive=True)
        for connection in child.net_connections()
        if connection.status == psutil.CONN_LISTEN and connection.family in {socket.AF_INET, socket.AF_INET6}
    ]
    assert {address.ip for address in servers} <= {"127.0.0.1", "::1"}
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert left_behind(folder) == []


def test_without_the_operators_part_it_says_so(folder: Path) -> None:
    hide = "import sys; sys.modules['fastapi'] = None\n"
    run = "from outlet_app.cli.main import run; sys.exit(run(['demo']))"
    done = subprocess.run(
        [sys.executable, "-c", hide + run], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "outlet-app[operator]" in done.stdout + done.stderr
