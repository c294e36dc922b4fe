"""Exports, imports, receipts and sending in whatever order, over and over: in the end all is there, once."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.sealed_records import UNANSWERED, Selection
from outlet_app.sync.stores import Stores
from tests.bundles.stick import Stick, held
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest

WRONG_FILE = {FailureCode.NOT_A_BUNDLE, FailureCode.BUNDLE_DAMAGED}


class Carrying(RuleBasedStateMachine):
    operator: ClassVar[OperatorUnderTest]
    bundles = Bundle("bundles")
    receipts = Bundle("receipts")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.outlet = OutletUnderTest(self.folder / "outlet")
        self.stick = Stick(self.folder / "stick", self.operator)
        self.records = 0

    @initialize()
    def join(self) -> None:
        self.outlet.enrol(self.operator.url, self.operator.code(self.operator.outlet()))
        self.register()

    @rule()
    def register(self) -> None:
        self.outlet.register()
        self.records += 1

    @rule(
        target=bundles,
        states=st.sampled_from([UNANSWERED, frozenset(RecordState)]),
        first=st.integers(1, 4),
        length=st.integers(0, 4),
    )
    def export(self, states: frozenset[RecordState], first: int, length: int) -> object:
        return multiple(*self.stick.export(self.outlet, Selection(states, first, first + length)))

    @rule(target=receipts, bundle=bundles)
    def bring(self, bundle: Path) -> Path:
        return self.stick.bring(bundle).receipts

    @rule(file=receipts)
    def take(self, file: Path) -> None:
        self.stick.take(self.outlet, file)

    @rule()
    def send(self) -> None:
        assert self.outlet.send().fork is None

    @rule(bundle=bundles, cut=st.floats(0, 1, exclude_max=True))
    def bring_cut(self, bundle: Path, cut: float) -> None:
        file = shutil.copy(bundle, self.folder / "cut")
        os.truncate(file, int(bundle.stat().st_size * cut))
        with pytest.raises(KnownFailure) as failure:
            self.stick.bring(Path(file))
        assert failure.value.code in WRONG_FILE

    @rule(file=receipts, where=st.floats(0, 1, exclude_max=True), turn=st.integers(1, 255))
    def take_turned(self, file: Path, where: float, turn: int) -> None:
        data = bytearray(file.read_bytes())
        data[int(len(data) * where)] ^= turn
        turned = self.folder / "turned"
        turned.write_bytes(bytes(data))
        with pytest.raises(KnownFailure) as failure:
            self.stick.take(self.outlet, turned)
        assert failure.value.code in WRONG_FILE

    @invariant()
    def nothing_is_there_twice(self) -> None:
        there = held(self.operator, self.outlet)
        assert len(set(there)) == len(there)

    def teardown(self) -> None:
        self.stick.there_and_back(self.outlet)
        assert held(self.operator, self.outlet) == list(range(1, self.records + 1))
        assert self.outlet.status().accepted == self.records
        with Stores(self.outlet.home) as stores:
            (name,) = stores.enrolments.terminals()
        assert not [fork for fork in self.operator.report()["forks"] if fork["terminal"] == name]
        shutil.rmtree(self.folder)


def test_whatever_the_order_each_record_is_there_once_and_answered(operator: OperatorUnderTest) -> None:
    run_state_machine_as_test(
        type("Bound", (Carrying,), {"operator": operator}),
        settings=settings(
            max_examples=4,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
