"""Amendments: what the chip did not give, given anew, and what that makes of a refused record."""

import pytest

from operator_backend.installation import Operator
from outlet_app.contract.contact import ItemAnswer
from outlet_app.contract.receipt import ReceiptState, receipt_from_value
from outlet_app.domain.registrations import Corrections, ServiceDetails, Statements
from tests.operator_backend.mended import LATE, SUPERVISOR, accepted, contact, listed, refusal, take
from tests.operator_backend.paper_terminal import PaperTerminal, another_service, id_of
from tests.operator_backend.test_content_checks import customer


def test_an_amendment_changes_the_number_in_force(operator: Operator, terminal: PaperTerminal) -> None:
    before, after = another_service(), another_service()
    first = accepted(operator, terminal, terminal.record({"service": before}))
    amendment = accepted(operator, terminal, terminal.amendment(first, Corrections(number=after.number)))
    found = listed(operator, first)
    assert (found["number"], found["iccid"]) == (after.number, before.iccid)
    assert (listed(operator, amendment)["number"], listed(operator, amendment)["iccid"]) == (
        after.number,
        None,
    )
    taken = terminal.record({"service": ServiceDetails(after.number, another_service().iccid)})
    assert refusal(take(operator, terminal, taken)) == ("number-taken", "clerk")
    freed = terminal.record({"service": ServiceDetails(before.number, another_service().iccid)})
    accepted(operator, terminal, freed)


@pytest.mark.parametrize("field", ["number", "iccid"])
def test_an_amendment_to_what_another_holds_is_refused(
    operator: Operator, terminal: PaperTerminal, field: str
) -> None:
    mine, others = another_service(), another_service()
    first = accepted(operator, terminal, terminal.record({"service": mine}))
    accepted(operator, terminal, terminal.record({"service": others}))
    item = take(operator, terminal, terminal.amendment(first, Corrections(**{field: getattr(others, field)})))
    assert refusal(item) == (f"{field}-taken", "clerk")
    assert listed(operator, first)[field] == getattr(mine, field)


@pytest.mark.parametrize(
    ("corrections", "code"),
    [
        (Corrections(number="139 0000 9997"), "finding-blocks"),
        (Corrections(iccid="12345678901234567890"), "finding-blocks"),
        (Corrections(consent=False), "statement-missing"),
    ],
)
def test_an_amendment_holds_to_the_rules_of_what_it_gives(
    operator: Operator, terminal: PaperTerminal, corrections: Corrections, code: str
) -> None:
    first = accepted(operator, terminal, terminal.record())
    assert refusal(take(operator, terminal, terminal.amendment(first, corrections)))[0] == code


def test_a_late_amendment_needs_a_supervisor(supervised: Operator, terminal: PaperTerminal) -> None:
    first = accepted(supervised, terminal, terminal.record())
    new = Corrections(number=another_service().number)
    alone = take(supervised, terminal, terminal.amendment(first, new, confirmed_at=LATE))
    assert refusal(alone) == ("approval-missing", "supervisor")
    accepted(supervised, terminal, terminal.amendment(first, new, confirmed_at=LATE, approver=SUPERVISOR))


def test_amendments_count_in_the_order_of_their_making(operator: Operator, terminal: PaperTerminal) -> None:
    first = accepted(operator, terminal, terminal.record())
    earlier, later = another_service(), another_service()
    one = terminal.amendment(first, Corrections(number=earlier.number, iccid=earlier.iccid))
    two = terminal.amendment(first, Corrections(number=later.number))
    accepted(operator, terminal, two)
    accepted(operator, terminal, one)
    found = listed(operator, first)
    assert (found["number"], found["iccid"]) == (later.number, earlier.iccid)


def test_a_refused_record_is_accepted_once_it_is_amended(operator: Operator, terminal: PaperTerminal) -> None:
    taken = another_service()
    accepted(operator, terminal, terminal.record({"service": taken}))
    second = terminal.record({"service": ServiceDetails(taken.number, another_service().iccid)})
    item = take(operator, terminal, second)
    assert refusal(item) == ("number-taken", "clerk")
    assert item.receipt is not None
    first_word = receipt_from_value(item.receipt.value("receipt"))
    amendment = terminal.amendment(second, Corrections(number=another_service().number), confirmed_at=LATE)
    for _ in range(2):  # its answer may be lost
        answer = contact(operator, terminal, [amendment])
        decided, own = answer.items
        assert own.record_id == id_of(amendment)
        assert (decided.record_id, decided.answer) == (id_of(second), ItemAnswer.DUPLICATE)
        assert decided.receipt is not None
        last_word = receipt_from_value(decided.receipt.value("receipt"))
        assert last_word.state is ReceiptState.ACCEPTED
        assert last_word.operator_time > first_word.operator_time
    assert take(operator, terminal, second).receipt == decided.receipt
    assert listed(operator, second)["state"] == "accepted"


def test_sent_together_the_last_word_on_a_record_is_the_only_one(
    operator: Operator, terminal: PaperTerminal
) -> None:
    first = terminal.record({"statements": Statements(holder_compared=True, consent=False)})
    answer = contact(operator, terminal, [first, terminal.amendment(first, Corrections(consent=True))])
    assert [item.record_id for item in answer.items].count(id_of(first)) == 1
    states = [
        receipt_from_value(item.receipt.value("receipt")).state for item in answer.items if item.receipt
    ]
    assert states == [ReceiptState.ACCEPTED, ReceiptState.ACCEPTED]


def test_an_amendment_does_not_mend_what_only_the_card_can(
    operator: Operator, terminal: PaperTerminal
) -> None:
    first = terminal.record({"customer": customer(photo=b"other")})
    assert refusal(take(operator, terminal, first))[0] == "photo-differs"
    item = take(operator, terminal, terminal.amendment(first, Corrections(number=another_service().number)))
    assert refusal(item)[0] == "photo-differs"
    assert listed(operator, first)["state"] == "refused"


def test_an_amended_replacement_takes_its_place_then(operator: Operator, terminal: PaperTerminal) -> None:
    service, taken = another_service(), another_service()
    accepted(operator, terminal, terminal.record({"service": taken}))
    first = accepted(operator, terminal, terminal.record({"service": service}))
    second = terminal.record({"service": taken}, refers_to=id_of(first))
    assert refusal(take(operator, terminal, second)) == ("number-taken", "clerk")
    accepted(
        operator,
        terminal,
        terminal.amendment(second, Corrections(number=service.number, iccid=service.iccid)),
    )
    assert listed(operator, first)["superseded_by"] == str(id_of(second))
