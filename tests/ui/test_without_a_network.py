"""The server away and back, slips that nobody saw, the window closed with records unsent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from outlet_app.domain.registrations import RecordState, ServiceDetails, Statements
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.ui.app import Kiosk
from outlet_app.ui.desk import Desk
from tests.operator_fixture import OperatorUnderTest
from tests.ui import acting
from tests.ui.conftest import CLERK, ICCID, NUMBER, OTHER_ICCID, PIN, now, until
from tests.ui.fictional import card_read

OpenKiosk = Callable[..., Kiosk]


@pytest.fixture
def home_alone(tmp_path: Path, own_operator: OperatorUnderTest) -> Path:
    """A terminal that has joined an outlet, whose server has gone away."""
    folder = tmp_path / "outlet"
    enrol(folder, own_operator.url, own_operator.code(own_operator.outlet()), now)
    own_operator.stop()
    return folder


def store(home: Path, number: str, iccid: str) -> None:
    """A record stored as a counter does, whose slip nobody saw."""
    desk = Desk(home, now)
    clerk = desk.people.sign_in(CLERK, PIN)
    draft, _review = desk.look(card_read(), clerk)
    desk.confirm(draft, ServiceDetails(number, iccid), Statements(True, True), clerk)
    desk.close()


def test_a_record_waits_for_the_server_and_is_accepted_once_it_is_back(
    open_kiosk: OpenKiosk, home_alone: Path, own_operator: OperatorUnderTest
) -> None:
    kiosk = open_kiosk(home_alone)
    acting.at_home(kiosk)
    acting.register(kiosk)
    until(lambda: "Waiting to be sent" in acting.everything_said(kiosk))
    until(lambda: "server takes no connections" in acting.everything_said(kiosk))
    until(lambda: "1 waiting · oldest under a minute" in acting.everything_said(kiosk))
    acting.press(kiosk, "page-done")
    own_operator.start()
    until(lambda: _accepted(kiosk), within_s=60.0)
    assert "The operator's receipt" in acting.everything_said(kiosk)
    assert [record["state"] for record in own_operator.records()] == ["accepted"]


def _accepted(kiosk: Kiosk) -> bool:
    record = kiosk.shell.done.record
    assert record is not None
    return record.state is RecordState.ACCEPTED and record.receipt is not None


def test_a_number_that_waits_here_is_refused_with_the_first_ones_local_number(
    open_kiosk: OpenKiosk, home_alone: Path
) -> None:
    store(home_alone, NUMBER, ICCID)
    kiosk = open_kiosk(home_alone)
    until(lambda: kiosk.counter.state is State.SLIPS)
    acting.press(kiosk, "done-next")
    acting.at_home(kiosk)
    acting.to_details(kiosk, "second-man")
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", OTHER_ICCID)
    until(lambda: kiosk.shell.service.number.is_wrong)
    assert "-000001" in kiosk.shell.service.number._verdict.text()
    assert not kiosk.shell.service.confirm.isEnabled()


def test_the_same_document_again_is_told(open_kiosk: OpenKiosk, home_alone: Path) -> None:
    store(home_alone, NUMBER, ICCID)
    kiosk = open_kiosk(home_alone)
    until(lambda: kiosk.counter.state is State.SLIPS)
    acting.press(kiosk, "done-next")
    acting.at_home(kiosk)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    assert "1 number was registered here with this card" in acting.everything_said(kiosk)


def test_slips_that_nobody_saw_come_before_anything_else(open_kiosk: OpenKiosk, home_alone: Path) -> None:
    store(home_alone, NUMBER, ICCID)
    store(home_alone, "13900139000", OTHER_ICCID)
    kiosk = open_kiosk(home_alone)
    until(lambda: kiosk.counter.state is State.SLIPS)
    assert "Stored before the interruption" in acting.everything_said(kiosk)
    assert kiosk.shell.done._number.text().endswith("000 001")
    until(lambda: _unseen(home_alone) == 1)
    acting.press(kiosk, "done-next")
    assert kiosk.shell.done._number.text().endswith("000 002")
    until(lambda: _unseen(home_alone) == 0)
    acting.press(kiosk, "done-next")
    assert kiosk.shell.page is kiosk.shell.sign_in


def _unseen(home: Path) -> int:
    desk = Desk(home, now)
    count = len(desk.slips_not_shown())
    desk.close()
    return count


def test_the_slip_goes_home_by_itself_unless_it_is_touched(open_kiosk: OpenKiosk, home_alone: Path) -> None:
    kiosk = open_kiosk(home_alone)
    acting.at_home(kiosk)
    acting.register(kiosk)
    until(lambda: kiosk.shell.done._record is not None)
    kiosk.shell.done._second.setInterval(20)
    until(lambda: kiosk.counter.state is State.HOME)
    acting.register(kiosk, "13900139000", OTHER_ICCID, "second-man")
    acting.press(kiosk, "page-done")
    assert "Stays until you go on" in acting.everything_said(kiosk)


def test_closing_with_records_unsent_says_so_first(open_kiosk: OpenKiosk, home_alone: Path) -> None:
    kiosk = open_kiosk(home_alone)
    acting.at_home(kiosk)
    acting.register(kiosk)
    until(lambda: kiosk._link.waiting == 1)
    kiosk.shell.close()
    assert kiosk.shell.isVisible()
    assert "1 record was not sent yet" in acting.everything_said(kiosk)
    acting.press(kiosk, "closing-back")
    assert kiosk.shell.page is kiosk.shell.done
    kiosk.shell.close()
    acting.press(kiosk, "closing-close")
    assert not kiosk.shell.isVisible()
