"""A number that was given up: told at the next contact, and told again to an operator that forgot it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from outlet_app.domain.registrations import GiveUpReason, RecordState, Role
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.store.sealed_records import Selection
from outlet_app.sync import giving_up
from outlet_app.sync.bundles import Exporting, export
from outlet_app.sync.reconciling import reconcile
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import QUICK, OutletUnderTest

SUPERVISOR = "7002"
EVERY = frozenset(RecordState)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[OperatorUnderTest]:
    """An operator that takes nothing of the command line from this outlet: what comes is set aside."""
    found = OperatorUnderTest(tmp_path / "operator")
    found.run("init")
    found.outlet("LIVE")
    found.clerk("LIVE", SUPERVISOR, role="supervisor")
    found.start()
    yield found
    found.stop()


def allow(operator: OperatorUnderTest) -> None:
    operator.run(
        "add-outlet",
        "--change",
        "--outlet",
        "LIVE",
        "--name",
        "Live",
        "--province",
        "99",
        "--allow-command-line",
    )


def give_up(outlet: OutletUnderTest, record_id: UUID) -> None:
    with closing(Intake.open(outlet.home, outlet.clock)) as intake:
        clerk = SignedInClerk(SUPERVISOR, Role.SUPERVISOR)
        intake.quarantine.give_up(record_id, GiveUpReason.REGISTERED_ANEW, clerk)


def terminal(operator: OperatorUnderTest) -> dict[str, Any]:
    (found,) = operator.report()["terminals"]
    return dict(found)


def test_a_gap_is_explained_at_the_next_contact_and_after_a_restore_again(
    live: OperatorUnderTest, tmp_path: Path
) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(live.url, live.code("LIVE"))
    first = outlet.register()
    outlet.send()
    assert outlet.state(first.record_id) is RecordState.QUARANTINED
    allow(live)
    outlet.register()
    outlet.send()
    assert (terminal(live)["missing"], terminal(live)["unbroken"]) == (1, 0)
    live.stop()
    shutil.copytree(live.folder, tmp_path / "an-hour-ago")
    live.start()

    give_up(outlet, first.record_id)
    outlet.send()
    assert (terminal(live)["missing"], terminal(live)["unbroken"]) == (0, 2)
    (told,) = live.report()["given_up"]
    assert (told["sequence"], told["reason"], told["clerk"]) == (1, "registered-anew", SUPERVISOR)
    row = outlet.record(first.record_id)
    assert row.given_up is not None
    assert row.given_up.told
    assert export(outlet.home, tmp_path, Selection(states=EVERY), Exporting(outlet.clock))[0].first == 2
    (whole,) = export(outlet.home, tmp_path, Selection(states=EVERY, closed=True), Exporting(outlet.clock))
    assert (whole.first, whole.last) == (1, 2), "who asks for all has it still"
    assert not reconcile(outlet.home, outlet.clock, QUICK).result.differences
    outlet.register()
    outlet.send()
    assert terminal(live)["unbroken"] == 3

    live.stop()
    shutil.rmtree(live.folder)
    shutil.copytree(tmp_path / "an-hour-ago", live.folder)
    live.start()
    outlet.send()
    outlet.send()
    assert (terminal(live)["missing"], terminal(live)["unbroken"]) == (0, 3)
    assert not reconcile(outlet.home, outlet.clock, QUICK).result.differences


def test_a_record_that_was_given_up_and_came_all_the_same_is_held(
    live: OperatorUnderTest, tmp_path: Path
) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(live.url, live.code("LIVE"))
    first = outlet.register()
    outlet.send()
    assert outlet.state(first.record_id) is RecordState.QUARANTINED
    copy = outlet.copied_to(tmp_path / "copy")
    give_up(outlet, first.record_id)
    outlet.send()
    allow(live)
    # the same bytes by another way, as from a stick
    with closing(Intake.open(copy.home, copy.clock)) as intake:
        intake.mending.retry(first.record_id)
    copy.send()
    report = live.report()
    assert (report["records"], report["terminals"][0]["missing"]) == (1, 0)
    assert report["terminals"][0]["unbroken"] == 1
    assert report["forks"] == []


def test_where_there_is_no_network_it_is_told_by_hand(live: OperatorUnderTest, tmp_path: Path) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(live.url, live.code("LIVE"))
    first = outlet.register()
    outlet.send()
    allow(live)
    outlet.register()
    give_up(outlet, first.record_id)
    chosen = Selection(states=frozenset({RecordState.QUEUED}))
    (bundle,) = export(outlet.home, tmp_path / "records.oau", chosen, Exporting(outlet.clock))
    live.run("import", str(bundle.file), "--receipts", str(tmp_path / "receipts.oar"))
    assert (terminal(live)["missing"], terminal(live)["unbroken"]) == (0, 2)
    assert [one["sequence"] for one in live.report()["given_up"]] == [1]


def test_a_number_that_the_operator_does_not_note_keeps_none_behind_it_from_being_told(
    live: OperatorUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_up, "MOST_WORDS", 1)
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(live.url, live.code("LIVE"))
    copy = outlet.copied_to(tmp_path / "copy")
    slips = [outlet.register() for _ in range(2)]
    outlet.send()
    allow(live)
    copy.register()
    copy.send()  # the operator holds another record under the first number now
    for slip in slips:
        give_up(outlet, slip.record_id)
    outlet.send()
    assert [one["sequence"] for one in live.report()["given_up"]] == [2]
    rows = [outlet.record(slip.record_id).given_up for slip in slips]
    assert [row is not None and row.told for row in rows] == [False, True]
