"""Operators in folders of their own, and servers of them on loopback, within this process."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operator_backend import serving
from operator_backend.clerks import add_clerk
from operator_backend.database import writing
from operator_backend.installation import Operator, create_operator, open_operator
from operator_backend.outlets import Outlet, add_outlet
from operator_backend.policies import find_policy, latest_policy_number, store_policy
from operator_backend.statements import latest_statement
from outlet_app.contract.operator_keys import KeyUse
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain.registrations import Role
from tests.operator_backend.paper_terminal import PaperTerminal

OUTLET = "0001"
CLERK = "1001"
PIN = "246810"


class MovableClock:
    """The system's clock, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder a kind of operator, to be copied: keys, tables and an outlet with a clerk."""
    made = {}
    for name, test, suite in (
        ("test", True, SuiteName.X25519),
        ("live", False, SuiteName.X25519),
        ("hybrid", True, SuiteName.HYBRID),
    ):
        folder = tmp_path_factory.mktemp("operators") / name
        create_operator(folder, test=test, database=None, suite=suite)
        with open_operator(folder) as operator:
            add_outlet(operator, Outlet(OUTLET, "Outlet of tests", "99"))
            add_clerk(operator, OUTLET, CLERK, Role.CLERK, PIN)
        made[name] = folder
    return made


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def opened(
    templates: dict[str, Path], tmp_path: Path, clock: MovableClock
) -> Iterator[Callable[[str], Operator]]:
    """Opens a copy of a template."""
    with ExitStack() as stack:

        def open_copy(name: str) -> Operator:
            folder = tmp_path / f"{name}-operator"
            shutil.copytree(templates[name], folder)
            return stack.enter_context(open_operator(folder, clock))

        yield open_copy


@pytest.fixture
def operator(opened: Callable[[str], Operator]) -> Operator:
    """A test operator that seals with X25519, for speed."""
    return opened("test")


@pytest.fixture
def supervised(operator: Operator) -> Operator:
    """The test operator, its outlet with a supervisor 2001 too."""
    add_clerk(operator, OUTLET, "2001", Role.SUPERVISOR, "975310")
    return operator


@pytest.fixture
def live_operator(opened: Callable[[str], Operator]) -> Operator:
    return opened("live")


@pytest.fixture
def terminal(operator: Operator) -> PaperTerminal:
    return PaperTerminal.enrolled(operator)


@pytest.fixture
def add_policy(operator: Operator) -> Callable[..., int]:
    """Signs one more policy pack; gives its number."""

    def add(**changes: Any) -> int:
        with writing(operator.engine) as connection:
            latest = find_policy(connection, latest_policy_number(connection))
            assert latest is not None
            pack = replace(latest, number=latest.number + 1, **changes)
            key = operator.signing_key(latest_statement(connection).statement, KeyUse.POLICY)
            store_policy(connection, key, pack)
        return pack.number

    return add


@contextmanager
def served(operator: Operator) -> Iterator[str]:
    """The operator's server in a thread of its own; its base URL."""
    listener = serving.bind("127.0.0.1", 0)
    address = serving.address_of(listener)
    ready = threading.Event()
    server = serving.OperatorServer(operator, ready.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        assert ready.wait(10)
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def url(operator: Operator) -> Iterator[str]:
    with served(operator) as address:
        yield address
