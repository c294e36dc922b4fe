"""The program ``operator-backend``, ended at a named point: ``python kill_at.py POINT N ARGUMENTS…``.

The process gets SIGKILL when it reaches the point for the N-th time.
"""

import os
import signal
import sys

from operator_backend import checkpoints
from operator_backend.cli.main import run

_point = checkpoints.Point(sys.argv[1])
_left = int(sys.argv[2])


def _listen(reached: checkpoints.Point) -> None:
    global _left  # noqa: PLW0603 - the whole program is this one count
    if reached is _point:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


checkpoints.listener = _listen
sys.exit(run(sys.argv[3:]))
