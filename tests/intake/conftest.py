"""An enrolled counter for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.intake.service import Intake
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import Clock, enrolled
from tests.passing_time import PassingTime, take_over
from tests.trust.acting_operator import ActingOperator


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "outlet"


@pytest.fixture
def operator() -> ActingOperator:
    return ActingOperator()


@pytest.fixture
def verified(home: Path, operator: ActingOperator) -> VerifiedEnrolment:
    return enrolled(home, operator)


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> PassingTime:
    """Between two lines of a test no time passes, unless it says so."""
    return take_over(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def intake(home: Path, verified: VerifiedEnrolment, clock: Clock) -> Iterator[Intake]:
    opened = Intake.open(home, clock)
    yield opened
    opened.close()
