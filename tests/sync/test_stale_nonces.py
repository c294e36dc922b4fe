"""A server's nonce is good once and for a while: one that it no longer takes is replaced, not reported."""

import pytest

from outlet_app.contract import api
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import Passed, Reply, man_in_the_middle, through


def test_a_nonce_that_went_stale_is_replaced_by_a_fresh_one(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)

        def once_stale(passed: Passed) -> Reply | None:
            if passed.path != api.CONTACT_PATH or man.to(api.CONTACT_PATH):
                return None
            return Reply(401, b'{"error":"request-nonce-stale"}')

        man.invent = once_stale
        assert outlet.send().accepted == 1


def test_a_line_on_which_no_nonce_is_ever_fresh_is_a_fault_that_time_mends(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        stale = Reply(401, b'{"error":"request-nonce-stale"}')
        man.invent = lambda passed: stale if passed.path == api.CONTACT_PATH else None
        with pytest.raises(KnownFailure) as failure:
            outlet.send()
        assert len(man.to(api.CONTACT_PATH)) == 2, "a fresh one is tried once"
    assert (failure.value.code, failure.value.detail) == (FailureCode.SERVER_ERROR, "request-nonce-stale")
    assert outlet.state(slip.record_id) is RecordState.QUEUED
