"""What opens is held; what breaks a rule is refused with a receipt that says which and who mends it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from outlet_app.contract.contact import Item, ItemAnswer
from outlet_app.contract.party import ChipEvidence, Party
from outlet_app.contract.receipt import Receipt, ReceiptState, receipt_from_value
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.domain.documents import DocumentKind, Sex
from outlet_app.domain.registrations import Role, ServiceDetails, Statements
from tests.contract import fictional
from tests.operator_backend.paper_terminal import PaperTerminal

REAL_PHOTO = bytes.fromhex("574C66007E00") + b"drawn by chance" * 60
REAL_MODULE = "05.03-20250101-0000000099-0000000099"


def receipt_of(item: Item) -> Receipt:
    assert item.receipt is not None
    return receipt_from_value(item.receipt.value("receipt"))


def customer(**changes: Any) -> Party:
    """The fictional customer, or another; what is no field of a party is one of its evidence."""
    there = fictional.sealed_part().customer
    evidence = {name: changes.pop(name) for name in tuple(changes) if not hasattr(there, name)}
    assert isinstance(there.evidence, ChipEvidence)
    return replace(there, **changes, evidence=replace(there.evidence, **evidence))


def with_photo(photo: bytes, sam_number: str | None) -> Party:
    evidence = customer().evidence
    assert isinstance(evidence, ChipEvidence)
    where = replace(
        evidence.provenance, sam_number=sam_number, photo_sha256=hashlib.sha256(photo).hexdigest()
    )
    return customer(photo=photo, provenance=where)


def with_block(*, number: str = "11010519491231002X", sex: str = "2", until: str = "长期") -> Party:
    """A card whose fields are what its block says, whatever the rules say of them."""
    block = bytearray(fictional.text_block())
    for text, at, length in ((number, 122, 36), (sex, 30, 2), (until, 204, 16)):
        block[at : at + length] = text.ljust(length // 2).encode("utf-16-le")
    document = replace(
        fictional.document(),
        number=number,
        sex={"1": Sex.MALE, "2": Sex.FEMALE}[sex],
        valid_until=None
        if until == "长期"
        else datetime.strptime(until, "%Y%m%d").replace(tzinfo=UTC).date(),
        long_term=until == "长期",
    )
    return customer(text_block=bytes(block), document=document)


def assert_held_as_refused(item: Item, code: str, field: str | None, who: str) -> None:
    receipt = receipt_of(item)
    assert (item.answer, item.code, item.field, item.who) == (ItemAnswer.REFUSED, code, field, who)
    assert (receipt.state, receipt.code, receipt.field, receipt.who) == (
        ReceiptState.REFUSED,
        code,
        field,
        who,
    )
    assert receipt.unbroken == 1
    assert receipt.chain_head == item.envelope_sha256


def test_a_good_record_is_accepted_with_a_receipt_that_fits(
    operator: Operator, terminal: PaperTerminal
) -> None:
    data = terminal.record()
    receipt = receipt_of(take_record(operator, terminal.name, data))
    assert receipt.state is ReceiptState.ACCEPTED
    assert (receipt.terminal, receipt.sequence) == (terminal.name, 1)
    assert receipt.envelope_sha256 == receipt.chain_head == hashlib.sha256(data).hexdigest()
    assert (receipt.unbroken, receipt.code, receipt.field, receipt.who) == (1, None, None, None)


@pytest.mark.parametrize(
    ("contents", "code", "field", "who"),
    [
        ({"clerk": "9999"}, "clerk-unknown", "clerk.number", "supervisor"),
        (
            {"statements": Statements(holder_compared=False, consent=True)},
            "statement-missing",
            "statements.holder_compared",
            "clerk",
        ),
        (
            {"statements": Statements(holder_compared=True, consent=False)},
            "statement-missing",
            "statements.consent",
            "clerk",
        ),
        (
            {"customer": customer(document=replace(fictional.document(), name="另一人"))},
            "fields-differ",
            "name",
            "clerk",
        ),
        (
            {"customer": customer(document=replace(fictional.document(), valid_from=date(2020, 1, 2)))},
            "fields-differ",
            "valid_from",
            "clerk",
        ),
        (
            {"customer": customer(text_block=b"\xff" * 256)},
            "fields-differ",
            "kind",
            "clerk",
        ),
        (
            {"customer": customer(text_block=b" \x00" * 128)},
            "fields-differ",
            "name",
            "clerk",
        ),
        ({"customer": customer(photo=b"\x01" * 1024)}, "photo-differs", None, "clerk"),
        ({"clerk_role": Role.TECHNICIAN}, "clerk-unknown", "clerk.role", "supervisor"),
        (
            {"customer": with_block(number="110105194912310021")},
            "finding-blocks",
            "number-check-digit",
            "customer",
        ),
        ({"customer": with_block(sex="1")}, "finding-blocks", "sex-mismatch", "customer"),
        ({"customer": with_block(until="20251231")}, "finding-blocks", "document-expired", "customer"),
        (
            {"service": ServiceDetails("+8613900000000", "89860000000000000001")},
            "finding-blocks",
            "service.number",
            "clerk",
        ),
        (
            {"service": ServiceDetails("12345", "89860000000000000001")},
            "finding-blocks",
            "service.number",
            "clerk",
        ),
        (
            {"service": ServiceDetails("13900009999", "8986")},
            "finding-blocks",
            "service.iccid",
            "clerk",
        ),
    ],
)
def test_a_broken_rule_is_a_signed_refusal(
    operator: Operator,
    terminal: PaperTerminal,
    contents: dict[str, Any],
    code: str,
    field: str | None,
    who: str,
) -> None:
    data = terminal.record(contents)
    item = take_record(operator, terminal.name, data)
    assert_held_as_refused(item, code, field, who)
    again = take_record(operator, terminal.name, data)
    assert (again.answer, again.receipt) == (ItemAnswer.DUPLICATE, item.receipt)


def test_the_day_of_a_document_is_the_day_in_china(operator: Operator, terminal: PaperTerminal) -> None:
    expires = {"customer": with_block(until="20260101")}
    last = datetime(2026, 1, 1, 15, 59, 59, tzinfo=UTC)
    first = take_record(operator, terminal.name, terminal.record(expires, confirmed_at=last))
    assert first.answer is ItemAnswer.ACCEPTED
    over = datetime(2026, 1, 1, 16, 0, 0, tzinfo=UTC)
    second = take_record(operator, terminal.name, terminal.record(expires, confirmed_at=over))
    assert second.field == "document-expired"


@pytest.mark.parametrize(
    "party",
    [
        customer(),
        with_photo(bytes(1024), REAL_MODULE),
        with_photo(b"\x89PNG\r\n\x1a\n" + bytes(1016), REAL_MODULE),
        with_photo(REAL_PHOTO, "05.03-20101010-0001234567-1234567890"),
    ],
)
def test_a_live_operator_refuses_simulated_cards_and_modules(live_operator: Operator, party: Party) -> None:
    terminal = PaperTerminal.enrolled(live_operator)
    item = take_record(live_operator, terminal.name, terminal.record({"customer": party}))
    assert_held_as_refused(item, "simulated-module", None, "supervisor")


@pytest.mark.parametrize("module", [REAL_MODULE, None])
def test_a_live_operator_accepts_what_may_be_real(live_operator: Operator, module: str | None) -> None:
    terminal = PaperTerminal.enrolled(live_operator)
    data = terminal.record({"customer": with_photo(REAL_PHOTO, module)})
    assert take_record(live_operator, terminal.name, data).answer is ItemAnswer.ACCEPTED


@pytest.mark.parametrize(
    ("second", "code", "field"),
    [
        (ServiceDetails("13912340001", "89860000000000000099"), "number-taken", "service.number"),
        (ServiceDetails("13912340002", "89860000000000000098"), "iccid-taken", "service.iccid"),
    ],
)
def test_a_number_and_a_sim_belong_to_one_live_record(
    operator: Operator, terminal: PaperTerminal, second: ServiceDetails, code: str, field: str
) -> None:
    first = ServiceDetails("13912340001", "89860000000000000098")
    refused_before = terminal.record({"service": first, "clerk": "9999"})
    assert take_record(operator, terminal.name, refused_before).code == "clerk-unknown"
    taken = take_record(operator, terminal.name, terminal.record({"service": first}))
    assert taken.answer is ItemAnswer.ACCEPTED, "a refused record holds no number"
    other = PaperTerminal.enrolled(operator)
    item = take_record(operator, other.name, other.record({"service": second}))
    assert_held_as_refused(item, code, field, "clerk")


def test_a_kind_of_document_that_the_policy_leaves_out_is_refused(
    operator: Operator, terminal: PaperTerminal, add_policy: Callable[..., int]
) -> None:
    number = add_policy(documents=frozenset({DocumentKind.HMT_RESIDENCE_PERMIT}))
    item = take_record(operator, terminal.name, terminal.record(policy=number))
    assert_held_as_refused(item, "kind-not-allowed", "document.kind", "customer")


def test_a_kind_of_registration_that_the_policy_leaves_out_is_not_taken(
    operator: Operator, terminal: PaperTerminal, add_policy: Callable[..., int]
) -> None:
    item = take_record(operator, terminal.name, terminal.record(policy=add_policy(kinds=frozenset())))
    assert (item.code, item.receipt) == ("kind-not-allowed", None)


def test_no_refusal_quotes_the_record(operator: Operator, terminal: PaperTerminal) -> None:
    sealed: SealedPart = terminal.contents(clerk="9999")
    item = take_record(operator, terminal.name, terminal.record({"clerk": "9999"}))
    assert item.receipt is not None
    said = item.receipt.body.decode()
    for value in (sealed.customer.document.name, sealed.customer.document.number, sealed.service.number):
        assert value not in said
