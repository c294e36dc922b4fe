"""Whatever is asked again and again looks neither through all records nor through the whole journal."""

from collections.abc import Callable

import pytest

from outlet_app.domain.registrations import RecordState
from outlet_app.store import record_list
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.journal import Journal, JournalEvent
from tests.store.filled import Filled
from tests.trust.acting_operator import NOW

OF_FEW = ("outbox_exceptions", "outbox_replaced", "slips_not_shown")
"""Indexes that hold only what is asked for: to go through them is to count the answer."""

QUESTIONS: dict[str, Callable[[Filled], object]] = {
    "status": lambda f: f.outbox.status(NOW),
    "due": lambda f: f.outbox.has_due(NOW),
    "leased": lambda f: f.outbox.lease_due(5, NOW),
    "unsent": lambda f: f.outbox.unsent(5, NOW),
    "waiting": lambda f: f.outbox.waiting_count(),
    "waiting terminals": lambda f: f.outbox.waiting_terminals(),
    "slips": lambda f: f.outbox.slips_not_shown(),
    "exceptions": lambda f: f.outbox.exceptions_since(NOW),
    "today": lambda f: f.outbox.counts_since(NOW),
    "fork": lambda f: f.outbox.note_fork(3, NOW),
    "policy refused": lambda f: EnrolmentStore(f.db).note_policy_refused(f.terminal, "policy 9", NOW),
    "journal broken": lambda f: Journal(f.db, f.terminal).has(JournalEvent.JOURNAL_BROKEN, "3 cut"),
}


def page_of(state: RecordState) -> Callable[[Filled], object]:
    return lambda f: record_list.page(f.db, f.terminal, 50, None, state)


QUESTIONS |= {f"page of {state}": page_of(state) for state in RecordState}


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_is_looked_through(filled: Filled, name: str) -> None:
    filled.answer(filled.add())
    filled.add()
    asked: list[str] = []
    filled.db.conn.set_trace_callback(asked.append)
    QUESTIONS[name](filled)
    filled.db.conn.set_trace_callback(None)
    steps = [step for query in asked for step in plan(filled, query)]
    assert any(" outbox " in step or " journal " in step for step in steps)
    assert not [step for step in steps if looks_through(step)]


def plan(filled: Filled, query: str) -> list[str]:
    """The steps of a query; the end of a chain is found at the end of its key, and is left out."""
    is_end = "max(sequence)" in query or "DESC LIMIT 1" in query
    if is_end or not query.lstrip().startswith(("SELECT", "UPDATE")):
        return []
    return [row[3] for row in filled.db.execute(f"EXPLAIN QUERY PLAN {query}")]


def looks_through(step: str) -> bool:
    if "PRIMARY KEY (terminal=?)" in step and (" outbox " in step or " journal " in step):
        return True
    return step.startswith(("SCAN outbox", "SCAN journal")) and not any(index in step for index in OF_FEW)


@pytest.mark.parametrize("event", [JournalEvent.CHAIN_FORKED, JournalEvent.POLICY_REFUSED])
def test_what_is_said_once_is_found_again(filled: Filled, event: JournalEvent) -> None:
    journal = Journal(filled.db, filled.terminal)
    assert not journal.has(event, "3")
    journal.record(event, NOW, detail="3")
    assert journal.has(event, "3")
    assert not journal.has(event, "4")


def test_a_fork_is_journalled_once(filled: Filled) -> None:
    assert [filled.outbox.note_fork(sequence, NOW) for sequence in (3, 3, 4)] == [True, False, True]
    assert filled.events().count("chain-forked") == 2


def test_the_mark_of_what_is_replaced_goes_with_the_record_that_did_it(filled: Filled) -> None:
    first, void = filled.add(), filled.add()
    filled.answer(first)
    filled.db.execute("DROP TRIGGER a_reference_never_changes")
    filled.db.execute("DROP TRIGGER a_record_never_changes")
    filled.db.execute(
        "UPDATE outbox SET kind = 'void', refers_to = ? WHERE record_id = ?", (str(first), str(void))
    )
    assert filled.outbox.status(NOW).replaced == 0
    filled.answer(void)
    status = filled.outbox.status(NOW)
    assert (status.accepted, status.replaced) == (1, 1)
    filled.outbox.note_operator_chain(2, filled.sha256(void), NOW)
    filled.outbox.note_operator_chain(1, filled.sha256(first), NOW)  # the operator lost the void
    status = filled.outbox.status(NOW)
    assert (status.accepted, status.queued, status.replaced) == (1, 1, 0)
