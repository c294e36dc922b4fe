"""When to try again: pure arithmetic, so that a million outlets do not come back in the same second."""

from datetime import datetime, timedelta

LINK_FIRST_S = 2.0
LINK_MOST_S = 300.0
RECORD_FIRST_S = 30.0
RECORD_MOST_S = 3600.0
PACING_SPREAD = 0.2
"""Share of the server's interval that is added at random; never less than the server asked for."""

MOST_SERVER_WAIT_S = 86_400.0

BATCH_S = 15.0
"""A batch is cut so that the line carries it in about this time: on a slow line the pauses between are
short beside it, and what breaks off is soon sent again."""

LEAST_BATCH_BYTES = 8 * 1024
MOST_BATCH_BYTES = 8 * 1024 * 1024
_MOST_GROWTH = 8

CLOCK_TOLERANCE_S = 120.0
"""A journal further ahead of the operator's time than this was written by a clock that was wrong."""


def back_off_s(attempts: int, chance: float, *, first_s: float, most_s: float) -> float:
    """Seconds to wait after this many failures in a row (1 or more).

    The bound doubles from ``first_s`` up to ``most_s``; half of it is waited
    for certain, the other half times ``chance`` (0 up to 1, drawn anew each time).
    """
    # beyond 2**64 every bound has reached most_s; the power itself must stay a small number
    bound = min(most_s, first_s * 2.0 ** min(max(attempts, 1) - 1, 64))
    return bound / 2 + bound / 2 * chance


def link_back_off_s(attempts: int, chance: float) -> float:
    """Wait after link, login or server failed."""
    return back_off_s(attempts, chance, first_s=LINK_FIRST_S, most_s=LINK_MOST_S)


def record_back_off_s(attempts: int, chance: float) -> float:
    """Wait of one record that could not be settled, others going on."""
    return back_off_s(attempts, chance, first_s=RECORD_FIRST_S, most_s=RECORD_MOST_S)


def paced_s(asked_s: float, chance: float) -> float:
    """Wait that a server asked for, spread upwards by up to a fifth; a day at most."""
    bounded = min(max(asked_s, 0.0), MOST_SERVER_WAIT_S)
    return min(bounded * (1 + PACING_SPREAD * chance), MOST_SERVER_WAIT_S)


def batch_bytes(known: int, sent_bytes: int, took_s: float) -> int:
    """Bytes for the next batch, when so many went there and were answered in so many seconds.

    A batch much shorter than was allowed says nothing against longer ones: its time is mostly the way.
    """
    carried = int(sent_bytes / max(took_s, 0.001) * BATCH_S)
    if carried < known and sent_bytes * 2 < known:
        return known
    return min(max(min(carried, known * _MOST_GROWTH), LEAST_BATCH_BYTES), MOST_BATCH_BYTES)


def batch_bytes_after_silence(known: int) -> int:
    """Bytes for the next batch, when the answer to the last one did not come in its time."""
    return max(known // 4, LEAST_BATCH_BYTES)


def after(now: datetime, wait_s: float) -> datetime:
    """The moment so many seconds later."""
    return now + timedelta(seconds=wait_s)


def wait_s(now: datetime, due: datetime | None, *, most_s: float) -> float:
    """Seconds from now until due, within 0 and ``most_s``; ``most_s`` when nothing is due.

    A clock that was set back must not stop the sending: the wait is bounded
    whatever the stored moment says.
    """
    if due is None:
        return most_s
    return min(max((due - now).total_seconds(), 0.0), most_s)
