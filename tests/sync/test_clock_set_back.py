"""A clock that is set back in the middle of a wait must not make hours of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode
from outlet_app.store.pacing_store import Pacing
from outlet_app.sync import schedule
from outlet_app.sync.sender import next_contact_at
from outlet_app.sync.stores import Stores
from tests.store.filled import after, install
from tests.trust.acting_operator import NOW, ActingOperator

HALF_A_DAY = timedelta(hours=12)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """Of a terminal that has nothing to send."""
    install(tmp_path, ActingOperator().enrol())
    with Stores(tmp_path) as found:
        yield found


def due(stores: Stores, pacing: Pacing, now: datetime) -> datetime | None:
    (terminal,) = stores.enrolments.terminals()
    stores.pacing(terminal).save(pacing)
    return next_contact_at(stores, terminal, now)


@pytest.mark.parametrize("failure", [FailureCode.NETWORK_UNREACHABLE, FailureCode.SERVER_TIMEOUT])
def test_the_back_off_of_the_link(stores: Stores, failure: FailureCode) -> None:
    until = after(schedule.LINK_MOST_S)
    pacing = Pacing(failures=9, last_failure=failure, backoff_until=until)
    assert due(stores, pacing, NOW) == until
    assert due(stores, pacing, NOW - HALF_A_DAY) is None


def test_patience_that_the_server_asked_for_is_kept(stores: Stores) -> None:
    until = after(schedule.MOST_SERVER_WAIT_S)
    pacing = Pacing(failures=1, last_failure=FailureCode.SERVER_BUSY, backoff_until=until)
    assert due(stores, pacing, NOW) == until
    assert due(stores, pacing, NOW - HALF_A_DAY) is None


@pytest.mark.parametrize("stopped", [False, True])
def test_the_interval_of_the_server(stores: Stores, *, stopped: bool) -> None:
    pacing = Pacing(next_contact_at=after(3600), stopped=stopped, last_contact_at=NOW)
    assert due(stores, pacing, NOW) == after(3600)
    assert due(stores, pacing, NOW - HALF_A_DAY) is None


def test_a_failing_link_is_waited_for_on_the_clock_that_was_set_back(stores: Stores) -> None:
    good = Pacing(next_contact_at=after(60), last_contact_at=NOW)
    early = NOW - HALF_A_DAY
    until = early + timedelta(seconds=schedule.LINK_MOST_S)
    failing = replace(good, failures=3, last_failure=FailureCode.SERVER_TIMEOUT, backoff_until=until)
    assert due(stores, failing, early) == until, "no storm of contacts"
