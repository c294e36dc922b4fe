"""A filled store on disk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.outbox import Outbox
from tests.store.filled import Filled, install
from tests.store.kept_records import FILLED_WITH, Kept, fill
from tests.trust.acting_operator import ActingOperator


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "outlet"


@pytest.fixture
def filled(home: Path) -> Iterator[Filled]:
    operator = ActingOperator()
    verified = operator.enrol()
    install(home, verified)
    db = open_database(home / FILE_NAME)
    terminal = verified.answer.terminal
    yield Filled(db, operator, terminal, Outbox(db, terminal))
    db.close()


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """An orderly end: all is in the database file."""
    return fill(tmp_path_factory.mktemp("closed") / "outlet", FILLED_WITH, crashed=False)


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Killed at work: most is in the log."""
    return fill(tmp_path_factory.mktemp("crashed") / "outlet", FILLED_WITH, crashed=True)
