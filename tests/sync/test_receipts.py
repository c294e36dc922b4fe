"""A receipt that does not fit is refused and journalled, and the record stays queued."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from operator_backend.key_files import KeyFiles, PrivateKey
from outlet_app.contract import api, canonical
from outlet_app.contract.operator_keys import KeyUse, key_id
from outlet_app.contract.signed_object import SignedObject, sign_object, signed_from_form
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import ManInTheMiddle, Passed, Reply, man_in_the_middle, through

OTHER_HASH = "ab" * 32
OTHER_ID = str(UUID(int=0x0197_0000_0000_7000_8000_0000_0000_0001))


class FaultyOperator:
    """Speaks with the operator's own receipt key and changes what it says of the only record of a batch."""

    def __init__(self, keys: Path) -> None:
        (file,) = keys.glob("receipt-*.key")
        wanted = file.stem.removeprefix("receipt-")
        self.key: PrivateKey = KeyFiles(keys).find(KeyUse.RECEIPT, wanted)
        self.change_receipt: Callable[[dict[str, Any]], None] = _nothing
        self.change_item: Callable[[dict[str, Any]], None] = _nothing
        self.change_answer: Callable[[dict[str, Any]], None] = _nothing
        self.receipt_key = self.key.signer()
        self.receipt_key_id = self.key.key_id
        self.receipt_context = Context.RECEIPT

    def __call__(self, passed: Passed) -> Reply | None:
        if passed.path != api.CONTACT_PATH:
            return None
        value = _read(passed.answer)
        for item in value["items"]:
            body = signed_from_form(item["receipt"], "receipt").value("receipt")
            self.change_receipt(body)
            signed = sign_object(self.receipt_key, self.receipt_key_id, self.receipt_context, body)
            item["receipt"] = signed.to_form()
            self.change_item(item)
        self.change_answer(value)
        return Reply(200, self.signed(Context.CONTACT, value).encode())

    def signed(self, context: Context, value: dict[str, Any]) -> SignedObject:
        return sign_object(self.key.signer(), self.key.key_id, context, value)


def _read(answer: bytes) -> dict[str, Any]:
    form = canonical.decode_any_form(answer, "answer")
    return signed_from_form(form, "answer").value("answer")


def _nothing(_: dict[str, Any]) -> None:
    """Left as it is."""


def _put(**changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda value: value.update(changes)


def assert_refused(outlet: OutletUnderTest, record_id: UUID, reason: str) -> None:
    report = outlet.send()

    assert (report.sent, report.accepted, report.left) == (0, 0, 1)
    row = outlet.record(record_id)
    assert (row.state, row.last_error) == (RecordState.QUEUED, "receipt-refused")
    assert row.next_attempt_at is not None
    assert outlet.receipt(record_id) is None
    (event,) = [event for event in outlet.events if str(event.name) == "receipt-refused"]
    assert event.details["reason"] == reason
    journalled = [entry for entry in outlet.journal() if entry.event == "receipt-refused"]
    assert (journalled[-1].subject, journalled[-1].detail) == (str(record_id), reason)


RECEIPTS: list[tuple[str, Callable[[dict[str, Any]], None], str]] = [
    ("hash", _put(envelope_sha256=OTHER_HASH), "envelope_sha256"),
    ("terminal", _put(terminal="T9999"), "terminal"),
    ("sequence", _put(sequence=2), "sequence"),
    ("record", _put(id=OTHER_ID), "record"),
    ("state", _put(state="refused"), "state"),
    ("state received", _put(state="received"), "state"),
    ("form", _put(extra=1), "receipt: fields"),
    ("time", _put(operator_time="2001-01-01T00:00:00.000Z"), "receipt: key out of its dates"),
]


@pytest.mark.parametrize(
    ("change", "reason"), [row[1:] for row in RECEIPTS], ids=[row[0] for row in RECEIPTS]
)
def test_a_signed_receipt_about_something_else_is_refused(
    operator: OperatorUnderTest,
    outlet: OutletUnderTest,
    change: Callable[[dict[str, Any]], None],
    reason: str,
) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_receipt = change
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        assert_refused(outlet, slip.record_id, reason)

        man.alter = _pass_on
        assert outlet.send().accepted == 1, "the true receipt is taken afterwards"
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED


def test_a_receipt_of_another_key_is_refused(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.receipt_key = Ed25519PrivateKey.generate()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        assert_refused(outlet, slip.record_id, "receipt: signature")
        faulty.receipt_key_id = key_id(faulty.receipt_key.public_key().public_bytes_raw())
        assert_refused(outlet, slip.record_id, "receipt: unknown key")


def test_another_signed_object_does_not_pass_for_a_receipt(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.receipt_context = Context.CONTACT
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        assert_refused(outlet, slip.record_id, "receipt: signature")


def test_an_accepted_record_without_a_receipt_is_not_believed(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_item = _put(receipt=None)
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        assert_refused(outlet, slip.record_id, "missing")


def test_a_record_that_is_not_answered_waits(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_answer = _put(items=[])
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        report = outlet.send()

    assert (report.sent, report.left) == (0, 1)
    assert outlet.state(slip.record_id) is RecordState.QUEUED


def test_a_record_that_is_wanted_later_waits_even_with_once(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_item = _put(answer="later", receipt=None, after_s=600)
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        assert outlet.send().left == 1
        man.alter = _pass_on
        report = outlet.send()

    assert (report.contacts, report.sent, report.left) == (1, 0, 1)
    row = outlet.record(slip.record_id)
    assert row.next_attempt_at is not None
    assert 590 < (row.next_attempt_at - outlet.clock()).total_seconds() <= 721


def test_a_record_that_is_being_verified_is_received(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_item = _put(answer="verifying")
    faulty.change_receipt = _put(state="received")
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        report = outlet.send()

    assert (report.sent, report.accepted, report.left) == (1, 0, 0)
    assert outlet.state(slip.record_id) is RecordState.RECEIVED


@pytest.mark.parametrize("decision", ["accepted", "refused"])
def test_a_verified_record_is_decided_by_an_item_of_a_later_contact(
    operator: OperatorUnderTest, outlet: OutletUnderTest, decision: str
) -> None:
    slip = outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        faulty, item = being_verified(operator, outlet, man)
        decided = receipt_again(faulty, item, state=decision)
        faulty.change_answer = _adds(decided | {"answer": decision})
        report = outlet.send()

    assert (report.sent, report.left) == (0, 0)
    assert outlet.state(slip.record_id) is RecordState(decision)
    assert "answered" in outlet.event_names()


def test_a_decision_that_is_not_about_a_record_of_this_terminal_changes_nothing(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        faulty, item = being_verified(operator, outlet, man)
        man.alter = faulty
        for change in (
            {"terminal": "T001-9"},
            {"envelope_sha256": OTHER_HASH},
            {"sequence": 2},
            {"id": OTHER_ID},
        ):
            faulty.change_answer = _adds(receipt_again(faulty, item, state="accepted", **change))
            outlet.send()
            assert outlet.event_names()[-1] == "receipt-refused"

    assert outlet.state(slip.record_id) is RecordState.RECEIVED
    refused = [entry for entry in outlet.journal() if entry.event == "receipt-refused"]
    assert len(refused) == 4


def being_verified(
    operator: OperatorUnderTest, outlet: OutletUnderTest, man: ManInTheMiddle
) -> tuple["FaultyOperator", dict[str, Any]]:
    """The only record of the outlet is received and no more; an operator that may say so, and its item."""
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_item = _put(answer="verifying")
    faulty.change_receipt = _put(state="received")
    items: list[dict[str, Any]] = []
    faulty.change_answer = lambda value: items.extend(value["items"])
    man.alter = faulty
    outlet.send()
    faulty.change_item = faulty.change_receipt = _nothing
    return faulty, items[0]


def item_receipt(item: dict[str, Any]) -> dict[str, Any]:
    return signed_from_form(item["receipt"], "receipt").value("receipt")


def receipt_again(faulty: "FaultyOperator", item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The item with another receipt in the operator's own hand."""
    signed = faulty.signed(Context.RECEIPT, item_receipt(item) | changes)
    return item | {"answer": "accepted", "receipt": signed.to_form()}


def _adds(item: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda value: value["items"].append(item)


def test_a_server_that_says_stop_is_obeyed(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    outlet.register()
    outlet.register(card="person-8")
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_answer = _put(stop=True, batch_size=1, next_contact_s=600)
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        outlet.send()
        assert outlet.event_names()[-1] == "stopped"
        outlet.register(card="person-9")
        man.seen.clear()
        report = outlet.send(once=False)

    assert (report.contacts, report.left) == (0, 1)
    assert report.next_at is not None
    assert man.seen == []


ANSWERS: list[tuple[str, Callable[[dict[str, Any]], None], FailureCode]] = [
    ("nonce", _put(nonce="another-nonce-of-another-time"), FailureCode.SERVER_SIGNATURE_WRONG),
    ("terminal", _put(terminal="T9999"), FailureCode.SERVER_SIGNATURE_WRONG),
    ("form", _put(batch_size=0), FailureCode.SERVER_ANSWER_MALFORMED),
]


@pytest.mark.parametrize(("change", "code"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_to_another_contact_is_not_used(
    operator: OperatorUnderTest,
    outlet: OutletUnderTest,
    change: Callable[[dict[str, Any]], None],
    code: FailureCode,
) -> None:
    slip = outlet.register()
    faulty = FaultyOperator(operator.folder / "keys")
    faulty.change_answer = change
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = faulty
        with pytest.raises(KnownFailure) as failure:
            outlet.send()

    assert failure.value.code == code
    assert outlet.state(slip.record_id) is RecordState.QUEUED
    assert outlet.receipt(slip.record_id) is None


def test_a_probe_signed_by_somebody_else_ends_the_run(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    own = Ed25519PrivateKey.generate()

    def own_probe(passed: Passed) -> Reply:
        signed = sign_object(
            own, key_id(own.public_key().public_bytes_raw()), Context.PROBE, _read(passed.answer)
        )
        return Reply(200, signed.encode())

    with man_in_the_middle(operator.url) as man:
        through(man, outlet)
        man.alter = own_probe
        with pytest.raises(KnownFailure) as failure:
            outlet.send()

    assert failure.value.code == FailureCode.SERVER_SIGNATURE_WRONG
    assert man.to(api.CONTACT_PATH) == []
    assert outlet.state(slip.record_id) is RecordState.QUEUED


def _pass_on(_: Passed) -> None:
    return None
