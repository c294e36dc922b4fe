"""Ten thousand numbers compared over a real line: few round trips and few bytes, whatever differs."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import pytest

from outlet_app.contract.reconciliation import ReconciliationAnswer, ReconciliationRequest
from outlet_app.contract.signed_object import SignedObject
from outlet_app.domain.days import DifferenceKind
from outlet_app.store.day_store import StoredResult
from outlet_app.sync.operator_api import OperatorApi
from outlet_app.sync.reconciling import reconcile
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest

COUNT = 10_000
AT = "2026-03-02T04:00:00.000Z"
_HERE = (
    "INSERT INTO outbox (terminal, sequence, record_id, outlet, kind, channel, policy, confirmed_at,"
    " envelope_sha256, state, receipt, operator_time, slip_shown_at)"
    " VALUES (?, ?, ?, 'T001', 'open', 'counter', 1, ?, ?, 'accepted', x'00', ?, ?)"
)
_THERE = (
    "INSERT INTO records (id, terminal, sequence, outlet, previous, envelope_sha256, envelope, policy, key,"
    " kind, channel, confirmed_at, received_at, state, clerk, receipt)"
    " VALUES (?, ?, ?, 'T001', '', ?, x'00', 1, '', 'open', 'counter', ?, ?, 'accepted', '7001', x'00')"
)


def sha256(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


class Both:
    """A terminal and its operator who both hold the same ten thousand numbers."""

    def __init__(self, outlet: OutletUnderTest, operator: OperatorUnderTest) -> None:
        self.outlet = outlet
        self.operator = operator
        with Stores(outlet.home) as stores:
            self.terminal = stores.enrolments.terminals()[0]
        numbers = range(1, COUNT + 1)
        with closing(sqlite3.connect(outlet.home / "outlet.db")) as db, db:
            db.executemany(
                _HERE, [(self.terminal, n, str(UUID(int=n)), AT, sha256(n), AT, AT) for n in numbers]
            )
        self.at_operator(_THERE, [(str(UUID(int=n)), self.terminal, n, sha256(n), AT, AT) for n in numbers])

    def at_operator(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """What becomes of the operator's database behind its back."""
        with closing(sqlite3.connect(self.operator.folder / "operator.db")) as db, db:
            db.executemany(statement, rows)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("ten-thousand")
    operator = new_operator(folder / "operator")
    operator.start()
    outlet = OutletUnderTest(folder / "outlet")
    outlet.enrol(operator.url, operator.code(operator.outlet("T001")))
    yield Both(outlet, operator)
    operator.stop()


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of each comparison's request and answer, over the real line."""
    sizes: list[int] = []
    ask = OperatorApi.reconcile

    def counted(
        api: OperatorApi, request: ReconciliationRequest
    ) -> tuple[ReconciliationAnswer, SignedObject]:
        answer, signed = ask(api, request)
        if request.ranges:
            sizes.append(len(request.encode()) + len(signed.encode()))
        return answer, signed

    monkeypatch.setattr(OperatorApi, "reconcile", counted)
    return sizes


def compared(both: Both) -> StoredResult:
    return reconcile(both.outlet.home, both.outlet.clock)


def test_agreement_takes_one_question(both: Both, spoken: list[int]) -> None:
    result = compared(both).result
    assert (result.last, result.difference_count) == (COUNT, 0)
    assert len(spoken) == 1
    assert sum(spoken) < 2_000


def test_one_record_that_differs_is_found_in_three(both: Both, spoken: list[int]) -> None:
    change = "UPDATE records SET envelope_sha256 = ? WHERE terminal = ? AND sequence = ?"
    both.at_operator(change, [(sha256(-1), both.terminal, 7_777)])
    result = compared(both).result
    both.at_operator(change, [(sha256(7_777), both.terminal, 7_777)])
    (difference,) = result.differences
    assert (difference.sequence, difference.kind) == (7_777, DifferenceKind.BYTES_DIFFER)
    assert len(spoken) == 3
    assert sum(spoken) < 12_000


def test_an_hour_that_the_operator_lost_is_named_whole(both: Both, spoken: list[int]) -> None:
    lost = [(n, both.terminal) for n in range(9_501, COUNT + 1)]
    both.at_operator("DELETE FROM records WHERE sequence = ? AND terminal = ?", list(lost))
    result = compared(both).result
    both.at_operator(
        _THERE, [(str(UUID(int=n)), both.terminal, n, sha256(n), AT, AT) for n, _terminal in lost]
    )
    assert [one.sequence for one in result.differences] == [n for n, _terminal in lost]
    assert {one.kind for one in result.differences} == {DifferenceKind.MISSING_AT_OPERATOR}
    assert len(spoken) == 3
    assert sum(spoken) < 60_000


def test_where_everything_differs_the_answers_stay_bounded_and_the_count_is_whole(
    both: Both, spoken: list[int]
) -> None:
    change = "UPDATE records SET state = 'received' WHERE terminal = ?"
    both.at_operator(change, [(both.terminal,)])
    result = compared(both).result
    both.at_operator("UPDATE records SET state = 'accepted' WHERE terminal = ?", [(both.terminal,)])
    assert result.difference_count == COUNT
    assert (len(result.differences), result.differences[0].kind) == (1_000, DifferenceKind.STATE_DIFFERS)
    assert len(spoken) <= 6
    assert sum(spoken) < 120 * COUNT
    assert max(spoken) < 1_000_000
