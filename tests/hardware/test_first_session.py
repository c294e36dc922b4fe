"""What a first session with a real reader must show; docs/hardware.md says why.

Run with ``-s``: a person beside the reader is told what to do. What was seen
goes into the folder of ``--evidence``: times, lengths and codes, no identity data.
"""

import pytest

from tests.hardware.bench import Bench
from tests.hardware.checks import CHECKS, Check, show
from tests.hardware.evidence import Evidence

pytestmark = [pytest.mark.hardware, pytest.mark.timeout(300)]


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_the_reader_shows(check: Check, bench: Bench, evidence: Evidence) -> None:
    shown = show(check, bench, evidence)
    print(f"\n{check}: {shown.outcome} {shown.facts}", flush=True)  # noqa: T201 - a person follows it
