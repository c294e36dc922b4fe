"""Joining an outlet: whom the terminal believes, and what a man in the middle gets."""

from dataclasses import replace

import pytest

from outlet_app.contract import enrolment as wire
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.signed_object import SignedObject
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.trust.enrolment import PendingEnrolment, accept_enrolment, begin_enrolment
from tests.trust.acting_operator import PACK, ActingOperator, public, sign


@pytest.fixture
def operator() -> ActingOperator:
    return ActingOperator()


@pytest.fixture
def code(operator: ActingOperator) -> wire.EnrolmentCode:
    return operator.code()


@pytest.fixture
def pending(code: wire.EnrolmentCode) -> PendingEnrolment:
    return begin_enrolment(code.to_text())


def refused(pending: PendingEnrolment, code: wire.EnrolmentCode, answer: wire.EnrolmentAnswer) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        accept_enrolment(pending, wire.wrap(code.answer_key, answer.to_value()))
    return caught.value.code


def test_a_true_answer_gives_terminal_outlet_keys_policy_and_roster(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    answer = operator.answer(code, pending.request)
    verified = accept_enrolment(pending, wire.wrap(code.answer_key, answer.to_value()))
    assert verified.answer.terminal == "T001-1"
    assert verified.key.device_secret == code.device_secret
    assert verified.standing.latest_policy.number == PACK.number
    assert verified.standing.roster.find("7001") is not None
    assert verified.standing.trust.root == operator.root_public


@pytest.mark.parametrize("text", ["", "ABC", "A" * 42 + "1", "0" * 42, "abcdef-" * 6 + "abcde!"])
def test_what_is_no_code_is_refused_before_anything_is_sent(text: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        begin_enrolment(text)
    assert caught.value.code is FailureCode.ENROLMENT_CODE_WRONG


def test_each_request_has_a_new_key_and_a_new_nonce(code: wire.EnrolmentCode) -> None:
    first, second = begin_enrolment(code.to_text()), begin_enrolment(code.to_text().lower())
    assert first.key.public != second.key.public
    assert first.nonce != second.nonce


def test_a_man_in_the_middle_with_a_structure_of_his_own_gets_nothing(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    """He sees the request, has an operator of his own, and all there is to know but the secret."""
    his = ActingOperator(name=operator.name)
    mac_keys = [b"\0" * 32, his.code().answer_key, his.root_public]
    body = wire.split(pending.request, "request")[0]
    asked = wire.request_from_value(wire.canonical.decode(body, "request"))
    answer = wire.EnrolmentAnswer(
        asked.nonce,
        "T001-1",
        "T001",
        "Example outlet",
        his.root_public,
        his.keys(),
        his.policy(),
        his.roster("T001-1", b"\0" * 32),
    )
    for key in mac_keys:
        with pytest.raises(KnownFailure) as caught:
            accept_enrolment(pending, wire.wrap(key, answer.to_value()))
        assert caught.value.code is FailureCode.OPERATOR_KEY_MISMATCH


def test_what_he_sees_holds_neither_the_secret_nor_a_key_that_lets_him_answer(
    code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    body, mac = wire.split(pending.request, "request")
    seen = pending.request + body + mac
    for hidden in (
        code.secret,
        code.request_key,
        code.answer_key,
        code.device_secret,
        code.root_fingerprint,
        pending.key.private.private_bytes_raw(),
    ):
        assert hidden not in seen
        assert hidden.hex().encode() not in seen
        assert wire.canonical.to_base64(hidden).rstrip("=").encode()[:20] not in seen


def test_the_server_cannot_put_another_root_even_if_it_knows_the_secret(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    """The code's second half comes from the operator by another way than the network."""
    other = ActingOperator(name=operator.name)
    answer = replace(
        operator.answer(code, pending.request),
        root=other.root_public,
        keys=other.keys(),
        policy=other.policy(),
        roster=other.roster("T001-1", code.device_secret),
    )
    assert refused(pending, code, answer) is FailureCode.OPERATOR_KEY_MISMATCH


def test_keys_that_the_root_did_not_sign_are_refused(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    answer = operator.answer(code, pending.request)
    other = ActingOperator(name=operator.name)
    forged = sign(other.root, Context.OPERATOR_KEYS, other.statement().to_value())
    renamed = SignedObject(key_id(operator.root_public), forged.body, forged.signature)
    for keys in (forged, renamed):
        assert refused(pending, code, replace(answer, keys=keys)) is FailureCode.SERVER_SIGNATURE_WRONG


def test_policy_and_roster_of_another_signer_are_refused(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    answer = operator.answer(code, pending.request)
    other = ActingOperator(name=operator.name)
    for spoilt in (
        replace(answer, policy=other.policy()),
        replace(answer, roster=other.roster(answer.terminal, code.device_secret)),
        # the receipt key is a key of this operator, but not for this use
        replace(answer, policy=sign(operator.receipts, Context.POLICY, PACK.to_value())),
        # signed by the right key as something else
        replace(answer, policy=sign(operator.rules, Context.ROSTER, PACK.to_value())),
    ):
        assert refused(pending, code, spoilt) is FailureCode.SERVER_SIGNATURE_WRONG


def test_a_roster_for_another_terminal_or_outlet_is_refused(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    answer = operator.answer(code, pending.request)
    for roster in (
        operator.roster("T001-9", code.device_secret),
        operator.roster(answer.terminal, code.device_secret, outlet="T002"),
    ):
        assert refused(pending, code, replace(answer, roster=roster)) is FailureCode.SERVER_ANSWER_MALFORMED


def test_an_answer_over_another_nonce_is_refused(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    answer = operator.answer(code, begin_enrolment(code.to_text()).request)
    assert refused(pending, code, answer) is FailureCode.SERVER_SIGNATURE_WRONG


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", ".hidden", "T 1", "x" * 65, "终端"])
def test_a_terminal_name_that_could_be_a_path_is_refused(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment, name: str
) -> None:
    answer = replace(
        operator.answer(code, pending.request),
        terminal=name,
        roster=operator.roster(name, code.device_secret),
    )
    assert refused(pending, code, answer) is FailureCode.SERVER_ANSWER_MALFORMED


def test_every_bit_of_the_answer_counts(
    operator: ActingOperator, code: wire.EnrolmentCode, pending: PendingEnrolment
) -> None:
    data = wire.wrap(code.answer_key, operator.answer(code, pending.request).to_value())
    for at in range(0, len(data), 37):
        spoilt = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(KnownFailure):
            accept_enrolment(pending, spoilt)


def test_what_is_shown_of_a_pending_enrolment_tells_no_secret(pending: PendingEnrolment) -> None:
    shown = repr(pending) + repr(pending.key)
    assert repr(pending.code.secret) not in shown
    assert repr(pending.code.device_secret) not in shown
    assert pending.code.to_text() not in shown
    assert public(pending.key.private) is not None
