"""What the operator signs, and every way in which it may be wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from outlet_app.contract.receipt import Receipt
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.trust.operator_trust import OperatorTrust, verify_keys
from outlet_app.trust.standing import verify_standing
from tests.trust.acting_operator import NOW, PACK, ActingOperator, sign

RECORD = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture(scope="module")
def operator() -> ActingOperator:
    return ActingOperator()


@pytest.fixture(scope="module")
def trust(operator: ActingOperator) -> OperatorTrust:
    return OperatorTrust(operator.root_public, verify_keys(operator.root_public, operator.keys()))


@pytest.fixture(scope="module")
def receipt(operator: ActingOperator) -> Receipt:
    return operator.receipt(RECORD, "T001-1", 1, "a" * 64)


def code_of(call: object, *arguments: object, **named: object) -> FailureCode:
    assert callable(call)
    with pytest.raises(KnownFailure) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_a_receipt_of_the_operator_is_read(
    trust: OperatorTrust, operator: ActingOperator, receipt: Receipt
) -> None:
    assert trust.receipt(operator.sign_receipt(receipt)) == receipt


def test_a_receipt_of_any_other_key_use_or_context_is_refused(
    trust: OperatorTrust, operator: ActingOperator, receipt: Receipt
) -> None:
    value = receipt.to_value()
    good = operator.sign_receipt(receipt)
    for spoilt in (
        ActingOperator().sign_receipt(receipt),
        sign(operator.rules, Context.RECEIPT, value),
        sign(operator.receipts, Context.CONTACT, value),
        SignedObject(good.key, good.body, bytes(64)),
        SignedObject(good.key, good.body[:-1] + b" ", good.signature),
        sign(operator.receipts, Context.RECEIPT, {**value, "extra": 1}),
        operator.sign_receipt(replace(receipt, operator_time=datetime(2031, 1, 1, tzinfo=UTC))),
    ):
        assert code_of(trust.receipt, spoilt) is FailureCode.RECEIPT_REFUSED


def test_a_probe_proves_the_operator_only_over_our_nonce(
    trust: OperatorTrust, operator: ActingOperator
) -> None:
    nonce = "a" * 32
    assert trust.probe(operator.probe(nonce), nonce=nonce).next_nonce == "n" * 32
    wrong = FailureCode.SERVER_SIGNATURE_WRONG
    assert code_of(trust.probe, operator.probe("b" * 32), nonce=nonce) is wrong
    assert code_of(trust.probe, ActingOperator().probe(nonce), nonce=nonce) is wrong
    assert code_of(trust.probe, operator.contact(nonce, "T001-1"), nonce=nonce) is wrong


def test_a_contact_answer_is_for_our_nonce_and_this_terminal(
    trust: OperatorTrust, operator: ActingOperator
) -> None:
    nonce = "a" * 32
    signed = operator.contact(nonce, "T001-1")
    assert trust.contact(signed, nonce=nonce, terminal="T001-1").batch_size == 20
    wrong = FailureCode.SERVER_SIGNATURE_WRONG
    assert code_of(trust.contact, signed, nonce="b" * 32, terminal="T001-1") is wrong
    assert code_of(trust.contact, signed, nonce=nonce, terminal="T001-2") is wrong
    assert (
        code_of(trust.contact, ActingOperator().contact(nonce, "T001-1"), nonce=nonce, terminal="T001-1")
        is wrong
    )


def test_keys_never_go_back_and_never_change_operator(trust: OperatorTrust, operator: ActingOperator) -> None:
    newer = trust.newer_keys(operator.keys(2), NOW)
    assert newer.statement.number == 2
    assert code_of(newer.newer_keys, operator.keys(1), NOW) is FailureCode.SERVER_SIGNATURE_WRONG
    renamed = replace(operator.statement(3), operator="Another")
    signed = sign(operator.root, Context.OPERATOR_KEYS, renamed.to_value())
    assert code_of(newer.newer_keys, signed, NOW) is FailureCode.SERVER_SIGNATURE_WRONG
    assert code_of(newer.newer_keys, ActingOperator().keys(3), NOW) is FailureCode.SERVER_SIGNATURE_WRONG


def test_the_sealing_key_is_the_one_in_force(trust: OperatorTrust, operator: ActingOperator) -> None:
    assert trust.sealing_key(NOW).public == operator.seal_public
    for moment in (datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)):
        assert code_of(trust.sealing_key, moment) is FailureCode.POLICY_OUT_OF_DATE


def test_of_packs_that_hold_a_day_the_highest_number_counts(operator: ActingOperator) -> None:
    later = replace(PACK, number=2, first_day=date(2026, 6, 1), last_day=date(2026, 6, 30))
    standing = verify_standing(
        operator.root_public,
        operator.keys(),
        (operator.policy(later), operator.policy()),
        operator.roster("T001-1", bytes(32)),
        terminal="T001-1",
        outlet="T001",
    )
    assert [pack.number for pack in standing.policies] == [1, 2]
    assert standing.policy_on(date(2026, 5, 31)).number == 1
    assert standing.policy_on(date(2026, 6, 1)).number == 2
    assert standing.policy_on(date(2026, 7, 1)).number == 1
    assert standing.policy_on(date(2027, 1, 14)).number == 1, "within its grace"
    assert code_of(standing.policy_on, date(2027, 1, 15)) is FailureCode.POLICY_OUT_OF_DATE


def test_grace_counts_only_where_no_other_pack_holds_the_day(operator: ActingOperator) -> None:
    ended = replace(PACK, number=3, first_day=date(2026, 3, 1), last_day=date(2026, 3, 31), grace_days=30)
    standing = verify_standing(
        operator.root_public,
        operator.keys(),
        (operator.policy(ended), operator.policy()),
        operator.roster("T001-1", bytes(32)),
        terminal="T001-1",
        outlet="T001",
    )
    assert standing.policy_on(date(2026, 3, 31)).number == 3
    assert standing.policy_on(date(2026, 4, 1)).number == 1


def test_a_standing_without_any_pack_is_none(operator: ActingOperator) -> None:
    roster = operator.roster("T001-1", bytes(32))
    code = code_of(
        verify_standing, operator.root_public, operator.keys(), (), roster, terminal="T001-1", outlet="T001"
    )
    assert code is FailureCode.SERVER_ANSWER_MALFORMED


def test_a_pack_of_another_operator_is_refused(trust: OperatorTrust, operator: ActingOperator) -> None:
    signed = sign(operator.rules, Context.POLICY, replace(PACK, operator="Another").to_value())
    assert code_of(trust.policy, signed) is FailureCode.SERVER_ANSWER_MALFORMED


def test_what_was_made_within_a_keys_dates_stays_good(operator: ActingOperator, receipt: Receipt) -> None:
    ended = operator.statement(2, until=NOW + timedelta(hours=1))
    signed = sign(operator.root, Context.OPERATOR_KEYS, ended.to_value())
    trust = OperatorTrust(operator.root_public, verify_keys(operator.root_public, signed))
    assert trust.receipt(operator.sign_receipt(receipt)).operator_time == NOW
