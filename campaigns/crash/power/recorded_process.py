"""A terminal's life while the recorder listens: joins, registers, sends, registers again, and again.

``python -m campaigns.crash.power.recorded_process HOME URL CODE``. After each
commit, from which moment the slip may be shown, one byte is written to the
file PROMISED in the data folder.
"""

import os
import sys
from contextlib import closing
from pathlib import Path

from outlet_app import checkpoints
from outlet_app.checkpoints import Point
from outlet_app.cli.clock import now
from outlet_app.core_dumps import forbid_core_dumps
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.enrolling import enrol
from tests.outlet_fixture import OutletUnderTest

PROMISED = "promised"
ROUNDS = (3, 4, 3)
HELD = 3 + 4
"""Records that were sent: those of the first rounds."""


def main(home: Path, url: str, code: str) -> None:
    """The whole life; the database is closed after each round, the second one has a second connection."""
    forbid_core_dumps()
    enrol(home, url, code, now)
    promised = os.open(home / PROMISED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def reached(point: Point) -> None:
        if point is Point.AFTER_COMMIT:
            os.write(promised, b".")

    checkpoints.listener = reached
    outlet = OutletUnderTest(home)
    first, second, third = ROUNDS
    outlet.register_all(_sales(1, first))
    with closing(open_database(home / FILE_NAME)):
        outlet.register_all(_sales(2, second))
        outlet.send(limits=TimeLimits())
    outlet.register_all(_sales(3, third))
    os._exit(0)


def _sales(number: int, count: int) -> list[tuple[str, str, str]]:
    return [
        (f"1390000{number:02d}{at:02d}", f"898600100000000{number:02d}{at:03d}", f"person-{number * 10 + at}")
        for at in range(count)
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
