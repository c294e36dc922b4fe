"""Ten thousand records wait, and the first error proves that all would fail: one batch is tried at most."""

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns.faults.faults import Fault, FaultKind, Message, nothing
from campaigns.faults.proxy import FaultProxy
from outlet_app.contract import api
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.database import write
from outlet_app.store.pacing_store import Pacing
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import through

WAITING = 10_000
_RECORD = """
    INSERT INTO outbox (terminal, sequence, record_id, outlet, kind, channel, policy, confirmed_at,
        envelope_sha256, state, slip_shown_at)
    VALUES (?, ?, ?, 'T001', 'open', 'counter', 1, :at, ?, 'queued', :at)
""".replace(":at", "'2026-03-02T04:00:00.000Z'")


def fill(outlet: OutletUnderTest) -> str:
    """Ten thousand records at once, their bytes noise: nobody opens them. The terminal's name."""
    noise = [order.to_bytes(4) * 100 for order in range(1, WAITING + 1)]
    ids = [f"01890a5d-ac96-7000-8000-{order:012x}" for order in range(1, WAITING + 1)]
    with Stores(outlet.home) as stores:
        (terminal,) = stores.enrolments.terminals()
        with write(stores._db):
            stores._db.conn.executemany(
                _RECORD,
                (
                    (terminal, order, record_id, hashlib.sha256(data).hexdigest())
                    for order, record_id, data in zip(itertools.count(1), ids, noise, strict=False)
                ),
            )
            stores._db.conn.executemany(
                "INSERT INTO sealed (record_id, envelope) VALUES (?, ?)", zip(ids, noise, strict=True)
            )
    return terminal


class Crowded:
    """A terminal where ten thousand wait, behind a proxy."""

    def __init__(self, outlet: OutletUnderTest, proxy: FaultProxy) -> None:
        self.outlet, self.proxy = outlet, proxy
        self.terminal = fill(outlet)
        through(proxy, outlet)

    def code(self) -> FailureCode:
        with pytest.raises(KnownFailure) as failure:
            self.outlet.send()
        return failure.value.code

    @property
    def contacts(self) -> int:
        return sum(1 for request in self.proxy.requests if request.path == api.CONTACT_PATH)

    @property
    def tried(self) -> int:
        """Records that went out, or were about to; all must wait again."""
        with Stores(self.outlet.home) as stores:
            found = stores._db.execute(
                "SELECT state, sum(attempts > 0) FROM outbox GROUP BY state"
            ).fetchall()
        assert [state for state, _ in found] == ["queued"]
        return int(found[0][1])

    @property
    def pacing(self) -> Pacing:
        with Stores(self.outlet.home) as stores:
            return stores.pacing(self.terminal).load()


@pytest.fixture(autouse=True)
def _long_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at ten thousand records takes a busy machine longer than the first wait is."""
    monkeypatch.setattr("outlet_app.sync.schedule.LINK_FIRST_S", 250.0)


@pytest.fixture
def crowded(operator: OperatorUnderTest, tmp_path: Path) -> Iterator[Crowded]:
    outlet = OutletUnderTest(tmp_path / "outlet")
    outlet.enrol(operator.url, operator.code(operator.outlet()))
    with FaultProxy(operator.port, nothing) as proxy:
        yield Crowded(outlet, proxy)


def test_after_a_revocation_one_batch_is_tried(operator: OperatorUnderTest, crowded: Crowded) -> None:
    operator.revoke(crowded.terminal)
    batch = crowded.pacing.batch_size

    assert crowded.code() == FailureCode.TERMINAL_REVOKED

    assert (crowded.contacts, crowded.tried) == (1, batch)
    assert crowded.pacing.last_failure == FailureCode.TERMINAL_REVOKED
    assert crowded.outlet.send(once=False).contacts == 0, "and nothing more before its back-off is over"
    assert (crowded.contacts, crowded.tried) == (1, batch)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.STATUS_500, FailureCode.SERVER_ERROR),
        (FaultKind.BUSY_SECONDS, FailureCode.SERVER_BUSY),
        (FaultKind.LOGIN_PAGE, FailureCode.SERVER_NOT_OURS),
        (FaultKind.GARBAGE_BODY, FailureCode.SERVER_ANSWER_MALFORMED),
        (FaultKind.CUT, FailureCode.SERVER_ERROR),
    ],
)
def test_of_a_server_that_fails_one_batch_is_tried(
    crowded: Crowded, kind: FaultKind, code: FailureCode
) -> None:
    crowded.proxy.script = lambda _connection, _order: Fault(kind, 1, Message.REQUEST)
    batch = crowded.pacing.batch_size

    assert crowded.code() == code

    assert (crowded.contacts, crowded.tried) == (1, batch)
    assert crowded.outlet.send(once=False).contacts == 0


def test_of_a_server_that_is_down_or_another_s_nothing_is_tried(
    operator: OperatorUnderTest, crowded: Crowded
) -> None:
    crowded.proxy.script = lambda _connection, _order: Fault(FaultKind.LOGIN_PAGE, 0, Message.REQUEST)
    assert crowded.code() == FailureCode.SERVER_NOT_OURS
    crowded.proxy.close()
    assert crowded.code() == FailureCode.SERVER_REFUSED_CONNECTION
    assert (crowded.contacts, crowded.tried) == (0, 0)
