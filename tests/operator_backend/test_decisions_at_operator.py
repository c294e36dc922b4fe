"""Records under review: received first, decided by a person later, heard once and in order."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from operator_backend.cli.main import run
from operator_backend.contacts import answer_contact
from operator_backend.database import reading, writing
from operator_backend.deciding import Verdict, decide
from operator_backend.decisions import decisions_for
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.outlets import Outlet, Review, add_outlet
from operator_backend.reporting import make_report
from operator_backend.signed_requests import next_nonce
from operator_backend.tables import decisions, terminals
from outlet_app.contract.api import RecordRefusal
from outlet_app.contract.contact import ContactAnswer, ItemAnswer, contact_answer_from_value
from outlet_app.contract.decision import MOST_DECISIONS, DecisionMark
from outlet_app.contract.http_signing import SignedBy
from outlet_app.contract.receipt import Receipt, ReceiptState, receipt_from_value
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.failures import FailureCode, KnownFailure
from tests.operator_backend.conftest import OUTLET
from tests.operator_backend.paper_terminal import PaperTerminal, id_of


@pytest.fixture
def reviewed(operator: Operator) -> Operator:
    """Its outlet's registrations are all looked at."""
    review(operator, Review.ALL)
    return operator


def review(operator: Operator, what: Review) -> None:
    add_outlet(operator, Outlet(OUTLET, "Outlet of tests", "99", review=what), change=True)


def taken(operator: Operator, terminal: PaperTerminal, count: int) -> list[bytes]:
    records = [terminal.record() for _ in range(count)]
    for record in records:
        assert take_record(operator, terminal.name, record).answer is ItemAnswer.VERIFYING
    return records


def heard(operator: Operator, terminal: PaperTerminal, mark: DecisionMark | None = None) -> ContactAnswer:
    signed = answer_contact(
        operator, SignedBy(terminal.name, next_nonce(operator)), replace(terminal.state(), decided=mark), []
    )
    return contact_answer_from_value(signed.value("answer"))


def body(signed: SignedObject | None) -> Receipt:
    assert signed is not None
    return receipt_from_value(signed.value("receipt"))


def test_a_reviewed_record_is_received_holds_its_number_and_is_the_same_again(
    reviewed: Operator, terminal: PaperTerminal
) -> None:
    contents = terminal.contents()
    record = terminal.record(contents={"service": contents.service})
    first = take_record(reviewed, terminal.name, record)
    assert (first.answer, body(first.receipt).state) == (ItemAnswer.VERIFYING, ReceiptState.RECEIVED)

    again = take_record(reviewed, terminal.name, record)
    assert (again.answer, again.receipt) == (ItemAnswer.DUPLICATE, first.receipt)

    other = take_record(reviewed, terminal.name, terminal.record(contents={"service": contents.service}))
    assert other.code == RecordRefusal.NUMBER_TAKEN
    assert make_report(reviewed)["under_review"] == 1


def test_what_breaks_a_rule_is_refused_at_once(reviewed: Operator, terminal: PaperTerminal) -> None:
    item = take_record(reviewed, terminal.name, terminal.record(contents={"clerk": "9999"}))

    assert (item.answer, item.code) == (ItemAnswer.REFUSED, RecordRefusal.CLERK_UNKNOWN)


def test_decisions_come_in_their_order_and_not_again_behind_the_mark(
    reviewed: Operator, terminal: PaperTerminal
) -> None:
    one, two, three = (id_of(record) for record in taken(reviewed, terminal, 3))
    decide(reviewed, two, Verdict())
    decide(reviewed, one, Verdict(RecordRefusal.FIELDS_DIFFER, "name"))
    decide(reviewed, three, Verdict(RecordRefusal.ASKED_AGAIN, "photo"))

    answer = heard(reviewed, terminal)

    told = [body(decision.receipt) for decision in answer.decisions]
    assert [(r.record_id, r.state, r.code, r.field, r.who) for r in told] == [
        (two, ReceiptState.ACCEPTED, None, None, None),
        (one, ReceiptState.REFUSED, "fields-differ", "name", "clerk"),
        (three, ReceiptState.REFUSED, "asked-again", "photo", "clerk"),
    ]
    assert not answer.more_decisions
    assert [d.number for d in heard(reviewed, terminal, answer.decisions[0].mark).decisions] == [2, 3]
    assert heard(reviewed, terminal, answer.decisions[-1].mark).decisions == ()


def test_a_decided_record_that_comes_again_has_the_last_word(
    reviewed: Operator, terminal: PaperTerminal
) -> None:
    (record,) = taken(reviewed, terminal, 1)
    decide(reviewed, id_of(record), Verdict())

    item = take_record(reviewed, terminal.name, record)

    assert item.answer is ItemAnswer.DUPLICATE
    assert body(item.receipt).state is ReceiptState.ACCEPTED


def test_a_refusal_gives_number_and_sim_back(reviewed: Operator, terminal: PaperTerminal) -> None:
    service = terminal.contents().service
    record = terminal.record(contents={"service": service})
    take_record(reviewed, terminal.name, record)

    decide(reviewed, id_of(record), Verdict(RecordRefusal.ASKED_AGAIN))

    again = take_record(reviewed, terminal.name, terminal.record(contents={"service": service}))
    assert again.answer is ItemAnswer.VERIFYING


def test_each_record_is_decided_once(reviewed: Operator, terminal: PaperTerminal) -> None:
    (record,) = taken(reviewed, terminal, 1)
    decide(reviewed, id_of(record), Verdict())

    for wanted in (id_of(record), UUID(int=7)):
        with pytest.raises(KnownFailure) as failure:
            decide(reviewed, wanted, Verdict())
        assert failure.value.code is FailureCode.ARGUMENT_WRONG


def test_more_decisions_than_fit_come_in_pages(reviewed: Operator, terminal: PaperTerminal) -> None:
    (record,) = taken(reviewed, terminal, 1)
    decide(reviewed, id_of(record), Verdict())
    with writing(reviewed.engine) as connection:
        (row,) = connection.execute(decisions.select())
        connection.execute(
            decisions.insert(),
            [{**row._mapping, "number": number} for number in range(2, MOST_DECISIONS + 2)],
        )

    first = heard(reviewed, terminal)
    rest = heard(reviewed, terminal, first.decisions[-1].mark)

    assert (len(first.decisions), first.more_decisions) == (MOST_DECISIONS, True)
    assert ([d.number for d in rest.decisions], rest.more_decisions) == ([MOST_DECISIONS + 1], False)


def test_a_mark_that_is_of_lost_decisions_begins_at_the_first(
    reviewed: Operator, terminal: PaperTerminal
) -> None:
    one, two = (id_of(record) for record in taken(reviewed, terminal, 2))
    decide(reviewed, one, Verdict())
    (known,) = heard(reviewed, terminal).decisions
    # restored to before the first decision; another one has its number now
    with writing(reviewed.engine) as connection:
        connection.execute(decisions.delete())
    decide(reviewed, two, Verdict())

    assert [body(d.receipt).record_id for d in heard(reviewed, terminal, known.mark).decisions] == [two]
    beyond = DecisionMark(99, known.mark.sha256)
    assert [d.number for d in heard(reviewed, terminal, beyond).decisions] == [1]


def test_another_terminal_hears_nothing_of_it_and_the_successor_all(
    reviewed: Operator, terminal: PaperTerminal
) -> None:
    (record,) = taken(reviewed, terminal, 1)
    decide(reviewed, id_of(record), Verdict())
    other, third = PaperTerminal.enrolled(reviewed), PaperTerminal.enrolled(reviewed)
    assert heard(reviewed, other).decisions == ()

    with writing(reviewed.engine) as connection:
        for former, successor in ((terminal, other), (other, third)):
            named = terminals.c.id == former.name
            connection.execute(terminals.update().where(named).values(successor=successor.name))

    assert [body(d.receipt).record_id for d in heard(reviewed, third).decisions] == [id_of(record)]


def test_only_typed_documents_are_looked_at_where_that_is_asked_for(
    operator: Operator, terminal: PaperTerminal
) -> None:
    review(operator, Review.TYPED)

    assert take_record(operator, terminal.name, terminal.record()).answer is ItemAnswer.ACCEPTED


def test_the_commands_set_the_review_and_decide(
    operator: Operator, terminal: PaperTerminal, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(operator.folder.path)]
    named = ["--outlet", OUTLET, "--name", "Outlet of tests", "--province", "99"]
    assert run(["add-outlet", *data, *named, "--review", "all", "--change"]) == 0
    one, two = (str(id_of(record)) for record in taken(operator, terminal, 2))

    assert run(["decide", *data, "--record", one, "--accept"]) == 0
    assert run(["decide", *data, "--record", two, "--ask-again", "--field", "photo"]) == 0
    assert run(["decide", *data, "--record", two, "--accept"]) == 2
    assert run(["decide", *data, "--record", two, "--accept", "--ask-again"]) == 2
    assert run(["decide", *data, "--record", two]) == 2
    capsys.readouterr()

    assert run(["list", *data, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["id"]: (line["state"], line["code"]) for line in lines} == {
        one: ("accepted", None),
        two: ("refused", "asked-again"),
    }
    with reading(operator.engine) as connection:
        told, _ = decisions_for(connection, terminal.name, DecisionMark())
    assert [decision.number for decision in told] == [1, 2]
