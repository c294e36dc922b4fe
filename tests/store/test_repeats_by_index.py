"""What is asked at each registration is found through an index: a million records cost what a thousand do."""

from collections.abc import Callable

import pytest

from outlet_app.domain.registrations import RecordState
from outlet_app.store import record_list, repeats
from tests.store.filled import Filled

QUESTIONS: dict[str, tuple[Callable[[Filled], object], str]] = {
    "number": (lambda f: repeats.waiting_number(f.db, "138••••0001", 1), "summary_by_number"),
    "iccid": (lambda f: repeats.waiting_iccid(f.db, (1, 2)), "summary_by_iccid"),
    "identity": (lambda f: repeats.same_identity_count(f.db, f.terminal, 1, "样"), "summary_by_identity"),
    "later": (lambda f: f.outbox.list_rows(), "outbox_by_reference"),
    "replaced": (
        lambda f: record_list.page(f.db, f.terminal, 50, None, RecordState.REPLACED),
        "outbox_replaced",
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_is_found_through_its_index(filled: Filled, name: str) -> None:
    filled.add()
    ask, index = QUESTIONS[name]
    asked: list[str] = []
    filled.db.conn.set_trace_callback(asked.append)
    ask(filled)
    filled.db.conn.set_trace_callback(None)
    plans = [filled.db.execute(f"EXPLAIN QUERY PLAN {query}").fetchall() for query in asked]
    steps = [row[3] for row in plans[-1]]
    assert index in steps[0], steps
    assert not [step for step in steps if step.startswith("SCAN") or "PRIMARY KEY (terminal=?)" in step]
