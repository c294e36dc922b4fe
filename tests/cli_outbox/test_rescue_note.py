"""A rescue of the database is said by the commands that open it, and by the counter's desk first of all."""

import json
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from outlet_app.cli.main import run
from outlet_app.cli.rescue_note import STEP_PERCENT, RescueTeller
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.service import Intake
from outlet_app.store import rescue_progress
from outlet_app.store.rescue_notice import untold_notice
from outlet_app.ui.desk import Desk
from tests.intake.counter import Clock
from tests.store.damage import overwrite
from tests.store.kept_records import TERMINAL, Kept, fill

COUNT = 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return fill(tmp_path_factory.mktemp("whole") / "outlet", COUNT, crashed=True)


@pytest.fixture
def robbed(whole: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Its log was taken away: every number since is lost."""
    copy = whole.copied(tmp_path / "outlet")
    copy.log.unlink()
    monkeypatch.setenv("OUTLET_HOME", str(copy.home))
    return copy


def test_queue_status_says_on_standard_error_what_was_lost(
    robbed: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["queue", "status", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["quarantined"] == COUNT
    assert "[storage-rescued]" in said.err
    assert f"Records lost: {COUNT}: " in said.err
    assert untold_notice(robbed.home) is not None, "nobody at a terminal has read it"


def test_where_nothing_tells_of_later_records_nobody_hears_that_all_is_well(
    whole: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder was put together from an earlier copy of the database alone."""
    copy = whole.copied(tmp_path / "outlet")
    Intake.open(copy.home, Clock()).close()
    copy.file.with_name(f"{copy.file.name}-mark").unlink()
    monkeypatch.setenv("OUTLET_HOME", str(copy.home))
    assert run(["queue", "status", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["quarantined"] == 0
    assert "Newer records may be missing." in said.err
    assert f"The last record here: {TERMINAL}-{COUNT:06}" in said.err
    assert "[storage-in-doubt]" in said.err
    assert "No record was lost" not in said.err
    with closing(Desk(copy.home, Clock())) as desk, pytest.raises(KnownFailure) as caught:
        desk.outlet()
    assert caught.value.code is FailureCode.STORAGE_IN_DOUBT
    assert f"{TERMINAL}-{COUNT:06}" in caught.value.detail


def test_how_far_a_rescue_is_stands_on_standard_error_alone(
    whole: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = whole.copied(tmp_path / "outlet")
    overwrite(copy.file, 100, bytes(300))
    overwrite(copy.log, 0, bytes(32))
    monkeypatch.setenv("OUTLET_HOME", str(copy.home))
    monkeypatch.setattr(rescue_progress, "TELL_EVERY_S", 0.0)
    monkeypatch.setattr(rescue_progress, "LOOK_EVERY", 1)
    assert run(["queue", "status", "--json"]) == 0
    said = capsys.readouterr()
    json.loads(said.out)
    lines = [
        line for line in said.err.splitlines() if line.startswith("The stored records are being rescued")
    ]
    percents = [int(line.removesuffix(" %").rsplit(" ", 1)[1]) for line in lines]
    assert percents[-1] == 100
    assert all(later - earlier >= STEP_PERCENT for earlier, later in pairwise(percents[:-1]))
    assert 3 < len(percents) <= 100 // STEP_PERCENT + 1
    assert run(["queue", "status", "--json"]) == 0
    assert "rescued:" not in capsys.readouterr().err


def test_of_a_rescue_that_is_over_at_once_only_the_outcome_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    RescueTeller()(100)
    assert capsys.readouterr().err == ""


def test_a_lost_number_is_shown_with_its_reason_and_is_not_sent_again(
    robbed: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["queue", "retry", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["last_error"], found["sealed_here"]) == (
        "quarantined",
        "record-lost",
        False,
    )
    assert run(["queue", "show", "3"]) == 0
    assert "was lost on this device" in capsys.readouterr().out


def test_the_desk_says_it_once_and_goes_on(robbed: Kept) -> None:
    desk = Desk(robbed.home, Clock())
    with closing(desk):
        with pytest.raises(KnownFailure) as caught:
            desk.outlet()
        assert caught.value.code is FailureCode.STORAGE_RESCUED
        assert "Records lost: 6" in caught.value.detail
        outlet = desk.outlet()
    assert outlet is not None
    assert untold_notice(robbed.home) is None


def test_held_names_files_that_are_kept_beside(robbed: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    folder = robbed.home / "damaged"
    folder.mkdir(exist_ok=True)
    (folder / "outlet-earlier.db").touch()
    assert run(["held", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept_files"] == 1
    assert run(["held"]) == 0
    assert "damaged/outlet-earlier.db" in capsys.readouterr().out
