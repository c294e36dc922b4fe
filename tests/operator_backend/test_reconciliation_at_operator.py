"""Comparisons, closings and numbers given up at the operator: from whoever signed, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from operator_backend.contacts import answer_contact
from operator_backend.days import list_days
from operator_backend.installation import Operator
from operator_backend.reconciling import answer_reconciliation
from operator_backend.refusals import RequestRefused
from operator_backend.reporting import make_report
from operator_backend.signed_requests import next_nonce
from outlet_app.contract import canonical
from outlet_app.contract.api import RECONCILIATION_PATH
from outlet_app.contract.contact import ItemAnswer, contact_answer_from_value
from outlet_app.contract.day_words import DayClosing, DayResult
from outlet_app.contract.envelope import decode_envelope
from outlet_app.contract.given_up import GivenUp
from outlet_app.contract.header import NO_PREVIOUS, decode_header
from outlet_app.contract.http_signing import SignedBy
from outlet_app.contract.ranges import ChainLeaves, Standing, leaf
from outlet_app.contract.reconciliation import (
    MAX_RECONCILIATION_BYTES,
    MEDIA_TYPE,
    MOST_NUMBERS,
    AskedRange,
    ReconciliationAnswer,
    ReconciliationRequest,
    answer_from_value,
)
from outlet_app.contract.signed_object import SignedObject, sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.registrations import GiveUpReason, Person, Role
from tests.operator_backend.conftest import served
from tests.operator_backend.paper_terminal import PaperTerminal, id_of
from tests.operator_backend.test_requests import fresh_nonce

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = date(2026, 3, 2)


@pytest.fixture
def operator(opened: Callable[[str], Operator]) -> Operator:
    return opened("test")


@pytest.fixture
def terminal(operator: Operator) -> PaperTerminal:
    return PaperTerminal.enrolled(operator)


def sent(operator: Operator, terminal: PaperTerminal, *envelopes: bytes) -> list[str]:
    """Records on their usual way; how each was answered."""
    by = SignedBy(terminal.name, next_nonce(operator))
    signed = answer_contact(operator, by, terminal.state(), list(envelopes))
    answer = contact_answer_from_value(signed.value("contact"))
    return [str(item.answer) for item in answer.items]


def compared(operator: Operator, terminal: PaperTerminal, **asked: Any) -> ReconciliationAnswer:
    request = ReconciliationRequest(terminal.name, **{"ranges": (), **asked})
    signed = answer_reconciliation(operator, SignedBy(terminal.name, "n" * 32), request.encode())
    return answer_from_value(signed.value("answer"))


def word(terminal: PaperTerminal, context: Context, value: dict[str, Any]) -> SignedObject:
    return sign_object(terminal.key, terminal.name, context, value)


def given_up(terminal: PaperTerminal, sequence: int, sha256: str, **changes: Any) -> SignedObject:
    said = GivenUp(
        terminal.name,
        sequence,
        UUID(int=sequence),
        sha256,
        "fields-differ",
        GiveUpReason.REGISTERED_ANEW,
        AT,
        Person("2001", Role.SUPERVISOR),
        "1001",
    )
    return word(terminal, Context.GIVEN_UP, replace(said, **changes).to_value())


def closing(of: PaperTerminal, **changes: Any) -> DayClosing:
    made = DayClosing(
        number=1,
        previous=NO_PREVIOUS,
        terminal=of.name,
        outlet=of.outlet,
        opened_on=DAY,
        day=DAY,
        closed_at=AT,
        clock_behind_s=0,
        first=1,
        last=1,
        root=NO_PREVIOUS,
        head=NO_PREVIOUS,
        journal_length=5,
        journal_head=NO_PREVIOUS,
        slips_shown=1,
        counts={"queued": 1},
        open=(),
        differences=(),
        difference_count=0,
        closed_by=Person("1001", Role.CLERK),
    )
    return replace(made, **changes)


def sha256_of(envelope: bytes) -> str:
    return decode_envelope(envelope).sha256()


def test_a_range_is_answered_with_its_leaves_only_where_it_differs(
    operator: Operator, terminal: PaperTerminal
) -> None:
    first, second = terminal.record(), terminal.record()
    assert sent(operator, terminal, first, second) == ["accepted", "accepted"]
    leaves = ChainLeaves(1, b"".join(leaf(sha256_of(one), Standing.ACCEPTED) for one in (first, second)))
    asked = AskedRange(1, 2, leaves.range_hash(1, 2))
    same = compared(operator, terminal, ranges=(asked,))
    assert (same.highest, same.ranges[0].leaves, same.ranges[0].parts) == (2, None, None)
    other = compared(operator, terminal, ranges=(replace(asked, sha256=NO_PREVIOUS),))
    assert other.ranges[0].leaves == leaves.between(1, 2)


def test_nobody_compares_for_another(operator: Operator, terminal: PaperTerminal) -> None:
    other = PaperTerminal.enrolled(operator)
    body = ReconciliationRequest(other.name, ()).encode()
    with pytest.raises(RequestRefused):
        answer_reconciliation(operator, SignedBy(terminal.name, "n" * 32), body)


@pytest.mark.parametrize(
    "ranges",
    [
        [{"first": 0, "last": 1, "sha256": NO_PREVIOUS}],
        [{"first": 2, "last": 1, "sha256": NO_PREVIOUS}],
        [{"first": 1, "last": MOST_NUMBERS + 2, "sha256": NO_PREVIOUS}],
        [{"first": 1, "last": MOST_NUMBERS - 1, "sha256": NO_PREVIOUS}] * 2,
        [{"first": 1, "last": 1, "sha256": "x"}],
        [{"first": 1, "last": 1, "sha256": NO_PREVIOUS}] * 129,
        [{"first": 1, "last": 1}],
        "everything",
    ],
)
def test_more_or_other_than_may_be_asked_is_refused(
    operator: Operator, terminal: PaperTerminal, ranges: Any
) -> None:
    value = {"terminal": terminal.name, "closings": [], "results": [], "given_up": [], "ranges": ranges}
    with pytest.raises(RequestRefused):
        answer_reconciliation(operator, SignedBy(terminal.name, "n" * 32), canonical.encode(value))


def test_over_http_only_a_signed_request_of_its_own_kind_is_answered(
    operator: Operator, terminal: PaperTerminal
) -> None:
    body = ReconciliationRequest(terminal.name, ()).encode()
    with served(operator) as url:

        def post(content: bytes = body, media_type: str = MEDIA_TYPE, *, sign: bool = True) -> int:
            headers = {"Content-Type": media_type}
            if sign:
                headers |= terminal.signed("POST", RECONCILIATION_PATH, fresh_nonce(url), content)
            found = requests.post(f"{url}{RECONCILIATION_PATH}", content, headers=headers, timeout=30)
            return found.status_code

        assert post() == 200
        assert post(sign=False) == 401
        assert post(media_type="application/json") == 400
        assert post(b"{}") == 400
        assert post(b" " * (MAX_RECONCILIATION_BYTES + 1)) == 413


def test_a_closing_counts_once_and_another_under_its_number_is_reported(
    operator: Operator, terminal: PaperTerminal
) -> None:
    kept = word(terminal, Context.DAY_CLOSING, closing(terminal).to_value())
    assert compared(operator, terminal, closings=(kept,)).closings == (1,)
    assert compared(operator, terminal, closings=(kept,)).closings == (1,)
    other = word(terminal, Context.DAY_CLOSING, closing(terminal, slips_shown=0).to_value())
    assert compared(operator, terminal, closings=(other,)).closings == ()
    (fork,) = make_report(operator)["forks"]
    assert (fork["cause"], fork["sequence"]) == ("day", 1)


def test_a_word_that_the_terminal_did_not_sign_is_not_kept(
    operator: Operator, terminal: PaperTerminal
) -> None:
    thief = PaperTerminal(terminal.name, terminal.outlet, Ed25519PrivateKey.generate(), terminal.seal_key)
    other = PaperTerminal.enrolled(operator)
    words = (
        word(thief, Context.DAY_CLOSING, closing(terminal).to_value()),
        word(terminal, Context.DAY_RESULT, closing(terminal).to_value()),
        word(terminal, Context.DAY_CLOSING, closing(terminal, terminal=other.name).to_value()),
        word(terminal, Context.DAY_CLOSING, {**closing(terminal).to_value(), "first": 0}),
    )
    answer = compared(operator, terminal, closings=words, given_up=(given_up(thief, 1, NO_PREVIOUS),))
    assert (answer.closings, answer.given_up) == ((), ())
    assert list_days(operator) == []


def test_a_closed_day_is_missing_records_until_they_are_here_and_differs_when_they_are_others(
    operator: Operator, terminal: PaperTerminal
) -> None:
    first, second = terminal.record(), terminal.record()
    root = ChainLeaves(1, b"".join(leaf(sha256_of(one), Standing.MADE) for one in (first, second)))
    good = closing(terminal, last=2, root=root.range_hash(1, 2))
    bad = closing(terminal, number=2, last=2, root=NO_PREVIOUS)
    words = tuple(word(terminal, Context.DAY_CLOSING, one.to_value()) for one in (good, bad))
    compared(operator, terminal, closings=words)
    sent(operator, terminal, first)
    assert [day["records"] for day in list_days(operator)] == ["missing", "missing"]
    sent(operator, terminal, second)
    assert [day["records"] for day in list_days(operator)] == ["whole", "differs"]


def test_a_result_is_kept_and_stands_in_the_report(operator: Operator, terminal: PaperTerminal) -> None:
    result = DayResult(1, terminal.name, AT, AT, 1, 1, NO_PREVIOUS, NO_PREVIOUS, 0, (), 3, ())
    kept = word(terminal, Context.DAY_RESULT, result.to_value())
    assert compared(operator, terminal, results=(kept,)).results == (1,)
    (told,) = make_report(operator)["compared"]
    assert (told["terminal"], told["differences"]) == (terminal.name, 3)


def test_a_number_given_up_closes_the_gap_in_any_order(operator: Operator, terminal: PaperTerminal) -> None:
    first, second, third = terminal.record(), terminal.record(), terminal.record()
    sent(operator, terminal, first, third)
    (standing,) = make_report(operator)["terminals"]
    assert (standing["unbroken"], standing["missing"]) == (1, 1)
    told = given_up(terminal, 2, sha256_of(second))
    assert compared(operator, terminal, given_up=(told,)).given_up == (2,)
    (standing,) = make_report(operator)["terminals"]
    assert (standing["unbroken"], standing["missing"]) == (3, 0)
    assert sent(operator, terminal, terminal.record()) == ["accepted"]
    # it comes all the same
    assert sent(operator, terminal, second) == ["accepted"]
    report = make_report(operator)
    assert (report["records"], report["terminals"][0]["missing"], report["forks"]) == (4, 0, [])


def test_a_number_given_up_with_a_hash_that_contradicts_the_chain_is_a_fork(
    operator: Operator, terminal: PaperTerminal
) -> None:
    first, second, third = terminal.record(), terminal.record(), terminal.record()
    sent(operator, terminal, first, third)
    for sequence in (1, 2):
        wrong = given_up(terminal, sequence, "ab" * 32)
        assert compared(operator, terminal, given_up=(wrong,)).given_up == ()
    assert [fork["sequence"] for fork in make_report(operator)["forks"]] == [1, 2]
    assert sent(operator, terminal, second) == ["accepted"]


def test_another_record_under_a_number_that_was_given_up_is_a_fork(
    operator: Operator, terminal: PaperTerminal
) -> None:
    lost = terminal.trial()
    compared(operator, terminal, given_up=(given_up(terminal, 1, sha256_of(lost)),))
    other = terminal.record()
    assert id_of(other) != id_of(lost)
    assert decode_header(decode_envelope(other).header).sequence == 1
    assert sent(operator, terminal, other) == [str(ItemAnswer.REFUSED)]
    assert [fork["cause"] for fork in make_report(operator)["forks"]] == ["record"]
