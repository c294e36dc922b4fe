"""A clock that was wrong and is put right must not keep a record waiting for years."""

from datetime import timedelta
from uuid import UUID

import pytest

from outlet_app.store.record_list import MOST_ERROR_WAIT_S, MOST_LATER_S
from outlet_app.sync.schedule import MOST_SERVER_WAIT_S, RECORD_MOST_S
from tests.store.filled import Filled, after

YEARS = timedelta(days=20 * 365)


def is_due(filled: Filled, seconds: float = 0) -> bool:
    """As both sides of the sender see it: is there something, and is it given out."""
    has_due = filled.outbox.has_due(after(seconds))
    rows = filled.outbox.lease_due(10, after(seconds))
    filled.outbox.release([row.record_id for row in rows])
    assert has_due is bool(rows)
    return has_due


def wait(filled: Filled, record_id: UUID, kind: str, seconds: float) -> None:
    if kind == "later":
        filled.outbox.apply_later(record_id, after(seconds), after(0))
    else:
        filled.outbox.apply_record_error(record_id, "server-answer-malformed", after(seconds))


@pytest.mark.parametrize(("kind", "most_s"), [("error", MOST_ERROR_WAIT_S), ("later", MOST_LATER_S)])
def test_a_wait_that_no_clock_gives_does_not_count(filled: Filled, kind: str, most_s: int) -> None:
    record_id = filled.add()
    wait(filled, record_id, kind, most_s)
    assert not is_due(filled), "the longest wait there is"
    assert is_due(filled, most_s)
    wait(filled, record_id, kind, most_s + 1)
    assert is_due(filled), "the clock was set back since"
    wait(filled, record_id, kind, YEARS.total_seconds())
    assert is_due(filled)


def test_the_longest_waits_are_those_of_the_schedule() -> None:
    assert (MOST_ERROR_WAIT_S, MOST_LATER_S) == (RECORD_MOST_S, MOST_SERVER_WAIT_S)
