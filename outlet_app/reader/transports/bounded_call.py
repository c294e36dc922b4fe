"""Calls into a driver that may never come back."""

import threading
from collections.abc import Callable
from typing import Any

from outlet_app.domain.failures import FailureCode, KnownFailure


def within_bound(
    function: Callable[[], Any], call: str, bound_s: float, *, too_late: Callable[[Any], object]
) -> Any:
    """What ``function`` gives, in a thread that is left behind when it does not come back in time.

    KnownFailure READER_NO_ANSWER then. Should it come back after all, its
    thread calls ``too_late`` with what it gave, so that nothing stays taken.
    """
    answers: list[Any] = []
    given_up = threading.Event()
    lock = threading.Lock()

    def run() -> None:
        answer = function()
        with lock:
            answers.append(answer)
        if given_up.is_set():
            too_late(answer)

    thread = threading.Thread(target=run, name=call, daemon=True)
    thread.start()
    thread.join(bound_s)
    with lock:
        if not answers:
            given_up.set()
            raise KnownFailure(FailureCode.READER_NO_ANSWER, f"{call}: no answer")
    return answers[0]
