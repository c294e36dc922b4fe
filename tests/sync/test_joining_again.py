"""A device that was a terminal before, of this operator or another, joins anew."""

from pathlib import Path

import pytest

from outlet_app.contract import enrolment as wire
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import Passed, Reply, man_in_the_middle
from tests.trust.acting_operator import ActingOperator


def test_the_first_terminals_of_two_operators_are_two_terminals_here(
    operator: OperatorUnderTest, own_operator: OperatorUnderTest, tmp_path: Path
) -> None:
    device = OutletUnderTest(tmp_path / "outlet")
    first = device.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    before = device.register()
    second = device.enrol(operator.url, operator.code(operator.outlet()))
    after = device.register()

    report = device.send()

    assert first.terminal != second.terminal
    assert (report.accepted, report.left) == (2, 0)
    assert [record["id"] for record in own_operator.records()] == [str(before.record_id)]
    assert device.state(after.record_id) is RecordState.ACCEPTED


@pytest.mark.parametrize("key_is_here", [True, False])
def test_a_name_that_is_known_here_is_not_given_to_another_terminal(
    operator: OperatorUnderTest, tmp_path: Path, *, key_is_here: bool
) -> None:
    device = OutletUnderTest(tmp_path / "outlet")
    acting = ActingOperator()

    def join() -> None:
        code = acting.code()
        acting.terminals = 0

        def invent(passed: Passed) -> Reply:
            return Reply(200, wire.wrap(code.answer_key, acting.answer(code, passed.body).to_value()))

        with man_in_the_middle(operator.url) as man:
            man.invent = invent
            device.enrol(man.url, code.to_text())

    join()
    (key,) = device.home.glob("keys/*.key")
    if not key_is_here:
        key.unlink()
    with pytest.raises(KnownFailure) as failure:
        join()

    assert (failure.value.code, failure.value.detail) == (
        FailureCode.SERVER_ANSWER_MALFORMED,
        "terminal: known here already",
    )
    assert key.exists() is key_is_here, "nothing of the answer is kept"
    with Stores(device.home) as stores:
        assert stores.enrolments.terminals() == ["T001-1"]
