"""The operator's database is an hour old again: what it lost arrives again, once, from every terminal."""

import shutil
import sys
from pathlib import Path

import pytest

from campaigns.faults import books, server_process
from campaigns.faults.filling import fill
from campaigns.faults.unreadable_record import add_unreadable
from outlet_app.domain.registrations import RecordState
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest

BATCH = 5
SERVER = [sys.executable, server_process.__file__, str(BATCH)]


class Outlet:
    """One terminal with all that was registered at it."""

    def __init__(self, home: Path, operator: OperatorUnderTest, first: int) -> None:
        self.outlet = OutletUnderTest(home)
        self.name = self.outlet.enrol(operator.url, operator.code(operator.outlet())).terminal
        self.numbers: list[str] = []
        self._next = first

    def register(self, records: int) -> None:
        self.numbers += fill(self.outlet.home, self._next, records)
        self._next += 1000

    @property
    def account(self) -> books.Account:
        return books.Account(self.outlet.home, self.name, self.numbers)


def test_what_a_restored_operator_lost_arrives_again_once(tmp_path: Path) -> None:
    operator = new_operator(tmp_path / "operator")
    operator.start(SERVER)
    try:
        outlets = [Outlet(tmp_path / f"outlet-{at}", operator, at * 100_000) for at in (1, 2)]
        for one in outlets:
            one.register(7)
            one.outlet.send()
        operator.stop()
        shutil.copytree(operator.folder, tmp_path / "an hour ago")
        operator.start(SERVER)
        for one in outlets:
            one.register(12)
            assert one.outlet.send().accepted == 12
            one.register(3)  # not sent when the operator's disk fails
        operator.kill()
        shutil.rmtree(operator.folder)
        shutil.move(tmp_path / "an hour ago", operator.folder)
        operator.start(SERVER)

        for one in outlets:
            report = one.outlet.send()
            assert (report.sent, report.accepted, report.left) == (15, 15, 0)
            answers = [event.details["answer"] for event in one.outlet.events if event.name == "answered"]
            assert answers == ["accepted"] * 15, "what it had just signed for was not sent again"
            assert one.outlet.event_names().count("operator-fell-back") == 1
            again = one.outlet.send()
            assert (again.sent, one.outlet.event_names()) == (0, ["proven", "sent"])
        assert books.faults(operator, [one.account for one in outlets]) == []
    finally:
        operator.stop()


@pytest.mark.parametrize("before", [0, 4])
def test_a_record_that_it_could_never_take_does_not_hide_what_it_lost(tmp_path: Path, before: int) -> None:
    """That one keeps the unbroken numbers below itself for good."""
    operator = new_operator(tmp_path / "operator")
    operator.start(SERVER)
    try:
        one = Outlet(tmp_path / "outlet", operator, 1)
        if before:
            one.register(before)
        aside = add_unreadable(one.outlet.home)
        one.register(2)
        one.outlet.send()
        operator.stop()
        shutil.copytree(operator.folder, tmp_path / "an hour ago")
        operator.start(SERVER)
        one.register(8)
        assert one.outlet.send().accepted == 8
        operator.stop()
        shutil.rmtree(operator.folder)
        shutil.move(tmp_path / "an hour ago", operator.folder)
        operator.start(SERVER)

        report = one.outlet.send()

        assert (report.sent, report.accepted, report.left) == (8, 8, 0)
        assert one.outlet.send().sent == 0
        held = sorted(record["number"] for record in operator.records(reveal=True))
        assert held == sorted(one.numbers)
        assert one.outlet.state(aside) is RecordState.QUARANTINED
    finally:
        operator.stop()
