"""From the list of records to what mends one: taken back, corrected, the card laid down again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from outlet_app.domain.registrations import ServiceDetails, Statements
from outlet_app.intake.journey import State
from outlet_app.sync.enrolling import enrol
from outlet_app.ui.app import Kiosk
from outlet_app.ui.desk import Desk
from tests.operator_fixture import OperatorUnderTest
from tests.ui import acting
from tests.ui.conftest import CLERK, PIN, now, until
from tests.ui.fictional import card_read

OpenKiosk = Callable[..., Kiosk]
SUPERVISOR, SUPERVISOR_PIN = "7002", "161803"
PAIRS = ((f"1390013{n:04d}", f"8986009900000000{n:04d}") for n in range(1, 9999))


@pytest.fixture
def home(tmp_path: Path, operator: OperatorUnderTest) -> Path:
    """A terminal of an outlet with a supervisor."""
    folder = tmp_path / "outlet"
    outlet = operator.outlet()
    operator.clerk(outlet, SUPERVISOR, SUPERVISOR_PIN, "supervisor")
    enrol(folder, operator.url, operator.code(outlet), now)
    return folder


def registered(home: Path) -> str:
    """A registration made just now, its slip seen; its id."""
    desk = Desk(home, now)
    try:
        clerk = desk.people.sign_in(CLERK, PIN)
        draft, _review = desk.look(card_read(), clerk)
        record = desk.confirm(draft, ServiceDetails(*next(PAIRS)), Statements(True, True), clerk)
        desk.slip_shown(record.record_id)
        return str(record.record_id)
    finally:
        desk.close()


def at_record(kiosk: Kiosk, row: int = 0) -> None:
    """The page of a record in the list, the newest first."""
    if kiosk.counter.state is not State.RECORDS:
        acting.press(kiosk, "tile-records")
    page = kiosk.shell.records
    until(lambda: page.model.rowCount() > row and kiosk.shell.page is page)
    box = page.list.visualRect(page.model.index(row, 0))
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    until(lambda: kiosk.shell.page is kiosk.shell.mend)


def opened_at_record(open_kiosk: OpenKiosk, home: Path) -> Kiosk:
    """The counter with a clerk signed in, at the newest record."""
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    at_record(kiosk)
    return kiosk


def filled_details(kiosk: Kiosk) -> None:
    """Number, SIM and consent given, ready to be confirmed."""
    number, iccid = next(PAIRS)
    acting.fill(kiosk, "service-number", number)
    acting.fill(kiosk, "service-iccid", iccid)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)


def back_to_records(kiosk: Kiosk) -> None:
    """From the end of an act to the list."""
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.shell.page is kiosk.shell.records)


def accepted(operator: OperatorUnderTest, record_id: str) -> dict[str, object]:
    (found,) = [one for one in operator.records(reveal=True) if one["id"] == record_id]
    return found


def voided(operator: OperatorUnderTest, record_id: str) -> bool:
    return any(one["id"] == record_id and one["voided"] for one in operator.records())


def test_a_registration_is_taken_back_for_a_reason(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest
) -> None:
    first = registered(home)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-void")
    assert not kiosk.shell.mend.go.isEnabled()
    acting.press(kiosk, "reason-wrong-number")
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.shell.mend.is_done)
    until(lambda: voided(operator, first))
    back_to_records(kiosk)
    until(lambda: "Taken back by" in str(kiosk.shell.records.model.index(1, 0).data()))
    at_record(kiosk, row=1)
    assert not acting.widget(kiosk, "mend-void").isVisible()


def test_after_the_minutes_a_second_person_is_asked_for(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = registered(home)
    monkeypatch.setattr("tests.ui.conftest.now", lambda: now() + timedelta(hours=1))
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-void")
    acting.press(kiosk, "reason-other")
    acting.press(kiosk, "mend-go")
    acting.fill(kiosk, "second-number", SUPERVISOR)
    acting.fill(kiosk, "second-pin", PIN)
    acting.press(kiosk, "mend-go")
    until(lambda: "wrong" in acting.everything_said(kiosk) and kiosk.shell.mend.isEnabled())
    acting.fill(kiosk, "second-pin", SUPERVISOR_PIN)
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.shell.mend.is_done)
    until(lambda: voided(operator, first))
    assert SUPERVISOR_PIN not in acting.everything_said(kiosk)


def test_a_number_is_corrected_without_the_card(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest
) -> None:
    first = registered(home)
    number, _iccid = next(PAIRS)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-amend")
    acting.fill(kiosk, "amend-number", "139")
    assert not kiosk.shell.mend.go.isEnabled()
    acting.fill(kiosk, "amend-number", number)
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.shell.mend.is_done)
    until(lambda: any(one["kind"] == "amendment" for one in operator.records()))
    until(lambda: accepted(operator, first)["number"] == number)
    back_to_records(kiosk)
    assert number not in acting.everything_said(kiosk)


def test_consent_is_given_anew_without_number_or_card(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest
) -> None:
    first = registered(home)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-amend")
    assert not kiosk.shell.mend.go.isEnabled()
    acting.press(kiosk, "amend-consent")
    until(kiosk.shell.mend.go.isEnabled)
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.shell.mend.is_done)
    until(
        lambda: any(
            (one["kind"], one["refers_to"]) == ("amendment", first) for one in operator.records(reveal=True)
        )
    )
    back_to_records(kiosk)
    at_record(kiosk, row=1)
    acting.press(kiosk, "mend-amend")
    assert not acting.widget(kiosk, "amend-consent").isChecked(), "nothing of the last time stays"


def test_the_card_is_laid_down_again_and_takes_the_place(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest
) -> None:
    first = registered(home)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-replace")
    until(lambda: kiosk.counter.state is State.READING)
    acting.register(kiosk, *next(PAIRS))
    until(lambda: accepted(operator, first)["superseded_by"] is not None)
    assert kiosk.counter.replacing is None


def test_a_replacement_that_is_left_is_forgotten(open_kiosk: OpenKiosk, home: Path) -> None:
    registered(home)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-replace")
    until(lambda: kiosk.counter.replacing is not None)
    acting.press(kiosk, "reading-back")
    until(lambda: kiosk.counter.state is State.HOME)
    assert kiosk.counter.replacing is None


def test_another_persons_card_takes_no_place(open_kiosk: OpenKiosk, home: Path) -> None:
    registered(home)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-replace")
    until(lambda: kiosk.counter.state is State.READING)
    acting.to_details(kiosk, "foreign-pr-2017")
    filled_details(kiosk)
    acting.press(kiosk, "service-confirm")
    until(lambda: "not of the person" in acting.everything_said(kiosk))
    assert kiosk.counter.state is State.DETAILS


@pytest.mark.parametrize("back", ["the same clerk", "another clerk"])
def test_an_approved_replacement_outlasts_the_idle_lock_for_its_clerk_alone(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest, monkeypatch: pytest.MonkeyPatch, back: str
) -> None:
    """The supervisor has gone by the time the clerk is back: what was approved for this customer stands."""
    first = registered(home)
    monkeypatch.setattr("tests.ui.conftest.now", lambda: now() + timedelta(hours=1))
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-replace")
    acting.fill(kiosk, "second-number", SUPERVISOR)
    acting.fill(kiosk, "second-pin", SUPERVISOR_PIN)
    acting.press(kiosk, "mend-go")
    until(lambda: kiosk.counter.state is State.READING)
    acting.to_details(kiosk)
    kiosk._idle.quiet.start(0)
    until(lambda: kiosk.counter.state is State.LOCKED and kiosk.bridge.is_idle)
    if back == "another clerk":
        acting.sign_in(kiosk, SUPERVISOR, SUPERVISOR_PIN)
        until(lambda: kiosk.counter.state is State.HOME)
        assert kiosk.counter.replacing is None
        return
    acting.sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.press(kiosk, "review-confirm")
    filled_details(kiosk)
    acting.press(kiosk, "service-confirm")
    until(lambda: kiosk.counter.state is State.DONE)
    until(lambda: accepted(operator, first)["superseded_by"] is not None)


def test_minutes_that_are_over_at_the_end_of_a_replacement_bring_a_supervisor_in_and_no_dead_end(
    open_kiosk: OpenKiosk, home: Path, operator: OperatorUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = registered(home)
    late = timedelta()
    monkeypatch.setattr("tests.ui.conftest.now", lambda: now() + late)
    kiosk = opened_at_record(open_kiosk, home)
    acting.press(kiosk, "mend-replace")
    until(lambda: kiosk.counter.state is State.READING)
    acting.to_details(kiosk)
    filled_details(kiosk)
    late = timedelta(hours=1)
    page = kiosk.shell.identity_approval
    acting.press(kiosk, "service-confirm")
    until(lambda: kiosk.shell.page is page)
    assert "A second person is needed for this." in acting.everything_said(kiosk)
    acting.press(kiosk, "identity-back")
    until(lambda: kiosk.shell.page is kiosk.shell.service)
    acting.press(kiosk, "service-confirm")
    until(lambda: kiosk.shell.page is page)
    page.person.given.emit(SUPERVISOR, PIN)
    until(lambda: kiosk.bridge.is_idle)
    assert kiosk.shell.page is page
    page.person.given.emit(SUPERVISOR, SUPERVISOR_PIN)
    until(lambda: kiosk.counter.state is State.DONE)
    until(lambda: accepted(operator, first)["superseded_by"] is not None)
    assert any(one["approver"] == SUPERVISOR for one in operator.records())
