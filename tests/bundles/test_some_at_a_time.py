"""A file is proven as a whole and taken in pieces; others write between, the same file brings the rest."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from campaigns.faults.filling import fill
from operator_backend import bundles
from operator_backend.bundles import import_bundle
from operator_backend.installation import open_operator
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.database import FILE_NAME
from outlet_app.sync import receipt_files
from outlet_app.sync.receipt_files import import_receipts
from tests.bundles.stick import Stick, held
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest

KILLED_AT = [sys.executable, str(Path(__file__).parents[1] / "operator_backend" / "kill_at.py")]


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "_AT_ONCE", 1)
    monkeypatch.setattr(receipt_files, "_AT_ONCE", 1)


def write_at_once(database: Path) -> None:
    """Another program begins to write and is not kept waiting at all."""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")


def test_others_write_between_the_records_of_a_bundle(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    for _ in range(3):
        outlet.register()
    (file,) = stick.export(outlet)
    seen: list[list[int]] = []

    def look(_done: int, _of: int) -> None:
        write_at_once(operator.folder / "operator.db")
        seen.append(held(operator, outlet))

    with open_operator(operator.folder) as opened:
        import_bundle(opened, file, stick.folder, look)

    assert seen == [[1], [1, 2], [1, 2, 3]]


def test_others_write_between_the_receipts_of_a_file(outlet: OutletUnderTest, stick: Stick) -> None:
    slips = [outlet.register() for _ in range(3)]
    (file,) = stick.export(outlet)
    receipts = stick.bring(file).receipts
    seen: list[int] = []

    def look(done: int, of: int) -> None:
        write_at_once(outlet.home / FILE_NAME)
        if done > of // 2:
            states = [outlet.state(slip.record_id) for slip in slips]
            seen.append(states.count(RecordState.ACCEPTED))

    import_receipts(outlet.home, receipts, outlet.clock, look)

    assert seen == [1, 2, 3], "each is heard of before the next is read"
    assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.ACCEPTED}


def test_a_bundle_that_changes_while_it_is_taken_ends_there_and_the_true_one_brings_the_rest(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    for _ in range(3):
        outlet.register()
    (file,) = stick.export(outlet)
    true = file.read_bytes()

    def cut(_done: int, of: int) -> None:
        assert of == 3
        os.truncate(file, file.stat().st_size // 2)

    with open_operator(operator.folder) as opened, pytest.raises(KnownFailure) as failure:
        import_bundle(opened, file, stick.folder, cut)

    assert failure.value.code is FailureCode.STICK_FAILED
    assert held(operator, outlet) == [1], "what was as it had been proven"
    assert stick.names == {file.name}
    file.write_bytes(true)
    brought = stick.bring(file)
    assert brought.answers == {"duplicate": 1, "accepted": 2}
    assert stick.take(outlet, brought.receipts).states == {"accepted": 3}


def test_a_record_that_was_changed_after_the_file_was_proven_is_not_taken(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "_AT_ONCE", 2)
    fill(outlet.home, 43_100_000, 30)  # more than is read ahead
    (file,) = stick.export(outlet)

    def turn_a_byte(done: int, of: int) -> None:
        if done == 2:
            data = bytearray(file.read_bytes())
            data[len(data) * 3 // 4] ^= 1
            file.write_bytes(bytes(data))

    with open_operator(operator.folder) as opened, pytest.raises(KnownFailure) as failure:
        import_bundle(opened, file, stick.folder, turn_a_byte)

    assert failure.value.code is FailureCode.STICK_FAILED
    taken = held(operator, outlet)
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) < 24, "nothing from the changed record on"


def test_receipts_from_a_stick_that_is_pulled_out_are_taken_from_it_again(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slips = [outlet.register() for _ in range(3)]
    (file,) = stick.export(outlet)
    receipts = stick.bring(file).receipts

    def pull_out(done: int, of: int) -> None:
        if of // 2 < done < of:
            raise KnownFailure(FailureCode.STICK_FAILED, "EIO")

    with pytest.raises(KnownFailure):
        import_receipts(outlet.home, receipts, outlet.clock, pull_out)

    assert "receipts-imported" not in {entry.event for entry in outlet.journal()}
    assert stick.take(outlet, receipts).states == {"accepted": 3}
    answered = [entry for entry in outlet.journal() if entry.event == "record-answered"]
    assert sorted(entry.subject for entry in answered) == sorted(str(slip.record_id) for slip in slips)
    assert [entry.event for entry in outlet.journal()].count("receipts-imported") == 1


@pytest.mark.parametrize(("point", "there"), [("before-commit", 16), ("after-commit", 17)])
def test_an_import_that_is_killed_is_repeated_and_comes_to_the_same(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, point: str, there: int
) -> None:
    fill(outlet.home, 43_200_000 + there * 1000, 17)
    (file,) = stick.export(outlet)
    words = ["import", str(file), "--data", str(operator.folder), "--receipts", str(stick.folder)]

    killed = subprocess.run([*KILLED_AT, point, "2", *words], check=False, capture_output=True)

    assert killed.returncode == -9
    assert held(operator, outlet) == list(range(1, there + 1))
    assert not list(stick.folder.glob("*.oar"))
    brought = stick.bring(file)
    assert brought.answers == +Counter(duplicate=there, accepted=17 - there)
    assert stick.take(outlet, brought.receipts).states == {"accepted": 17}
    assert held(operator, outlet) == list(range(1, 18))


def test_a_terminal_that_is_revoked_while_its_bundle_is_taken_ends_it(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    slips = [outlet.register() for _ in range(2)]
    (file,) = stick.export(outlet)
    name = outlet.record(slips[0].record_id).terminal

    with open_operator(operator.folder) as opened, pytest.raises(KnownFailure) as failure:
        import_bundle(opened, file, stick.folder, lambda _done, _of: operator.revoke(name))

    assert failure.value.code is FailureCode.TERMINAL_REVOKED
    assert held(operator, outlet) == [1], "what is held by now stays held"
    assert stick.names == {file.name}


def test_two_imports_and_a_sender_at_once_hold_each_record_once(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    numbers = fill(outlet.home, 43_000_000, 40)
    (file,) = stick.export(outlet)
    words = ["import", str(file), "--data", str(operator.folder), "--receipts", str(stick.folder), "--json"]
    imports = [
        subprocess.Popen([sys.executable, "-m", "operator_backend", *words], stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    report = outlet.send()
    assert [one.wait(60) for one in imports] == [0, 0]

    assert (report.sent, report.accepted, report.left, report.fork) == (40, 40, 0, None)
    (receipts,) = stick.folder.glob("*.oar")
    assert stick.take(outlet, receipts).states == {"accepted": 40}
    assert outlet.send().sent == 0
    assert held(operator, outlet) == list(range(1, 41))
    ours = {record["number"] for record in operator.records(reveal=True)}
    assert ours >= set(numbers)
