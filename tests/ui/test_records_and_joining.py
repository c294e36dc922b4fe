"""The list of records by pages, and the first start."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLabel

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState, ServiceDetails, Statements
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.sync.stores import Stores
from outlet_app.ui.app import Kiosk
from outlet_app.ui.desk import PAGE, Desk
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.ui import acting
from tests.ui.conftest import CLERK, PIN, now, until
from tests.ui.fictional import card_read

OpenKiosk = Callable[..., Kiosk]
MANY = PAGE + 7


@pytest.fixture
def full_home(tmp_path: Path, own_operator: OperatorUnderTest) -> Path:
    """A terminal with more records than fit on a page, whose server is away."""
    folder = tmp_path / "outlet"
    enrol(folder, own_operator.url, own_operator.code(own_operator.outlet()), now)
    own_operator.stop()
    desk = Desk(folder, now)
    clerk = desk.people.sign_in(CLERK, PIN)
    card = card_read()
    for order in range(MANY):
        draft, _review = desk.look(card, clerk)
        details = ServiceDetails(f"1380013{order:04d}", f"8986000000000000{order:04d}")
        record = desk.confirm(replace(draft), details, Statements(True, True), clerk)
        desk.slip_shown(record.record_id)
    desk.close()
    return folder


def test_older_records_come_page_by_page_when_the_list_is_scrolled(
    open_kiosk: OpenKiosk, full_home: Path
) -> None:
    kiosk = open_kiosk(full_home)
    acting.at_home(kiosk)
    until(lambda: f"Registered today {MANY}" in acting.everything_said(kiosk))
    acting.press(kiosk, "tile-records")
    model = kiosk.shell.records.model
    until(lambda: model.rowCount() == PAGE)
    kiosk.shell.records.list.scrollToBottom()
    until(lambda: model.rowCount() == MANY)
    shown = [model.index(row, 0).data() for row in range(MANY)]
    assert len(set(shown)) == MANY
    assert "-000001 " in shown[-1]
    assert not model.canFetchMore(QModelIndex())


def test_records_are_shown_by_state(open_kiosk: OpenKiosk, full_home: Path) -> None:
    kiosk = open_kiosk(full_home)
    acting.at_home(kiosk)
    acting.press(kiosk, "tile-records")
    until(lambda: kiosk.shell.records.model.rowCount() > 0)
    acting.press(kiosk, "filter-accepted")
    until(lambda: "Nothing here yet" in acting.everything_said(kiosk) and _is_empty(kiosk))
    acting.press(kiosk, "filter-queued")
    until(lambda: kiosk.shell.records.model.rowCount() == PAGE)
    assert kiosk.shell.records.state is RecordState.QUEUED
    acting.press(kiosk, "tile-open")
    assert kiosk.counter.state is State.HOME


def _is_empty(kiosk: Kiosk) -> bool:
    return kiosk.shell.records.model.rowCount() == 0


def test_a_new_terminal_joins_with_the_code_it_was_given(
    open_kiosk: OpenKiosk, operator: OperatorUnderTest, tmp_path: Path
) -> None:
    kiosk = open_kiosk(tmp_path / "new")
    until(lambda: kiosk.shell.page is kiosk.shell.join)
    assert not kiosk.shell.rail.open_tile.isVisible()
    outlet = operator.outlet()
    acting.fill(kiosk, "join-server", operator.url)
    acting.fill(kiosk, "join-code", "wrong-code")
    acting.press(kiosk, "join-submit")
    until(lambda: "The enrolment code is wrong." in acting.everything_said(kiosk))
    assert kiosk.shell.join.code.line.text() == ""
    acting.fill(kiosk, "join-code", operator.code(outlet))
    acting.press(kiosk, "join-submit")
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    assert f"Test outlet {outlet}" in acting.everything_said(kiosk)
    assert "Test system" in acting.everything_said(kiosk)
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)


def test_only_what_works_is_offered(open_kiosk: OpenKiosk, home: Path) -> None:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    rail = kiosk.shell.rail
    assert [tile.accessibleName() for tile in rail._tiles if tile.isVisible()] == [
        "New number",
        "Today's records",
        "Close the day",
    ]
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert not rail.records_tile.isEnabled()
    assert not rail.day_tile.isEnabled()


def revoked(operator: OperatorUnderTest, outlet: OutletUnderTest) -> str:
    """The terminal of this name was revoked, and has heard of it."""
    with Stores(outlet.home) as stores:
        former = stores.enrolments.terminals()[0]
    operator.run("revoke", "--terminal", former)
    with pytest.raises(KnownFailure) as caught:
        outlet.send()
    assert caught.value.code is FailureCode.TERMINAL_REVOKED
    return former


def test_who_joins_anew_sees_what_the_former_terminal_gave_out_and_what_was_received(
    open_kiosk: OpenKiosk, own_operator: OperatorUnderTest, tmp_path: Path
) -> None:
    outlet = OutletUnderTest(tmp_path / "outlet")
    place = own_operator.outlet()
    outlet.enrol(own_operator.url, own_operator.code(place))
    for _ in range(2):
        outlet.register()
    outlet.send()
    former = revoked(own_operator, outlet)
    kiosk = open_kiosk(outlet.home)
    acting.at_home(kiosk)
    until(lambda: acting.widget(kiosk, "home-join").isVisible())
    acting.press(kiosk, "home-join")
    until(lambda: kiosk.shell.page is kiosk.shell.join)
    acting.press(kiosk, "join-back")
    until(lambda: kiosk.shell.page is kiosk.shell.home)
    acting.press(kiosk, "home-join")
    acting.fill(kiosk, "join-server", own_operator.url)
    acting.fill(kiosk, "join-code", own_operator.code(place))
    acting.press(kiosk, "join-submit")
    until(lambda: former in acting.everything_said(kiosk))
    assert kiosk.shell.page is kiosk.shell.join
    facts = acting.widget(kiosk, "former-facts")
    said = [label.text() for label in facts.findChildren(QLabel)]
    assert f"Before, it was terminal {former}" in said
    told = {label.accessibleName() for label in facts.findChildren(QLabel)}
    assert {
        "Last number given out here: 2",
        "Last number received by the operator: 2",
        "Received without a gap up to: 2",
        "Records that still wait here: 0",
    } <= told
    assert kiosk.counter.clerk is None
    acting.press(kiosk, "join-submit")
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    assert former not in acting.everything_said(kiosk)
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)
    until(lambda: not acting.widget(kiosk, "home-join").isVisible())
