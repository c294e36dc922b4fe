"""Named points of a registration's way, so that a test can end the process exactly there.

Nothing listens in the product: the test's own launcher sets ``listener``
before it starts the program.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """Points in the order in which one registration reaches them."""

    CARD_READ = "card-read"
    SEALED = "sealed"
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"
    SLIP_DRAWN = "slip-drawn"
    REQUEST_SENT = "request-sent"
    ANSWER_HALF_READ = "answer-half-read"


listener: Callable[[Point], None] | None = None


def reached(point: Point) -> None:
    """Tell the listener, when there is one, that this point is reached."""
    if listener is not None:
        listener(point)
