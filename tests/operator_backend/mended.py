"""What the tests of records about others share: taking a record, and what the operator shows of it."""

from datetime import timedelta

from operator_backend.contacts import answer_contact
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.listing import list_records
from operator_backend.signed_requests import next_nonce
from outlet_app.contract.contact import ContactAnswer, Item, ItemAnswer, contact_answer_from_value
from outlet_app.contract.http_signing import SignedBy
from outlet_app.domain.registrations import Person, Role
from tests.contract import fictional
from tests.operator_backend.paper_terminal import PaperTerminal, id_of

SUPERVISOR = Person("2001", Role.SUPERVISOR)
SOON = fictional.MOMENT + timedelta(minutes=10)
LATE = SOON + timedelta(milliseconds=1)
BEFORE = fictional.MOMENT - timedelta(milliseconds=1)


def take(operator: Operator, terminal: PaperTerminal, data: bytes) -> Item:
    return take_record(operator, terminal.name, data)


def accepted(operator: Operator, terminal: PaperTerminal, data: bytes) -> bytes:
    item = take(operator, terminal, data)
    assert item.answer is ItemAnswer.ACCEPTED, item.code
    return data


def refusal(item: Item) -> tuple[str | None, str | None]:
    """Code and mender of a record that is held as refused."""
    assert (item.answer, item.receipt is not None) == (ItemAnswer.REFUSED, True)
    return item.code, item.who


def listed(operator: Operator, data: bytes) -> dict[str, object]:
    (found,) = [one for one in list_records(operator, reveal=True) if one["id"] == str(id_of(data))]
    return found


def contact(operator: Operator, terminal: PaperTerminal, envelopes: list[bytes]) -> ContactAnswer:
    answer = answer_contact(
        operator, SignedBy(terminal.name, next_nonce(operator)), terminal.state(), envelopes
    )
    return contact_answer_from_value(answer.value("contact"))
