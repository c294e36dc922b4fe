"""Simulated readers and the catalogue of the source tree, for tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.simulator.simulate import Simulator, SimulatorOptions

Simulate = Callable[..., Simulator]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue([driver_folder()])


@pytest.fixture
def simulate() -> Iterator[Simulate]:
    """Plugs in simulated readers that are pulled out when the test ends."""
    with ExitStack() as readers:

        def plug_in(**options: object) -> Simulator:
            return readers.enter_context(closing(Simulator(SimulatorOptions(**options))))  # type: ignore[arg-type]

        yield plug_in


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "reader"
