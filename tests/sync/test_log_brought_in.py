"""The write-ahead log is brought into the database by who waits anyway, never by a clerk's confirm."""

import time
from pathlib import Path

from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.sync.stores import Stores
from outlet_app.sync.worker import SyncWorker
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest

SALES = 120
"""More than a thousand pages of log, at which SQLite by itself would let the next commit copy them."""


def pages(home: Path) -> int:
    return (home / FILE_NAME).stat().st_size // 4096


def test_a_hundred_confirms_leave_the_log_to_the_sender(
    own_operator: OperatorUnderTest, own_outlet: OutletUnderTest
) -> None:
    own_operator.stop()
    # as at an open counter: somebody always has the file open, so that no close brings the log in
    counter = open_database(own_outlet.home / FILE_NAME)
    before = pages(own_outlet.home)
    own_outlet.register_all(
        (f"138{number:08d}", f"898600{number:014d}", f"person-{number}") for number in range(SALES)
    )
    assert pages(own_outlet.home) == before
    worker = SyncWorker(own_outlet.home, lambda _: None, look_s=0.2)
    worker.start()
    deadline = time.monotonic() + 20
    while pages(own_outlet.home) == before:
        assert time.monotonic() < deadline, "nobody brought the log in"
        time.sleep(0.02)
    assert worker.stop()
    with Stores(own_outlet.home) as stores:
        assert stores.bring_log_in()
    counter.close()
