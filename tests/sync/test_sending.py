"""A record reaches the operator exactly once, whatever happens on the way."""

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from outlet_app.contract.receipt import receipt_from_value
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.sync import schedule
from outlet_app.sync.sender_lock import sender_lock
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.passing_time import take_over


def held(operator: OperatorUnderTest, record_id: UUID) -> list[dict[str, object]]:
    return [record for record in operator.records() if record["id"] == str(record_id)]


def test_a_record_is_accepted_and_its_receipt_names_its_bytes(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()

    report = outlet.send()

    assert (report.sent, report.accepted, report.left) == (1, 1, 0)
    assert outlet.event_names() == ["proven", "sent", "answered"]
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED
    signed = outlet.receipt(slip.record_id)
    assert signed is not None
    receipt = receipt_from_value(decode_signed(signed, "receipt").value("receipt"))
    assert (receipt.record_id, receipt.sequence, receipt.unbroken) == (slip.record_id, 1, 1)
    assert [record["state"] for record in held(operator, slip.record_id)] == ["accepted"]


def test_one_contact_is_made_with_nothing_to_send(outlet: OutletUnderTest) -> None:
    report = outlet.send()

    assert (report.contacts, report.sent) == (1, 0)
    assert outlet.event_names() == ["proven", "sent"]


def test_more_records_than_a_batch_go_in_several(outlet: OutletUnderTest) -> None:
    slips = [outlet.register(200 + order, f"person-{order}") for order in range(1, 6)]
    with Stores(outlet.home) as stores:
        current = stores.enrolments.current()
        assert current is not None
        pacing = stores.pacing(current.terminal)
        pacing.save(replace(pacing.load(), batch_size=2))

    report = outlet.send()

    assert (report.sent, report.accepted, report.left) == (5, 5, 0)
    assert report.contacts >= 2
    assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.ACCEPTED}


def test_a_stopped_server_makes_the_record_wait_and_one_that_is_back_accepts_it_once(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = own_outlet.register()
    own_operator.stop()
    passing = take_over(monkeypatch)

    with pytest.raises(KnownFailure) as failure:
        own_outlet.send()
    assert failure.value.code == FailureCode.SERVER_REFUSED_CONNECTION
    assert own_outlet.state(slip.record_id) is RecordState.QUEUED

    own_operator.start()
    assert own_outlet.send(once=False).contacts == 0, "back-off holds without --once"
    passing.s += schedule.LINK_FIRST_S / 2 - 0.1
    assert own_outlet.send(once=False).contacts == 0
    assert own_outlet.send().accepted == 1
    assert own_outlet.send().sent == 0
    assert len(own_operator.records()) == 1


def test_the_same_batch_sent_twice_gives_the_same_receipt(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    slip = outlet.register()
    outlet.send()
    first = outlet.receipt(slip.record_id)
    forget_the_answer(outlet, slip.record_id)

    report = outlet.send()

    assert (report.sent, report.accepted) == (1, 1)
    answered = next(event for event in outlet.events if str(event.name) == "answered")
    assert answered.details["answer"] == "duplicate"
    assert outlet.receipt(slip.record_id) == first
    assert len(held(operator, slip.record_id)) == 1


def test_a_second_sender_is_told_and_does_nothing(outlet: OutletUnderTest) -> None:
    slip = outlet.register()

    with sender_lock(outlet.home) as mine:
        assert mine
        report = outlet.send()

    assert report.to_json() == {"done": True, "busy": True}
    assert outlet.state(slip.record_id) is RecordState.QUEUED


def test_a_record_left_in_sending_by_a_dead_sender_goes_out_at_once(outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    with Stores(outlet.home) as stores:
        current = stores.enrolments.current()
        assert current is not None
        assert stores.outbox(current.terminal).lease_due(10, outlet.clock())
    assert outlet.state(slip.record_id) is RecordState.SENDING

    assert outlet.send().accepted == 1


def test_a_refused_record_is_counted_and_names_who_mends_it(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    other = OutletUnderTest(outlet.home.with_name("other"))
    other.enrol(operator.url, operator.code(operator.outlet()))
    other.register(601)
    other.send()
    slip = outlet.register(601)

    report = outlet.send()

    assert (report.sent, report.accepted, report.refused, report.left) == (1, 0, 1, 0)
    row = outlet.record(slip.record_id)
    assert row.state is RecordState.REFUSED
    assert row.last_error == "number-taken"
    assert row.error_who is not None


def test_records_that_a_restored_operator_lost_are_sent_again(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, tmp_path: Path
) -> None:
    kept = own_outlet.register()
    own_outlet.send()
    own_operator.stop()
    shutil.copytree(own_operator.folder, tmp_path / "backup")
    own_operator.start()
    lost = [own_outlet.register(card=f"person-{order}") for order in (1, 2)]
    assert own_outlet.send().accepted == 2
    own_operator.stop()
    shutil.rmtree(own_operator.folder)
    shutil.move(tmp_path / "backup", own_operator.folder)
    own_operator.start()

    report = own_outlet.send()

    assert (report.sent, report.accepted, report.left) == (2, 2, 0)
    assert "operator-fell-back" in own_outlet.event_names()
    assert "operator-fell-back" in [entry.event for entry in own_outlet.journal()]
    assert len(own_operator.records()) == 3
    assert {own_outlet.state(slip.record_id) for slip in (kept, *lost)} == {RecordState.ACCEPTED}


def test_records_that_a_restored_operator_lost_above_a_gap_are_sent_again_once(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest, tmp_path: Path
) -> None:
    """One record that was set aside keeps ``unbroken`` down for good: it cannot fall any more."""
    aside = own_outlet.register()
    with Stores(own_outlet.home) as stores:
        (terminal,) = stores.enrolments.terminals()
        stores.outbox(terminal).quarantine(aside.record_id, "channel-refused", own_outlet.clock())
    kept = own_outlet.register(card="person-1")
    own_outlet.send()
    own_operator.stop()
    shutil.copytree(own_operator.folder, tmp_path / "backup")
    own_operator.start()
    lost = [own_outlet.register(card=f"person-{order}") for order in (2, 3)]
    assert own_outlet.send().accepted == 2
    own_operator.stop()
    shutil.rmtree(own_operator.folder)
    shutil.move(tmp_path / "backup", own_operator.folder)
    own_operator.start()

    report = own_outlet.send()

    assert (report.sent, report.accepted, report.left) == (2, 2, 0)
    assert own_outlet.event_names().count("operator-fell-back") == 1
    assert len(own_operator.records()) == 3
    assert {own_outlet.state(slip.record_id) for slip in (kept, *lost)} == {RecordState.ACCEPTED}
    assert own_outlet.state(aside.record_id) is RecordState.QUARANTINED
    assert (own_outlet.send().sent, own_outlet.event_names()) == (0, ["proven", "sent"])


def test_a_terminal_that_is_not_enrolled_says_so(outlet: OutletUnderTest) -> None:
    with pytest.raises(KnownFailure) as failure:
        OutletUnderTest(outlet.home / "none").send()

    assert failure.value.code == FailureCode.NOT_ENROLLED


def test_a_revoked_terminal_keeps_what_waits(operator: OperatorUnderTest, outlet: OutletUnderTest) -> None:
    slip = outlet.register()
    operator.revoke(slip.local_number.split("-")[1])

    with pytest.raises(KnownFailure) as failure:
        outlet.send()

    assert failure.value.code == FailureCode.TERMINAL_REVOKED
    assert outlet.state(slip.record_id) is RecordState.QUEUED
    assert "revoked" in [entry.event for entry in outlet.journal()]
    with pytest.raises(KnownFailure) as failure:
        outlet.register()
    assert failure.value.code == FailureCode.TERMINAL_REVOKED


def test_records_of_a_former_enrolment_are_sent_too(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    before = outlet.register()
    outlet.enrol(operator.url, operator.code(operator.outlet()))
    after = outlet.register()

    report = outlet.send()

    assert (report.accepted, report.left) == (2, 0)
    assert outlet.state(before.record_id) is RecordState.ACCEPTED
    assert outlet.state(after.record_id) is RecordState.ACCEPTED


def forget_the_answer(outlet: OutletUnderTest, record_id: UUID) -> None:
    """As if the program had ended between the operator's commit and its own."""
    with Stores(outlet.home) as stores:
        stores._db.execute(
            "UPDATE outbox SET state = 'queued', receipt = NULL, operator_time = NULL WHERE record_id = ?",
            (str(record_id),),
        )
