"""These tests run only when ``--port`` names a reader; otherwise they are not part of the run at all."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.hardware.bench import Bench
from tests.hardware.checks import CHECKS
from tests.hardware.evidence import Evidence, free_folder
from tests.hardware.hand import Person

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Left out without a reader; with one in the order of the list, however other tests are shuffled."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    others = [item for item in items if item not in ours]
    if config.getoption("--port") is None:
        items[:] = others
        config.hook.pytest_deselected(items=ours)
    else:
        names = [str(check) for check in CHECKS]
        items[:] = others + sorted(ours, key=lambda item: names.index(item.name.split("[")[-1].rstrip("]")))


@pytest.fixture(scope="session")
def port(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--port"))


@pytest.fixture(scope="session")
def bench(port: str) -> Bench:
    return Bench.at(port, Person())


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest, port: str) -> Evidence:
    """Written to ``--evidence``; else to a folder of its own below build/hardware."""
    given = request.config.getoption("--evidence")
    now = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    name = f"{re.sub(r'[^A-Za-z0-9]+', '-', port)}-{now}"
    return Evidence(free_folder(Path(given) if given else Path("build", "hardware", name), now), port)
