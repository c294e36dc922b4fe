"""A stick that is full, locked or pulled out: a clear failure, no half file, and nothing lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.bundles import Exporting, export
from tests.bundles.stick import Stick, held
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest


def on_small_stick(outlet: OutletUnderTest, stick: Stick, case: str) -> dict[str, object]:
    """What happened at a stick of 64 KiB."""
    words = [str(outlet.home), str(stick.folder), str(stick.operator.folder), case]
    ran = subprocess.run(
        ["unshare", "--mount", sys.executable, "-m", "tests.bundles.small_stick", *words],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def test_a_full_stick_is_named_and_nothing_stays_on_it(outlet: OutletUnderTest, stick: Stick) -> None:
    slips = [outlet.register() for _ in range(20)]

    assert on_small_stick(outlet, stick, "full") == {"code": "stick-full", "left": []}

    assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.QUEUED}
    assert "exported" not in [entry.event for entry in outlet.journal()]


def test_a_locked_stick_is_named(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()

    assert on_small_stick(outlet, stick, "locked") == {"code": "stick-read-only", "left": []}


def test_without_room_for_the_receipts_nothing_is_taken(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    for _ in range(2):
        outlet.register()

    assert on_small_stick(outlet, stick, "receipts") == {"code": "stick-full", "left": []}

    there = held(operator, outlet)
    assert there in ([], [1, 2]), "all or nothing"
    (taken,) = stick.there_and_back(outlet)
    assert taken.states == {"accepted": 2}


def test_a_stick_that_is_pulled_out_in_the_middle_is_named(outlet: OutletUnderTest, stick: Stick) -> None:
    for _ in range(2):
        outlet.register()
    how = Exporting(outlet.clock, on_records=lambda done, of: shutil.rmtree(stick.folder, ignore_errors=True))

    with pytest.raises(KnownFailure) as failure:
        export(outlet.home, stick.folder, Selection(), how)

    assert failure.value.code is FailureCode.STICK_FAILED
    stick.folder.mkdir()
    (taken,) = stick.there_and_back(outlet)
    assert taken.states == {"accepted": 2}


def test_a_folder_that_is_not_there_is_named(outlet: OutletUnderTest, tmp_path: Path) -> None:
    outlet.register()

    with pytest.raises(KnownFailure) as failure:
        export(outlet.home, tmp_path / "nowhere" / "file.oau", Selection(), Exporting(outlet.clock))

    assert failure.value.code is FailureCode.STICK_FAILED
