"""Outlets that are enrolled with the operator under test."""

from pathlib import Path

import pytest

from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


@pytest.fixture
def outlet(operator: OperatorUnderTest, tmp_path: Path) -> OutletUnderTest:
    """An enrolled outlet of the operator that all tests share."""
    found = OutletUnderTest(tmp_path / "outlet")
    found.enrol(operator.url, operator.code(operator.outlet()))
    return found


@pytest.fixture
def own_outlet(own_operator: OperatorUnderTest, tmp_path: Path) -> OutletUnderTest:
    """An enrolled outlet of an operator that this test may stop."""
    found = OutletUnderTest(tmp_path / "outlet")
    found.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    return found
