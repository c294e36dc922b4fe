"""A filled store on disk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.outbox import Outbox
from tests.store.filled import Filled, install
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
