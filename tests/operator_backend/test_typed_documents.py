"""A typed document is accepted with its scan, reason and second person; each of them missing is a refusal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from operator_backend.clerks import add_clerk
from operator_backend.ingest import take_record
from operator_backend.installation import Operator
from operator_backend.listing import list_records
from operator_backend.reporting import make_report
from outlet_app.contract.contact import ItemAnswer
from outlet_app.contract.party import MAX_SCAN_BYTES, ChipEvidence, Party, ScanEvidence
from outlet_app.documents.jpeg import plain_jpeg
from outlet_app.documents.typed_document import typed_document
from outlet_app.domain.documents import CHIP_DOCUMENTS, DocumentKind
from outlet_app.domain.registrations import ExceptionReason, Person, Role
from tests.contract import fictional
from tests.operator_backend.paper_terminal import PaperTerminal
from tests.operator_backend.test_content_checks import assert_held_as_refused, receipt_of
from tests.typed_documents import TEXTS, scan

K = DocumentKind
SUPERVISOR = Person("7002", Role.SUPERVISOR)
CLERK_HIMSELF = Person("1001", Role.SUPERVISOR)
PLAIN = plain_jpeg(scan())


def typed(kind: DocumentKind = K.PASSPORT, *, picture: bytes = PLAIN, **changes: Any) -> dict[str, Any]:
    """Contents of a record of a typed document."""
    document = typed_document(kind, TEXTS[kind]).document
    assert document is not None
    reason = (
        ExceptionReason.CHIP_DEFECTIVE if kind in CHIP_DOCUMENTS else ExceptionReason.DOCUMENT_WITHOUT_CHIP
    )
    evidence = ScanEvidence(picture, changes.pop("reason", reason))
    approver = changes.pop("approver", SUPERVISOR)
    party = Party("customer", replace(document, **changes), evidence)
    return {"customer": party, "approver": approver}


BROKEN: list[tuple[dict[str, Any], str, str, str]] = [
    (typed(approver=None), "approval-missing", "approver", "supervisor"),
    (typed(approver=CLERK_HIMSELF), "approval-missing", "approver", "supervisor"),
    (typed(approver=Person("7002", Role.CLERK)), "approval-missing", "approver.role", "supervisor"),
    (typed(approver=Person("7002", Role.TECHNICIAN)), "approval-missing", "approver.role", "supervisor"),
    (
        typed(approver=Person("9999", Role.SUPERVISOR)),
        "approval-missing",
        "approver.number",
        "supervisor",
    ),
    (typed(reason=ExceptionReason.CHIP_DEFECTIVE), "reason-differs", "reason", "clerk"),
    (
        typed(K.RESIDENT_ID, reason=ExceptionReason.DOCUMENT_WITHOUT_CHIP),
        "reason-differs",
        "reason",
        "clerk",
    ),
    (typed(picture=scan()), "scan-malformed", "scan", "clerk"),
    (typed(picture=PLAIN + b"PK\x03\x04"), "scan-malformed", "scan", "clerk"),
    (typed(picture=PLAIN[:-2]), "scan-malformed", "scan", "clerk"),
    (typed(picture=b"%PDF-1.7"), "scan-malformed", "scan", "clerk"),
    (typed(number="x0000001"), "finding-blocks", "field-malformed", "clerk"),
    (typed(number="AB00000012"), "finding-blocks", "number-form", "clerk"),
    (typed(nationality=None), "finding-blocks", "field-missing", "clerk"),
    (typed(address="某市"), "finding-blocks", "field-malformed", "clerk"),
    (
        typed(birth_date=fictional.MOMENT.replace(month=2).date()),
        "finding-blocks",
        "birth-date-implausible",
        "clerk",
    ),
    (
        typed(valid_until=fictional.MOMENT.replace(year=2025).date()),
        "finding-blocks",
        "document-expired",
        "customer",
    ),
    (
        typed(K.HOUSEHOLD_REGISTER, number="110105194912310021"),
        "finding-blocks",
        "number-check-digit",
        "clerk",
    ),
]
"""Contents, and the refusal's code, field and mender."""


@pytest.fixture
def policy(operator: Operator, add_policy: Callable[..., int]) -> int:
    """A pack that lets every kind be typed; the outlet has a supervisor."""
    add_clerk(operator, "0001", "7002", Role.SUPERVISOR, "271828")
    return add_policy(exception_documents=frozenset(DocumentKind), most_exceptions_a_day=5)


def test_every_kind_is_accepted_listed_and_counted_apart(
    operator: Operator, terminal: PaperTerminal, policy: int
) -> None:
    for kind in K:
        data = terminal.record(typed(kind), policy=policy, confirmed_at=fictional.MOMENT.replace(month=3))
        assert take_record(operator, terminal.name, data).answer is ItemAnswer.ACCEPTED, kind
    take_record(operator, terminal.name, terminal.record())
    take_record(operator, terminal.name, terminal.record(typed(approver=None), policy=policy))
    listed = list(list_records(operator, reveal=False))
    assert [record["exception"] for record in listed] == [True] * len(K) + [False, True]
    assert listed[0]["approver"] == "7002"
    assert {record["reason"] for record in listed} == {"chip-defective", "document-without-chip", None}
    figures = make_report(operator)["exceptions"]
    n = len(K)
    assert (figures["records"], figures["accepted"], figures["refused"]) == (n + 1, n, 1)
    share = round(1000 * (n + 1) / (n + 2))
    assert (
        figures["clerks"]
        == [{"outlet": "0001", "clerk": "7001", "records": n + 2, "exceptions": n + 1, "per_mille": share}]
        or figures["clerks"][0]["exceptions"] == n + 1
    )
    assert figures["terminals"][0]["terminal"] == terminal.name
    assert figures["days_over_limit"] == [
        {"terminal": terminal.name, "day": "2026-03-01", "exceptions": n, "most": 5}
    ]
    assert figures["outlets"][0]["per_mille"] == share
    assert {each["approver"]: each["exceptions"] for each in figures["approvers"]} == {"7002": n, None: 1}


def test_a_broken_rule_of_the_lane_is_a_signed_refusal(
    operator: Operator, terminal: PaperTerminal, policy: int
) -> None:
    for contents, code, field, who in BROKEN:
        item = take_record(operator, terminal.name, terminal.record(contents, policy=policy))
        receipt = receipt_of(item)
        assert (item.code, item.field, item.who) == (code, field, who)
        assert (receipt.state, receipt.code, receipt.field, receipt.who) == ("refused", code, field, who)
    assert make_report(operator)["exceptions"]["refused"] == len(BROKEN)


def test_a_scan_of_one_byte_too_many_cannot_be_taken(
    operator: Operator, terminal: PaperTerminal, policy: int
) -> None:
    fitting = PLAIN[:-2] + bytes(MAX_SCAN_BYTES - len(PLAIN)) + PLAIN[-2:]
    too_long = PLAIN[:-2] + bytes(MAX_SCAN_BYTES + 1 - len(PLAIN)) + PLAIN[-2:]
    item = take_record(operator, terminal.name, terminal.trial(typed(picture=too_long), policy=policy))
    assert (item.code, item.receipt) == ("sealed-part-malformed", None)
    taken = take_record(operator, terminal.name, terminal.record(typed(picture=fitting), policy=policy))
    assert taken.answer is ItemAnswer.ACCEPTED


def test_a_kind_that_the_pack_of_the_record_does_not_name_is_refused(
    operator: Operator, terminal: PaperTerminal, policy: int, add_policy: Callable[..., int]
) -> None:
    without = add_policy(exception_documents=frozenset({K.MILITARY_ID}))
    item = take_record(operator, terminal.name, terminal.record(typed(), policy=without))
    assert_held_as_refused(item, "kind-not-allowed", "document.kind", "customer")
    other = PaperTerminal.enrolled(operator)
    assert (
        take_record(operator, other.name, other.record(typed(), policy=policy)).answer is ItemAnswer.ACCEPTED
    )


def test_chip_evidence_does_not_make_a_typed_kind_one_that_was_read(
    operator: Operator, terminal: PaperTerminal, policy: int
) -> None:
    evidence = fictional.sealed_part().customer.evidence
    assert isinstance(evidence, ChipEvidence)
    party = replace(typed()["customer"], evidence=evidence)
    item = take_record(operator, terminal.name, terminal.record({"customer": party}, policy=policy))
    assert_held_as_refused(item, "fields-differ", "kind", "clerk")


def test_nothing_of_a_typed_customer_is_said_in_list_or_receipt_unless_revealed(
    operator: Operator, terminal: PaperTerminal, policy: int
) -> None:
    item = take_record(operator, terminal.name, terminal.record(typed(), policy=policy))
    assert item.receipt is not None
    (masked,) = list_records(operator, reveal=False)
    said = repr(masked) + item.receipt.body.decode()
    document = typed()["customer"].document
    assert document.number not in said
    assert document.name not in said
    (revealed,) = list_records(operator, reveal=True)
    assert revealed["document"]["number"] == document.number
