"""A code that was mistyped costs a second try and not a second code."""

import pytest

from outlet_app.contract.enrolment import EnrolmentCode, parse_code
from outlet_app.domain.failures import FailureCode, KnownFailure
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


def test_a_mistake_in_either_part_leaves_the_code_good(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    right = parse_code(operator.code(operator.outlet()))
    wrong_root = EnrolmentCode(
        right.secret, bytes([right.root_fingerprint[0] ^ 1]) + right.root_fingerprint[1:]
    )
    wrong_secret = EnrolmentCode(bytes([right.secret[0] ^ 1]) + right.secret[1:], right.root_fingerprint)
    for typed, code in (
        (wrong_root, FailureCode.OPERATOR_KEY_MISMATCH),
        (wrong_secret, FailureCode.ENROLMENT_CODE_WRONG),
    ):
        with pytest.raises(KnownFailure) as caught:
            outlet.enrol(operator.url, typed.to_text())
        assert caught.value.code is code
    joined = outlet.enrol(operator.url, right.to_text())
    assert joined.former is not None
    with pytest.raises(KnownFailure) as caught:
        outlet.enrol(operator.url, right.to_text())
    assert caught.value.code is FailureCode.ENROLMENT_CODE_USED
