"""``outlet sync run --watch``, ended at a named point.

``python -m campaigns.crash.sync_process FOLDER [POINT N]``: the folder only
marks the process, which gets SIGKILL when it reaches the point for the N-th
time. It looks into the queue without rest: what is tried here is the sending,
not the waiting between.
"""

import os
import signal
import sys

from outlet_app import checkpoints
from outlet_app.checkpoints import Point
from outlet_app.cli import sync
from outlet_app.cli.main import run

_LOOK_S = 0.2


def end_at(wanted: Point, times: int) -> None:
    """End this process when it reaches the point for that time."""
    left = times

    def reached(point: Point) -> None:
        nonlocal left
        if point is wanted:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    checkpoints.listener = reached


def main() -> int:
    """Send until killed."""
    if len(sys.argv) > 2:
        end_at(Point(sys.argv[2]), int(sys.argv[3]))
    sync.LOOK_S = _LOOK_S
    return run(["sync", "run", "--watch", "--json"])


if __name__ == "__main__":
    sys.exit(main())
