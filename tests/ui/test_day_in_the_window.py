"""The day closed at the counter: seen side by side, compared, signed over; and a record that is given up."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from outlet_app.domain.registrations import ServiceDetails, Statements
from outlet_app.intake.journey import State
from outlet_app.intake.service import SignedInClerk
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.stores import Stores
from outlet_app.ui.app import Kiosk
from outlet_app.ui.closing_desk import ClosingDesk
from outlet_app.ui.day_views import DayView
from outlet_app.ui.desk import Desk
from tests.operator_fixture import OperatorUnderTest
from tests.ui import acting
from tests.ui.conftest import CLERK, PIN, now, until
from tests.ui.fictional import card_read

OpenKiosk = Callable[..., Kiosk]
SUPERVISOR, SUPERVISOR_PIN, TECHNICIAN = "7002", "161803", "7003"
PAIRS = ((f"1370013{n:04d}", f"8986008800000000{n:04d}") for n in range(1, 9999))


@pytest.fixture
def home(tmp_path: Path, operator: OperatorUnderTest) -> Path:
    """A terminal of an outlet with a supervisor and a technician."""
    folder = tmp_path / "outlet"
    outlet = operator.outlet()
    operator.clerk(outlet, SUPERVISOR, SUPERVISOR_PIN, "supervisor")
    operator.clerk(outlet, TECHNICIAN, PIN, "technician")
    enrol(folder, operator.url, operator.code(outlet), now)
    return folder


def registered(home: Path) -> UUID:
    """A registration made just now, its slip seen."""
    with closing(Desk(home, now)) as desk:
        clerk = desk.people.sign_in(CLERK, PIN)
        draft, _review = desk.look(card_read(), clerk)
        record = desk.confirm(draft, ServiceDetails(*next(PAIRS)), Statements(True, True), clerk)
        desk.slip_shown(record.record_id)
        return record.record_id


def at_the_day(kiosk: Kiosk) -> DayView:
    acting.press(kiosk, "tile-day")
    until(lambda: kiosk.shell.page is kiosk.shell.day and kiosk.shell.day.view is not None)
    view = kiosk.shell.day.view
    assert view is not None
    return view


def test_the_day_is_compared_and_closed_with_a_pin(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest
) -> None:
    registered(home)
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    until(lambda: bool(operator.records()))
    page = kiosk.shell.day
    until(lambda: at_the_day(kiosk).with_operator == 1)
    view = page.view
    assert view is not None
    assert (view.records, view.slips, view.in_journal, view.open_count) == (1, 1, 1, 0)
    acting.press(kiosk, "day-compare")
    until(lambda: page.view is not None and page.view.comparison is not None)
    assert "agree" in acting.everything_said(kiosk)
    acting.press(kiosk, "day-go")
    assert page.is_signing
    assert not page.go.isEnabled()
    acting.fill(kiosk, "day-pin", "000000")
    acting.press(kiosk, "day-go")
    until(lambda: "wrong" in acting.everything_said(kiosk))
    acting.fill(kiosk, "day-pin", PIN)
    acting.press(kiosk, "day-go")
    until(lambda: "Day closed" in acting.everything_said(kiosk))
    assert PIN not in acting.everything_said(kiosk)
    with Stores(home) as stores:
        (kept,) = stores.days(stores.enrolments.terminals()[0]).closings()
    assert (kept.closing.last, kept.closing.closed_by.number) == (1, CLERK)
    acting.press(kiosk, "day-go")
    until(lambda: kiosk.shell.page is kiosk.shell.records)


def test_without_a_network_it_is_said_and_the_day_is_closed_all_the_same(
    open_kiosk: OpenKiosk, tmp_path: Path, own_operator: OperatorUnderTest
) -> None:
    home = tmp_path / "outlet"
    enrol(home, own_operator.url, own_operator.code(own_operator.outlet()), now)
    registered(home)
    own_operator.stop()
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    assert at_the_day(kiosk).open_count == 1
    acting.press(kiosk, "day-compare")
    until(lambda: acting.widget(kiosk, "day-refusal").isVisible())
    acting.press(kiosk, "day-go")
    assert "I have seen the list of 1 open record" in acting.everything_said(kiosk)
    acting.fill(kiosk, "day-pin", PIN)
    acting.press(kiosk, "day-go")
    until(lambda: "Day closed" in acting.everything_said(kiosk))
    own_operator.start()


def test_a_technician_finds_no_way_to_it_and_the_pin_leaves_with_the_page(
    open_kiosk: OpenKiosk, home: Path
) -> None:
    registered(home)
    kiosk = open_kiosk(home)
    acting.sign_in(kiosk, TECHNICIAN)
    until(lambda: kiosk.counter.state is State.HOME)
    assert not kiosk.shell.rail.day_tile.isVisible()
    acting.press(kiosk, "strip-clerk")
    until(lambda: kiosk.counter.state is State.SIGNED_OUT)
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)
    at_the_day(kiosk)
    acting.press(kiosk, "day-go")
    acting.fill(kiosk, "day-pin", PIN)
    acting.press(kiosk, "tile-records")
    until(lambda: kiosk.shell.page is kiosk.shell.records)
    assert kiosk.shell.day.view is None
    assert not kiosk.shell.day.is_signing


def test_a_record_set_aside_is_given_up_with_a_supervisor(open_kiosk: OpenKiosk, home: Path) -> None:
    record_id = registered(home)
    with Stores(home) as stores:
        outbox = stores.outbox(stores.enrolments.terminals()[0])
        outbox.quarantine(record_id, "fields-differ", now(), who="clerk")
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    acting.press(kiosk, "tile-records")
    records = kiosk.shell.records
    until(lambda: records.model.rowCount() == 1 and kiosk.shell.page is records)
    box = records.list.visualRect(records.model.index(0, 0))
    QTest.mouseClick(records.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    until(lambda: kiosk.shell.page is kiosk.shell.mend)
    assert "For the clerk to mend · Set aside less than an hour ago" in acting.everything_said(kiosk)
    acting.press(kiosk, "mend-give-up")
    acting.press(kiosk, "give-up-reason-registered-anew")
    acting.press(kiosk, "mend-go")
    acting.fill(kiosk, "second-number", SUPERVISOR)
    acting.fill(kiosk, "second-pin", SUPERVISOR_PIN)
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.shell.mend.is_at_facts and "Given up" in acting.everything_said(kiosk))
    with Stores(home) as stores:
        row = stores.outbox("").by_id(record_id)
    assert row.given_up is not None
    assert (row.given_up.reason, row.given_up.by) == ("registered-anew", SUPERVISOR)


def test_while_very_many_numbers_are_looked_at_the_counter_goes_on(
    open_kiosk: OpenKiosk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, looked = threading.Event(), ClosingDesk.look

    def look(days: ClosingDesk, clerk: SignedInClerk) -> DayView:
        assert seen.wait(20)
        return looked(days, clerk)

    monkeypatch.setattr(ClosingDesk, "look", look)
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    page = kiosk.shell.day
    acting.press(kiosk, "tile-day")
    until(lambda: kiosk.shell.page is page)
    assert (page.view, page.is_busy, page.go.isEnabled()) == (None, True, False)
    acting.press(kiosk, "tile-records")
    until(lambda: kiosk.shell.page is kiosk.shell.records and kiosk.bridge.is_idle)
    seen.set()
    until(lambda: not kiosk._days.work.is_busy)
    assert kiosk.shell.page is kiosk.shell.records, "nobody is taken back to where they went away from"
    assert at_the_day(kiosk).records == 0
