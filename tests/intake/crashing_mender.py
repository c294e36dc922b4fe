"""A counter that is killed at a named point of mending; one process an act, forked from one that is warm.

Each line on standard input is ``POINT ACT RECORD-ID``; POINT ``none`` lets the
act through. The answer is ``killed``, the sequence it was given, or the code
with which it was refused.
"""

import sys
from pathlib import Path
from uuid import UUID

from outlet_app.domain.failures import KnownFailure
from outlet_app.intake.service import Intake
from tests.intake.counter import Clock
from tests.intake.crashing_counter import answer_lines, die_at
from tests.intake.mended import act


def one_act(home: Path, wanted: str, name: str, record_id: str) -> str:
    die_at(wanted)
    intake = Intake.open(home, Clock())
    try:
        return str(act(intake, name, UUID(record_id)).sequence)
    except KnownFailure as failure:
        return str(failure.code)
    finally:
        intake.close()


if __name__ == "__main__":
    answer_lines(one_act, Path(sys.argv[1]))
