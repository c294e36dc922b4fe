"""An outlet and a stick between it and the operator that all tests share."""

from pathlib import Path

import pytest

from tests.bundles.stick import Stick
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


@pytest.fixture
def outlet(operator: OperatorUnderTest, tmp_path: Path) -> OutletUnderTest:
    """Enrolled, and never online again unless a test lets it."""
    found = OutletUnderTest(tmp_path / "outlet")
    found.enrol(operator.url, operator.code(operator.outlet()))
    return found


@pytest.fixture
def stick(operator: OperatorUnderTest, tmp_path: Path) -> Stick:
    return Stick(tmp_path / "stick", operator)
