"""Readers for the tests of the reading layer: scripted ones, and the simulator on a pseudo terminal."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.simulator.faults import parse_fault
from outlet_app.reader.simulator.module import SimulatedModule
from outlet_app.reader.simulator.pty_front import PtyFront
from outlet_app.reader.waits import Waits
from tests.reader.scripted_module import ScriptedModule

SHORT = Waits(probe_s=0.06, status_s=0.3, number_s=0.2, find_s=0.3, select_s=0.3, read_s=0.4, reset_s=0.3)
"""Waits of a module that is quick, so that silence is found out quickly."""

LaySimulated = Callable[..., tuple[SimulatedModule, str]]


@pytest.fixture
def module() -> Iterator[ScriptedModule]:
    with ScriptedModule() as scripted:
        yield scripted


@pytest.fixture
def quick() -> Catalogue:
    """The catalogue that ships, with short waits."""
    return Catalogue(tuple(replace(driver, waits=SHORT) for driver in load_catalogue().drivers))


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[LaySimulated]:
    """Lays a card on a simulated reader with faults; gives module and port."""
    fronts: list[PtyFront] = []

    def lay(
        name: str | None = "sample-blank", *faults: str, baud: int = 115200
    ) -> tuple[SimulatedModule, str]:
        simulated_module = SimulatedModule(baud=baud)
        if name is not None:
            simulated_module.lay(card(name))
        for fault in faults:
            simulated_module.add_fault(parse_fault(fault))
        front = PtyFront(simulated_module, tmp_path / f"reader{len(fronts)}", pace=False)
        front.plug()
        fronts.append(front)
        return simulated_module, front.port_text

    yield lay
    for front in fronts:
        front.unplug()
