"""A decision counts by its signature and its record; one that does not keeps nobody from the next."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.contract.decision import Decision
from outlet_app.contract.receipt import Receipt, ReceiptState
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.service import Intake
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.events import SyncEvent
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stores import Stores
from tests.acting_server import ActingServer, acting_server
from tests.intake import counter
from tests.trust.acting_operator import NOW, ActingOperator

TERMINAL = "T001-1"
LATER = NOW.replace(hour=5)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ActingServer]:
    """It has accepted record 1 of the outlet."""
    operator = ActingOperator()
    counter.enrolled(tmp_path, operator)
    with acting_server(operator) as found:
        with Stores(tmp_path) as stores:
            stores._db.execute("UPDATE enrolment SET server = ?", (found.url,))
        intake = Intake.open(tmp_path, lambda: NOW)
        intake.slip_shown(counter.register(intake).record_id)
        intake.close()
        assert [event.name for event in run(tmp_path)] == ["proven", "sent", "answered"]
        yield found


def run(home: Path) -> list[SyncEvent]:
    events: list[SyncEvent] = []
    send(home, Sending(lambda: NOW, once=True, on_event=events.append, limits=TimeLimits()))
    return events


def refused(home: Path, server: ActingServer, **changes: object) -> tuple[Receipt, SignedObject]:
    with Stores(home) as stores:
        (row,) = stores.outbox(TERMINAL).list_rows()
        (sha256,) = stores._db.execute("SELECT envelope_sha256 FROM outbox").fetchone()
    receipt = server.operator.receipt(
        row.record_id, TERMINAL, 1, sha256, ReceiptState.REFUSED, at=LATER, code="asked-again"
    )
    receipt = replace(receipt, **changes)  # type: ignore[arg-type]  # fields of a receipt
    return receipt, server.operator.sign_receipt(receipt)


def state(home: Path) -> RecordState:
    with Stores(home) as stores:
        (row,) = stores.outbox(TERMINAL).list_rows()
    return row.state


def journalled(home: Path) -> list[str]:
    with Stores(home) as stores:
        entries = Journal(stores._db, TERMINAL).entries(limit=100)
    return [entry.detail for entry in entries if entry.event == JournalEvent.RECEIPT_REFUSED]


def test_a_true_decision_is_taken_once(tmp_path: Path, server: ActingServer) -> None:
    server.decisions = (Decision(7, refused(tmp_path, server)[1]),)

    events = run(tmp_path)

    assert [(event.name, event.details.get("code")) for event in events[2:]] == [("decided", "asked-again")]
    assert state(tmp_path) is RecordState.REFUSED
    assert [event.name for event in run(tmp_path)] == ["proven", "sent"]


def test_what_another_key_signed_is_journalled_and_passed_over(tmp_path: Path, server: ActingServer) -> None:
    receipt, true = refused(tmp_path, server)
    forged = ActingOperator().sign_receipt(receipt)
    twisted = replace(true, signature=bytes(64))
    server.decisions = (Decision(1, forged), Decision(2, twisted))

    assert [event.name for event in run(tmp_path)[2:]] == ["receipt-refused"] * 2
    assert state(tmp_path) is RecordState.ACCEPTED
    assert len(journalled(tmp_path)) == 2

    server.decisions = (*server.decisions, Decision(3, true))
    assert [event.name for event in run(tmp_path)[2:]] == ["decided"]


@pytest.mark.parametrize(
    "changes", [{"envelope_sha256": "a" * 64}, {"sequence": 2}, {"terminal": "T001-9"}], ids=str
)
def test_what_fits_no_record_changes_nothing(
    tmp_path: Path, server: ActingServer, changes: dict[str, object]
) -> None:
    server.decisions = (Decision(1, refused(tmp_path, server, **changes)[1]),)

    run(tmp_path)

    assert state(tmp_path) is RecordState.ACCEPTED
    assert journalled(tmp_path) == list(changes)


def test_a_word_older_than_the_one_that_is_here_changes_nothing(tmp_path: Path, server: ActingServer) -> None:
    server.decisions = (Decision(1, refused(tmp_path, server, operator_time=NOW)[1]),)

    assert [event.name for event in run(tmp_path)[2:]] == []
    assert state(tmp_path) is RecordState.ACCEPTED
