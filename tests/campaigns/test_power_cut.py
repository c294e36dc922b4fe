"""The power fails: what was shown is there, and the harness sees a program that would not have synced."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from campaigns.crash.power.disk import Disk
from campaigns.crash.power.recorded_process import HELD, ROUNDS
from campaigns.crash.power.recording import Recording, record_life
from campaigns.crash.power.trace import Kind, Operation
from campaigns.crash.power.trial import Cut, leave, make_cuts, make_lies, open_what_is_there, try_cuts
from outlet_app.domain.registrations import RecordState
from outlet_app.store.rescue_notice import untold_notice
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest

SEED = 20261121
CHANCE = random.Random(SEED)  # noqa: S311 - repeatable, no secret


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Recording, OperatorUnderTest]]:
    recording, operator = record_life(tmp_path_factory.mktemp("recorded"))
    yield recording, operator
    operator.stop()


@pytest.fixture
def recording(recorded: tuple[Recording, OperatorUnderTest]) -> Recording:
    return recorded[0]


def test_the_recorder_saw_databases_logs_keys_and_names(recording: Recording) -> None:
    seen = {(operation.kind, operation.path.split("/")[0]) for operation in recording.operations}
    assert {(Kind.SYNC, "."), (Kind.SYNC, "outlet.db-wal"), (Kind.SYNC, "outlet.db")} <= seen
    assert {(Kind.CREATE, "keys"), (Kind.SYNC, "keys"), (Kind.RENAME, "keys")} <= seen
    assert {(Kind.WRITE, "outlet.db"), (Kind.UNLINK, "outlet.db-wal")} <= seen
    assert recording.promised[-1] == sum(ROUNDS)


def test_every_slip_that_was_shown_is_there(recording: Recording, tmp_path: Path) -> None:
    cuts = list(make_cuts(recording, 100, SEED))
    verdict = try_cuts(recording, cuts, tmp_path / "after")
    assert verdict.wrong == []
    assert verdict.cuts.total() == len(cuts) == 2 * len(recording.syncs) + 100
    assert {"not joined yet", *(f"{count} records" for count in range(sum(ROUNDS) + 1))} == set(verdict.cuts)


def test_behind_a_disk_that_lies_it_opens_and_names_what_it_can_know(
    recording: Recording, tmp_path: Path
) -> None:
    verdict = try_cuts(recording, make_lies(recording, 60, SEED), tmp_path / "after")
    assert verdict.wrong == []
    assert verdict.behind > verdict.named > 0


def test_behind_a_disk_that_lied_the_next_contact_says_how_many_are_missing(
    recorded: tuple[Recording, OperatorUnderTest], tmp_path: Path
) -> None:
    recording, operator = recorded
    lies_from, after = recording.promised.index(4), len(recording.operations)
    leave(recording, Cut(after, 0.0, torn=False, seed=SEED, lies_from=lies_from), tmp_path / "after")
    opened = open_what_is_there(tmp_path / "after")
    assert opened.records is not None
    assert (opened.faults, opened.named) == ((), 0), "nothing on the device tells"
    gone = HELD - opened.records
    assert gone > 0

    outlet = OutletUnderTest(tmp_path / "after")
    report = outlet.send()

    assert (report.fork, report.left) == (None, 0)
    told = [event.to_json() for event in outlet.events if event.name == "fell-back"]
    assert told == [{"event": "fell-back", "records": gone}]
    detail = f"records {opened.records}, lost {gone}, entries lost 0"
    assert [entry.detail for entry in outlet.journal() if entry.event == "records-missing"] == [detail]
    notice = untold_notice(outlet.home)
    assert notice is not None
    assert (notice.copies_lost, notice.lost_count) == (gone, 0)
    # no number is given twice: the next record is one that the operator can take
    slip = outlet.register(13_999)
    assert slip.sequence == HELD + 1
    assert (outlet.send().accepted, outlet.state(slip.record_id)) == (1, RecordState.ACCEPTED)
    assert "fell-back" not in outlet.event_names()
    held = [record["sequence"] for record in operator.records()]
    assert sorted(held) == list(range(1, HELD + 2))


def test_a_program_that_leaves_out_one_kind_of_sync_is_found_out(
    recording: Recording, tmp_path: Path
) -> None:
    def without(path: str) -> Recording:
        changed = [
            replace(operation, kind=Kind.TRUNCATE, path="nothing")
            if (operation.kind, operation.path) == (Kind.SYNC, path)
            else operation
            for operation in recording.operations
        ]
        return Recording((Operation(Kind.CREATE, "nothing"), *changed), (0, *recording.promised))

    for path in ("outlet.db-wal", "keys"):
        careless = without(path)
        verdict = try_cuts(careless, make_cuts(careless, 0, SEED), tmp_path / "after")
        assert verdict.wrong, path


def test_opened_twice_it_is_the_same(recording: Recording, tmp_path: Path) -> None:
    for cut in islice(make_cuts(recording, 0, SEED), 40, 60, 4):
        leave(recording, cut, tmp_path / "after")
        first = open_what_is_there(tmp_path / "after")
        assert open_what_is_there(tmp_path / "after") == first


# -- the disk itself --


def after(*operations: Operation, kept: float, torn: bool = False) -> dict[str, bytes]:
    return Disk(operations).after_the_cut(CHANCE, kept=kept, torn=torn)


def test_what_was_synced_is_certain_and_nothing_else() -> None:
    operations = (
        Operation(Kind.CREATE, "a"),
        Operation(Kind.WRITE, "a", 0, b"old"),
        Operation(Kind.SYNC, "a"),
        Operation(Kind.SYNC, "."),
        Operation(Kind.WRITE, "a", 0, b"new and longer"),
    )
    assert after(*operations, kept=0.0) == {"a": b"old"}
    assert after(*operations, kept=1.0) == {"a": b"new and longer"}
    assert after(*operations[:3], kept=0.0) == {}, "its name was not synced"
    assert after(operations[0], operations[3], operations[1], kept=0.0) == {"a": b""}
    lied = Disk(operations, lies_from=2)
    assert lied.after_the_cut(CHANCE, kept=0.0, torn=False) == {}


def test_names_change_in_order_and_a_renamed_file_keeps_its_contents() -> None:
    operations = (
        Operation(Kind.CREATE, "kept"),
        Operation(Kind.SYNC, "."),
        Operation(Kind.CREATE, "new"),
        Operation(Kind.WRITE, "new", 0, b"x"),
        Operation(Kind.SYNC, "new"),
        Operation(Kind.RENAME, "new", target="kept"),
    )
    seen = {tuple(sorted(after(*operations, kept=0.5).items())) for _ in range(200)}
    assert seen == {(("kept", b""),), (("kept", b""), ("new", b"x")), (("kept", b"x"),)}


def test_writes_are_torn_at_sectors_and_reordered() -> None:
    operations = (
        Operation(Kind.CREATE, "a"),
        Operation(Kind.SYNC, "."),
        Operation(Kind.WRITE, "a", 0, b"1" * 8192),
        Operation(Kind.WRITE, "a", 0, b"2" * 8192),
    )
    seen = [after(*operations, kept=0.7, torn=True).get("a", b"") for _ in range(200)]
    sectors = {data[at : at + 512] for data in seen for at in range(0, len(data), 512)}
    assert sectors == {b"1" * 512, b"2" * 512, bytes(512)}
    assert any(b"1" in data and b"2" in data for data in seen)
    truncated = (*operations, Operation(Kind.TRUNCATE, "a", 10), Operation(Kind.WRITE, "a", 4, b"3"))
    assert after(*truncated, kept=1.0)["a"] in {b"1111311111", b"2222322222"}
