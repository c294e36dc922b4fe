"""Named points of a contact's way through the server, so that a test can end the process exactly there.

Nothing listens in the product: a test's own launcher sets ``listener``
before it starts the server.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """Points in the order in which one contact reaches them."""

    REQUEST_READ = "request-read"
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"
    BEFORE_ANSWER = "before-answer"


listener: Callable[[Point], None] | None = None


def reached(point: Point) -> None:
    """Tell the listener, when there is one, that this point is reached."""
    if listener is not None:
        listener(point)
