"""A code joins one terminal to its outlet, once, within its day, and only in the hands of who knows it."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operator_backend.database import reading
from operator_backend.enrolment import CODE_LIFE, answer_enrolment, make_code
from operator_backend.installation import Operator
from operator_backend.refusals import RequestRefused
from operator_backend.tables import enrolment_codes, terminals
from outlet_app.contract import enrolment as messages
from outlet_app.contract.api import RequestRefusal
from outlet_app.contract.enrolment import EnrolmentCode, parse_code
from outlet_app.contract.operator_keys import KeyUse, key_statement_from_value
from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.contract.policy import policy_from_value
from outlet_app.contract.roster import device_verifier, roster_from_value
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.timestamps import china_day
from outlet_app.trust.terminal_key import is_terminal_name
from tests.operator_backend.conftest import CLERK, OUTLET, PIN, MovableClock
from tests.operator_backend.paper_terminal import PaperTerminal, read_answer, request_for


def refusal(operator: Operator, data: bytes) -> RequestRefusal:
    with pytest.raises(RequestRefused) as caught:
        answer_enrolment(operator, data)
    return caught.value.refusal


def terminal_count(operator: Operator) -> int:
    with reading(operator.engine) as connection:
        return len(connection.execute(terminals.select()).all())


def test_the_answer_carries_all_that_a_terminal_believes(operator: Operator) -> None:
    code = make_code(operator, OUTLET)
    answer = read_answer(code, answer_enrolment(operator, request_for(code)))
    assert code.names_root(answer.root)
    assert answer.keys.is_signed_by(answer.root, Context.OPERATOR_KEYS)
    statement = key_statement_from_value(answer.keys.value("keys"))
    policy_key = statement.current(KeyUse.POLICY, operator.now())
    assert policy_key is not None
    assert answer.policy.is_signed_by(policy_key.public, Context.POLICY)
    assert answer.roster.is_signed_by(policy_key.public, Context.ROSTER)
    assert policy_from_value(answer.policy.value("policy")).test is True
    roster = roster_from_value(answer.roster.value("roster"))
    assert (roster.terminal, roster.outlet) == (answer.terminal, OUTLET)
    clerk = roster.find(CLERK)
    assert clerk is not None
    assert clerk.verifier == device_verifier(code.device_secret, stretch_pin(PIN, clerk.salt))


def test_a_terminal_joins_under_the_pack_in_force_not_under_one_to_come(
    operator: Operator, add_policy: Callable[..., int]
) -> None:
    today = china_day(operator.now())
    add_policy(first_day=today, last_day=today)
    add_policy(first_day=today + timedelta(days=1), last_day=today + timedelta(days=9))
    assert joined_policy(operator) == 2


def test_a_terminal_joins_under_the_youngest_pack_where_none_is_in_force(
    operator: Operator, clock: MovableClock
) -> None:
    clock.ahead = timedelta(days=-9999)
    assert joined_policy(operator) == 1


def joined_policy(operator: Operator) -> int:
    code = make_code(operator, OUTLET)
    answer = read_answer(code, answer_enrolment(operator, request_for(code)))
    return policy_from_value(answer.policy.value("policy")).number


def test_terminals_of_two_operators_do_not_share_a_name(opened: Callable[[str], Operator]) -> None:
    names = [PaperTerminal.enrolled(opened(kind)).name for kind in ("test", "live")]
    assert len(set(names)) == len(names)
    assert all(is_terminal_name(name) for name in names)


def test_the_text_of_a_code_is_the_code(operator: Operator) -> None:
    code = make_code(operator, OUTLET)
    assert parse_code(code.to_text().lower()) == code


def test_the_keys_have_different_uses_and_none_is_the_root(operator: Operator) -> None:
    code = make_code(operator, OUTLET)
    answer = read_answer(code, answer_enrolment(operator, request_for(code)))
    statement = key_statement_from_value(answer.keys.value("keys"))
    assert [key.use for key in statement.keys] == [KeyUse.SEAL, KeyUse.RECEIPT, KeyUse.POLICY]
    assert len({answer.root, *(key.public for key in statement.keys)}) == 4


def test_a_code_that_nobody_made_is_wrong(operator: Operator) -> None:
    made = EnrolmentCode(bytes(16), messages.root_fingerprint(operator.folder.root))
    assert refusal(operator, request_for(made)) is RequestRefusal.CODE_WRONG


def test_who_knows_the_name_of_a_code_and_not_the_code_learns_nothing(operator: Operator) -> None:
    code = make_code(operator, OUTLET)
    known = request_for(code)
    forged = messages.wrap(bytes(32), messages.unwrap(code.request_key, known, "request"))
    assert refusal(operator, forged) is RequestRefusal.CODE_WRONG
    answer_enrolment(operator, known)
    assert refusal(operator, forged) is RequestRefusal.CODE_WRONG, "nor that it was used"


def test_a_used_code_is_refused_to_another_and_to_a_copy_of_the_first(operator: Operator) -> None:
    code = make_code(operator, OUTLET)
    first = request_for(code)
    answer_enrolment(operator, first)
    assert refusal(operator, first) is RequestRefusal.CODE_USED
    assert refusal(operator, request_for(code)) is RequestRefusal.CODE_USED
    assert terminal_count(operator) == 1


def test_a_code_is_good_for_its_day_and_no_longer(operator: Operator, clock: MovableClock) -> None:
    early, late = make_code(operator, OUTLET), make_code(operator, OUTLET)
    clock.ahead = CODE_LIFE - timedelta(minutes=1)
    answer_enrolment(operator, request_for(early))
    clock.ahead = CODE_LIFE + timedelta(minutes=1)
    assert refusal(operator, request_for(late)) is RequestRefusal.CODE_EXPIRED
    assert terminal_count(operator) == 1


def test_a_key_joins_once(operator: Operator) -> None:
    key = Ed25519PrivateKey.generate()
    code = make_code(operator, OUTLET)
    answer_enrolment(operator, request_for(code, key))
    second = make_code(operator, OUTLET)
    assert refusal(operator, request_for(second, key)) is RequestRefusal.MALFORMED
    answer_enrolment(operator, request_for(second))


def test_of_many_who_use_a_code_at_once_one_joins(operator: Operator, url: str) -> None:
    code = make_code(operator, OUTLET)
    at_once = threading.Barrier(8)
    statuses: list[int] = []

    def join() -> None:
        body = request_for(code)
        at_once.wait(10)
        statuses.append(requests.post(f"{url}/v1/enrol", data=body, timeout=30).status_code)

    threads = [threading.Thread(target=join) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200] + [409] * 7
    assert terminal_count(operator) == 1


def test_a_code_for_no_outlet_is_not_made(operator: Operator) -> None:
    with pytest.raises(KnownFailure) as caught:
        make_code(operator, "9999")
    assert "--outlet" in caught.value.detail
    with reading(operator.engine) as connection:
        assert connection.execute(enrolment_codes.select()).all() == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_garbage_is_malformed(operator: Operator, data: bytes) -> None:
    assert refusal(operator, data) is RequestRefusal.MALFORMED


def test_every_byte_of_a_request_flipped_in_turn_joins_nobody(operator: Operator) -> None:
    code = make_code(operator, OUTLET)
    data = request_for(code)
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1
        assert refusal(operator, bytes(flipped)) in {RequestRefusal.MALFORMED, RequestRefusal.CODE_WRONG}
    assert terminal_count(operator) == 0
    answer_enrolment(operator, data)
