"""kill -9 in the middle of mending: it is done whole, or nothing of it is there and it can be done again."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from outlet_app.checkpoints import Point
from outlet_app.domain.registrations import RecordKind, RecordState
from outlet_app.intake.service import Intake
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import Clock, register
from tests.intake.test_crashes import assert_whole

ROOT = Path(__file__).parents[2]
KINDS = {"void": RecordKind.VOID, "amend": RecordKind.AMENDMENT, "replace": RecordKind.OPEN}


class Mender:
    """Drives one crashing_mender."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.intake.crashing_mender", str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __call__(self, point: str, act: str, record_id: object) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{point} {act} {record_id}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture
def mender(home: Path, verified: VerifiedEnrolment) -> Iterator[Mender]:
    assert verified.key
    found = Mender(home)
    yield found
    found.close()


@pytest.mark.parametrize("act", KINDS)
def test_killed_at_any_point_it_is_done_once_or_not_at_all(
    home: Path, mender: Mender, verified: VerifiedEnrolment, act: str
) -> None:
    intake = Intake.open(home, Clock())
    first = register(intake)
    intake.slip_shown(first.record_id)
    intake.close()

    for point in (Point.SEALED, Point.BEFORE_COMMIT):
        assert mender(point, act, first.record_id) == "killed"
        intake = Intake.open(home, Clock())
        row = intake.record(first.record_id)
        assert (row.superseded_by, row.amended, intake.slips_not_shown()) == (None, False, [])
        intake.close()
    assert mender(Point.AFTER_COMMIT, act, first.record_id) == "killed"
    intake = Intake.open(home, Clock())
    (slip,) = intake.slips_not_shown()
    later, row = intake.record(slip.record_id), intake.record(first.record_id)
    intake.close()

    assert (later.sequence, later.kind, later.refers_to) == (2, KINDS[act], first.record_id)
    assert (row.state, row.superseded_by or row.amended) == (
        RecordState.QUEUED,
        True if act == "amend" else later.local_number,
    )
    if act != "amend":
        assert mender("none", act, first.record_id) == "record-superseded"
    assert_whole(home, 2, verified.key.public)
