"""A counter that is killed at a named point; one process a registration, forked from one that is warm.

Each line on standard input is ``POINT NUMBER PERSON``; POINT ``none`` lets the
registration through. The answer is ``killed``, or the sequence it was given.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from outlet_app import checkpoints
from outlet_app.checkpoints import Point
from outlet_app.domain.failures import KnownFailure
from outlet_app.intake.service import Intake
from tests.intake.counter import Clock, register


def die_at(wanted: str) -> None:
    def reached(point: Point) -> None:
        if point == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    checkpoints.listener = reached


def one_registration(home: Path, wanted: str, number: str, person: str) -> str:
    die_at(wanted)
    intake = Intake.open(home, Clock())
    try:
        slip = register(intake, int(number), person=int(person))
    except KnownFailure as failure:
        return f"{failure.code} {failure.detail}"
    return str(slip.sequence)


def answer_lines(one: Callable[..., str], home: Path) -> None:
    """Each line's words to ``one`` in a child of its own; its answer, or that it was killed."""
    for line in sys.stdin:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            print(one(home, *line.split()), flush=True)  # noqa: T201
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            print("killed", flush=True)  # noqa: T201
        else:
            assert os.WEXITSTATUS(status) == 0


if __name__ == "__main__":
    answer_lines(one_registration, Path(sys.argv[1]))
