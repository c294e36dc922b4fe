"""``outlet demo``: one whole registration through the real kiosk, without hardware."""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from outlet_app import command_output as output
from outlet_app.cli.demo import private_pcsc
from outlet_app.cli.demo.children import OUTLET, Child, DemoBroken, end_all
from outlet_app.cli.demo.interruption import interruption
from outlet_app.cli.demo.orders import KioskOrder
from outlet_app.cli.demo.scene import CLERK, PIN, Scene, set_scene
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import _

_READY_WITHIN_S = 30.0
_KIOSK_WITHIN_S = 120.0
_OPERATOR_NEEDS = ("fastapi", "sqlalchemy", "uvicorn", "alembic")
SERIAL_SALE = ("13800130001", "89860012345678901238")
PCSC_SALE = ("13800130002", "89860012345678901246")
"""Fictional sales: mobile number and ICCID."""


@click.command(help=_("Everything on one machine: simulated reader, operator, kiosk. Leaves nothing behind."))
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build", "demo"),
    show_default=True,
    help=_("Folder for the pictures of the run without a display."),
)
@click.option("--headless", is_flag=True, help=_("Without a window, even where there is a display."))
def demo(pictures: Path, headless: bool) -> int:
    """Without a display it drives itself and ends; with one it opens the kiosk and a panel with cards."""
    if any(importlib.util.find_spec(name) is None for name in _OPERATOR_NEEDS):
        raise KnownFailure(FailureCode.OPERATOR_EXTRA_MISSING, "pip install 'outlet-app[operator]'")
    try:
        with interruption.caught(), _folder() as folder, set_scene(folder) as scene:
            if headless or not _has_display():
                output.write_json(_drive(scene, pictures))
            else:
                _play(scene)
    except DemoBroken as broken:
        output.write_note(str(broken))
        return 1
    return 0


def _drive(scene: Scene, pictures: Path) -> dict[str, Any]:
    shutil.rmtree(pictures, ignore_errors=True)
    with Child("simulator", _serial_reader(scene), scene.errors_of("simulator"), scene.environ) as reader:
        scene.use_reader(reader.line(_READY_WITHIN_S, "ready ").removeprefix("ready "))
        _register(scene, reader, SERIAL_SALE, pictures, joining=True)
    done = _last_record(scene)
    reason = private_pcsc.reason_against()
    if reason is not None:
        output.write_note(_("Not shown over PC/SC: {reason}.").format(reason=reason))
        return {**done, "pcsc": None}
    with Child("pcsc", private_pcsc.command(), scene.errors_of("pcsc"), scene.environ) as reader:
        scene.use_reader(reader.line(_READY_WITHIN_S, "ready ").removeprefix("ready "))
        _register(scene, reader, PCSC_SALE, pictures / "pcsc")
    return {**done, "pcsc": _last_record(scene)}


def _serial_reader(scene: Scene) -> list[str]:
    """A module at another than the usual rate, on a line as slow as a real one."""
    simulate = [*OUTLET, "reader", "simulate", "--pty", str(scene.folder / "reader")]
    return [*simulate, "--baud", "38400", "--pace"]


def _register(
    scene: Scene, reader: Child, sale: tuple[str, str], pictures: Path, *, joining: bool = False
) -> None:
    """One registration by the real kiosk in a process of its own; it says when it wants the card."""
    folder = str(pictures.absolute())
    order = KioskOrder(CLERK, PIN, number=sale[0], iccid=sale[1], card="sample", pictures=folder)
    if joining:
        order = replace(order, server=scene.url, code=scene.code)
    run = [sys.executable, "-P", "-m", "outlet_app.cli.demo.kiosk_run"]
    environ = {**scene.environ, "QT_QPA_PLATFORM": "offscreen"}
    with Child("kiosk", run, scene.errors_of("kiosk"), environ) as kiosk:
        kiosk.tell(order.to_line())
        while (line := kiosk.line(_KIOSK_WITHIN_S)) != "done":
            if line.startswith("reader "):
                reader.tell(line.removeprefix("reader "))
        if kiosk.finish(_READY_WITHIN_S) != 0:
            raise DemoBroken("the kiosk did not end well")


def _play(scene: Scene) -> None:
    """With a display: the kiosk and a small panel to lay cards down, until the window is closed."""
    scene.join()
    output.write_line(_("Clerk {clerk}, PIN {pin}").format(clerk=CLERK, pin=PIN))
    with Child("simulator", _serial_reader(scene), scene.errors_of("simulator"), scene.environ) as reader:
        scene.use_reader(reader.line(_READY_WITHIN_S, "ready ").removeprefix("ready "))
        run = [sys.executable, "-P", "-m", "outlet_app.cli.demo.kiosk_run"]
        with Child("kiosk", run, scene.errors_of("kiosk"), scene.environ) as kiosk:
            kiosk.tell(KioskOrder(panel=True).to_line())
            while (line := kiosk.line(float(24 * 3600))) != "done":
                if line.startswith("reader "):
                    reader.tell(line.removeprefix("reader "))


def _last_record(scene: Scene) -> dict[str, Any]:
    record = scene.records()[-1]
    if record["state"] != RecordState.ACCEPTED:
        raise DemoBroken(f"the record is {record['state']}, not accepted: {record['last_error']}")
    return {name: record[name] for name in ("id", "sequence", "state")}


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="outlet-demo-") as name:
        try:
            yield Path(name)
        finally:
            with interruption.held():
                end_all()
