"""Records and receipts go by hand, in any order, as often as anybody likes: nothing is lost or doubled."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.receipt import receipt_from_value
from outlet_app.contract.signed_object import decode_signed
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Channel, RecordState, VoidReason
from outlet_app.intake.service import Intake
from outlet_app.store.sealed_records import Selection
from outlet_app.sync import bundles
from outlet_app.sync.bundles import Exporting, export
from outlet_app.sync.stores import Stores
from tests.bundles.stick import Stick, held
from tests.operator_fixture import CLERK, PIN, OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest

EVERYTHING = Selection(frozenset(RecordState))


def test_an_outlet_that_was_never_online_gets_its_receipts(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slips = [outlet.register() for _ in range(3)]

    (taken,) = stick.there_and_back(outlet)

    assert taken.states == {"accepted": 3}
    assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.ACCEPTED}
    assert held(operator, outlet) == [1, 2, 3]
    signed = outlet.receipt(slips[2].record_id)
    assert signed is not None
    receipt = receipt_from_value(decode_signed(signed, "receipt").value("receipt"))
    assert (receipt.record_id, receipt.unbroken) == (slips[2].record_id, 3)
    assert not [name for name in stick.names if name.startswith(".")]


def test_an_export_changes_nothing_and_is_journalled(outlet: OutletUnderTest, stick: Stick) -> None:
    slip = outlet.register()

    (file,) = stick.export(outlet)

    assert outlet.state(slip.record_id) is RecordState.QUEUED
    assert outlet.record(slip.record_id).attempts == 0
    (entry,) = [entry for entry in outlet.journal() if entry.event == "exported"]
    assert entry.detail.startswith("1 records, 1 to 1, ")
    assert file.name.endswith(f"-{entry.detail.split()[-1][:8]}.oau")


def test_what_was_exported_may_be_sent_and_its_late_receipts_change_nothing(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slip = outlet.register()
    (file,) = stick.export(outlet)
    assert outlet.send().accepted == 1
    first = outlet.receipt(slip.record_id)

    brought = stick.bring(file)

    assert brought.answers == {"duplicate": 1}
    assert stick.take(outlet, brought.receipts).states == {"accepted": 1}
    assert outlet.receipt(slip.record_id) == first
    assert held(operator, outlet) == [1]


def test_what_was_brought_and_is_then_sent_is_the_same_record(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slip = outlet.register()
    (file,) = stick.export(outlet)
    brought = stick.bring(file)

    report = outlet.send()

    assert (report.sent, report.accepted) == (1, 1)
    by_network = outlet.receipt(slip.record_id)
    stick.take(outlet, brought.receipts)
    assert outlet.receipt(slip.record_id) == by_network
    assert held(operator, outlet) == [1]


def test_bundles_come_in_any_order_and_more_than_once(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    for _ in range(4):
        outlet.register()
    (later,) = stick.export(outlet, replace(EVERYTHING, first=3))
    (earlier,) = stick.export(outlet, replace(EVERYTHING, last=2))

    answers = [stick.bring(file) for file in (later, earlier, later)]

    assert [brought.answers for brought in answers] == [{"accepted": 2}, {"accepted": 2}, {"duplicate": 2}]
    for brought in (answers[2], answers[0], answers[1], answers[0]):
        stick.take(outlet, brought.receipts)
    assert outlet.status().accepted == 4
    assert held(operator, outlet) == [1, 2, 3, 4]


def test_a_bundle_of_old_is_no_sign_of_a_terminal_that_fell_back(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    (old,) = stick.export(outlet)
    outlet.register()
    outlet.send()
    outlet.send()

    stick.bring(old)
    outlet.register()
    report = outlet.send()

    assert (report.accepted, report.fork) == (1, None)
    (name,) = terminals(outlet)
    assert [fork for fork in operator.report()["forks"] if fork["terminal"] == name] == []


def terminals(outlet: OutletUnderTest) -> list[str]:
    with Stores(outlet.home) as stores:
        return stores.enrolments.terminals()


def test_old_receipts_do_not_say_that_the_operator_lost_something(
    outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    (first,) = stick.export(outlet)
    old = stick.bring(first)
    outlet.register()
    (second,) = stick.export(outlet)
    stick.take(outlet, stick.bring(second).receipts)

    assert stick.take(outlet, old.receipts).queued_again == 0
    assert outlet.status().accepted == 2


def test_what_a_restored_operator_lost_is_exported_again(
    own_operator: OperatorUnderTest, tmp_path: Path
) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    own_operator.stop()
    stick = Stick(tmp_path / "stick", own_operator)
    database = own_operator.folder / "operator.db"
    outlet.register()
    stick.there_and_back(outlet)
    an_hour_ago = database.read_bytes()
    outlet.register()
    stick.there_and_back(outlet)
    for beside in own_operator.folder.glob("operator.db-*"):
        beside.unlink()
    database.write_bytes(an_hour_ago)
    outlet.register()

    (taken,) = stick.there_and_back(outlet)

    assert taken.queued_again == 1
    assert outlet.status().queued == 1
    (last,) = stick.there_and_back(outlet)
    assert last.states == {"accepted": 1}
    assert held(own_operator, outlet) == [1, 2, 3]
    own_operator.start()


def test_records_about_records_come_before_those_that_they_name(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slip = outlet.register()
    intake = Intake.open(outlet.home, outlet.clock)
    clerk = intake.people.sign_in(CLERK, PIN)
    intake.mending.void(slip.record_id, VoidReason.WRONG_NUMBER, clerk, Channel.COMMAND_LINE)
    intake.close()
    (void,) = stick.export(outlet, replace(EVERYTHING, first=2))

    brought = stick.bring(void)

    assert brought.answers == {"later": 1}
    assert stick.take(outlet, brought.receipts).states == {"later": 1}
    assert outlet.status().queued == 2
    (taken,) = stick.there_and_back(outlet)
    assert taken.states == {"accepted": 2}
    assert held(operator, outlet) == [1, 2]


def test_what_the_operator_cannot_take_is_set_aside_the_first_time_that_the_file_comes(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slip = outlet.register()
    (name,) = terminals(outlet)
    operator.run("close-terminal", "--terminal", name)
    (file,) = stick.export(outlet)

    brought = stick.bring(file)

    assert brought.answers == {"refused": 1}
    assert stick.take(outlet, brought.receipts).states == {"quarantined": 1}
    row = outlet.record(slip.record_id)
    assert (row.state, row.last_error) == (RecordState.QUARANTINED, "terminal-closed")
    with Stores(outlet.home) as stores:
        stores.outbox(name).retry(str(slip.record_id), outlet.clock())
    assert stick.take(outlet, brought.receipts).states == {"unchanged": 1}
    assert outlet.state(slip.record_id) is RecordState.QUEUED
    again = stick.bring(file)
    assert stick.take(outlet, again.receipts).states == {"quarantined": 1}, "a later word than the retry"


def test_the_records_that_are_named_are_exported_and_no_others(outlet: OutletUnderTest, stick: Stick) -> None:
    slips = [outlet.register() for _ in range(4)]
    chosen = Selection(frozenset(RecordState), ids=(slips[1].record_id, slips[3].record_id))

    (bundle,) = export(outlet.home, stick.folder, chosen, Exporting(outlet.clock))

    assert (bundle.records, bundle.first, bundle.last) == (2, 2, 4)
    assert stick.bring(bundle.file).answers == {"accepted": 2}


def test_nothing_to_export_makes_no_file(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()
    outlet.send()

    assert stick.export(outlet) == []
    assert stick.names == set()


@pytest.mark.parametrize(("bound", "value"), [("MAX_RECORDS", 2), ("MAX_BUNDLE_BYTES", 12_000)])
def test_more_than_fits_into_one_bundle_goes_into_several(
    operator: OperatorUnderTest,
    outlet: OutletUnderTest,
    stick: Stick,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: int,
) -> None:
    for _ in range(5):
        outlet.register()
    monkeypatch.setattr(bundles, bound, value)

    taken = stick.there_and_back(outlet)

    assert [one.states["accepted"] for one in taken] == [2, 2, 1]
    one_file = stick.folder / "chosen.oau"
    written = export(outlet.home, one_file, EVERYTHING, Exporting(outlet.clock))
    assert [bundle.file.name for bundle in written] == ["chosen.oau", "chosen-2.oau", "chosen-3.oau"]
    assert held(operator, outlet) == [1, 2, 3, 4, 5]


def test_a_device_that_joined_anew_exports_what_it_made_before_too(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    outlet.enrol(operator.url, operator.code(operator.outlet()))
    outlet.register()

    files = stick.export(outlet)

    assert len(files) == 2
    assert [stick.take(outlet, stick.bring(file).receipts).states for file in files] == [{"accepted": 1}] * 2
    assert outlet.status().accepted == 2
    report = {terminal["terminal"]: terminal for terminal in operator.report()["terminals"]}
    assert [report[name]["closed"] for name in terminals(outlet)] == [False, True]


def test_an_export_that_is_not_wanted_any_more_leaves_nothing(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()
    how = Exporting(outlet.clock, is_unwanted=lambda: True)

    with pytest.raises(KnownFailure) as failure:
        export(outlet.home, stick.folder, Selection(), how)

    assert failure.value.code is FailureCode.INTERRUPTED
    assert stick.names == set()


def test_progress_comes_to_its_end_both_ways(outlet: OutletUnderTest, stick: Stick) -> None:
    from outlet_app.sync.receipt_files import import_receipts

    for _ in range(2):
        outlet.register()
    out: list[tuple[int, int]] = []
    back: list[tuple[int, int]] = []
    how = Exporting(outlet.clock, on_records=lambda done, of: out.append((done, of)))

    (bundle,) = export(outlet.home, stick.folder, Selection(), how)
    receipts = stick.bring(bundle.file).receipts
    import_receipts(outlet.home, receipts, outlet.clock, lambda done, of: back.append((done, of)))

    assert out == [(1, 2), (2, 2)]
    assert back == sorted(back)
    assert back[-1][0] == back[-1][1]


def test_receipts_under_a_new_key_are_believed_by_a_terminal_that_was_never_online(
    own_operator: OperatorUnderTest, tmp_path: Path
) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(own_operator.url, own_operator.code(own_operator.outlet()))
    stick = Stick(tmp_path / "stick", own_operator)
    slip = outlet.register()
    own_operator.run("rotate-key", "--use", "receipt")

    (taken,) = stick.there_and_back(outlet)

    assert taken.states == {"accepted": 1}
    assert outlet.state(slip.record_id) is RecordState.ACCEPTED
    assert "keys-changed" in [entry.event for entry in outlet.journal()]


def test_receipts_of_the_future_of_a_clock_are_no_reason_to_doubt_ours(
    outlet: OutletUnderTest, stick: Stick
) -> None:
    moment = outlet.clock()
    outlet.clock = lambda: moment - timedelta(days=2)
    outlet.register()

    (taken,) = stick.there_and_back(outlet)

    assert taken.states == {"accepted": 1}


def test_what_is_decided_later_comes_back_with_the_next_bundle(
    operator: OperatorUnderTest, tmp_path: Path, stick: Stick
) -> None:
    words = ["--name", "Reviewed", "--province", "99", "--review", "all"]
    operator.run("add-outlet", "--outlet", "REVIEWED", *words)
    operator.clerk("REVIEWED", CLERK)
    outlet = OutletUnderTest(tmp_path / "reviewed")
    outlet.enrol(operator.url, operator.code("REVIEWED"))
    first = outlet.register()
    assert stick.there_and_back(outlet)[0].states == {"received": 1}
    operator.run("decide", "--record", str(first.record_id), "--accept")

    (again,) = stick.there_and_back(outlet)

    assert again.states["accepted"] >= 1
    assert outlet.state(first.record_id) is RecordState.ACCEPTED
    second = outlet.register()
    stick.there_and_back(outlet)
    operator.run("decide", "--record", str(second.record_id), "--refuse", "fields-differ")
    outlet.register()
    (taken,) = stick.there_and_back(outlet, Selection(first=3))
    assert taken.states["refused"] == 1, "a decision needs no record to travel with"
    assert outlet.record(second.record_id).last_error == "fields-differ"
