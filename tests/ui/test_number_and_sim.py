"""The page for number and SIM card: checked while typing, the scanner is a keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from outlet_app.domain.registrations import Statements
from outlet_app.intake import preparation
from outlet_app.intake.journey import Event, State
from outlet_app.intake.service import Draft, Intake
from outlet_app.ui.app import Kiosk
from outlet_app.ui.desk import Desk
from tests.ui import acting
from tests.ui.conftest import ICCID, NUMBER, OTHER_ICCID, OTHER_NUMBER, until


@pytest.fixture
def kiosk(open_kiosk: Callable[..., Kiosk], home: Path) -> Kiosk:
    kiosk = open_kiosk(home)
    acting.at_home(kiosk)
    acting.to_details(kiosk)
    return kiosk


def texts(kiosk: Kiosk) -> tuple[str, str]:
    return kiosk.shell.service.number.line.text(), kiosk.shell.service.iccid.line.text()


def test_only_a_good_number_a_good_sim_and_consent_together_may_be_confirmed(kiosk: Kiosk) -> None:
    confirm = kiosk.shell.service.confirm
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", ICCID)
    until(lambda: "Good: 8986 0000" in acting.everything_said(kiosk))
    assert not confirm.isEnabled()
    acting.press(kiosk, "statement-consent")
    until(confirm.isEnabled)
    acting.fill(kiosk, "service-number", "1380013800")
    assert not confirm.isEnabled()
    acting.press(kiosk, "service-confirm")
    assert kiosk.counter.state is State.DETAILS


def test_what_is_still_being_typed_is_not_called_wrong(kiosk: Kiosk) -> None:
    acting.fill(kiosk, "service-number", "1380")
    until(lambda: kiosk.shell.service._verdict is not None)
    assert not kiosk.shell.service.number.is_wrong
    acting.fill(kiosk, "service-number", "23800138000")
    until(lambda: kiosk.shell.service.number.is_wrong)
    assert "This is not a mobile number." in acting.everything_said(kiosk)


def test_enter_moves_on_as_scanners_send_it(kiosk: Kiosk) -> None:
    acting.keys(NUMBER)
    acting.key(Qt.Key.Key_Return)
    acting.keys(ICCID)
    acting.key(Qt.Key.Key_Return)
    assert texts(kiosk) == (NUMBER, ICCID)
    assert QApplication.focusWidget() is kiosk.shell.service.consent


def test_two_scans_in_a_row_leave_the_last_one(kiosk: Kiosk) -> None:
    kiosk.shell.service.iccid.line.setFocus()
    acting.keys(ICCID + OTHER_ICCID)
    assert texts(kiosk) == ("", OTHER_ICCID)


def test_a_scan_into_the_number_goes_where_it_belongs(kiosk: Kiosk) -> None:
    acting.keys(ICCID)
    acting.key(Qt.Key.Key_Return)
    assert texts(kiosk) == ("", ICCID)


def test_a_scan_while_a_button_has_the_focus_presses_nothing(kiosk: Kiosk) -> None:
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", ICCID)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    kiosk.shell.service.confirm.setFocus()
    acting.keys(OTHER_ICCID)
    acting.key(Qt.Key.Key_Return)
    assert kiosk.counter.state is State.DETAILS
    assert texts(kiosk) == (NUMBER, OTHER_ICCID)


def test_an_unusual_sim_is_a_warning_and_no_obstacle(kiosk: Kiosk) -> None:
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", "89869900000000000003")
    until(lambda: "begins in an unusual way" in acting.everything_said(kiosk) or _unusual_check(kiosk))
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)


def _unusual_check(kiosk: Kiosk) -> bool:
    return "check digit of the SIM card's number is unusual" in acting.everything_said(kiosk)


def test_typed_values_stay_when_the_card_is_looked_at_again(kiosk: Kiosk) -> None:
    acting.fill(kiosk, "service-number", NUMBER)
    acting.press(kiosk, "service-back")
    assert kiosk.counter.state is State.REVIEW
    acting.press(kiosk, "review-confirm")
    assert texts(kiosk)[0] == NUMBER


def test_the_two_statements_are_those_the_clerk_made(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Statements] = []
    confirm = Desk.confirm

    def kept(desk: Desk, draft: object, details: object, statements: Statements, *rest: object) -> object:
        made.append(statements)
        return confirm(desk, draft, details, statements, *rest)  # type: ignore[arg-type] # passed on as they come

    monkeypatch.setattr(Desk, "confirm", kept)
    acting.fill(kiosk, "service-number", OTHER_NUMBER)
    acting.fill(kiosk, "service-iccid", OTHER_ICCID)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    acting.press(kiosk, "service-confirm")
    until(lambda: kiosk.counter.state is State.DONE)
    assert made == [Statements(holder_compared=True, consent=True)]


def test_what_is_typed_is_made_ready_before_the_button_and_forgotten_with_the_customer(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[Draft] = []
    forgotten: list[int] = []
    prepare, forget = Intake.prepare, Intake.forget_prepared

    def keep(intake: Intake, draft: Draft, *rest: object) -> None:
        prepared.append(draft)
        prepare(intake, draft, *rest)  # type: ignore[arg-type] # passed on as they come

    def count(intake: Intake) -> None:
        forgotten.append(len(prepared))
        forget(intake)

    monkeypatch.setattr(Intake, "prepare", keep)
    monkeypatch.setattr(Intake, "forget_prepared", count)
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", ICCID)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    until(lambda: kiosk.bridge.is_idle)
    assert prepared
    assert prepared[-1].statements == Statements(holder_compared=True, consent=True)
    kiosk.counter.happened(Event.CANCELLED)
    until(lambda: kiosk.bridge.is_idle)
    assert forgotten == [len(prepared)]
    assert kiosk.counter.state is State.HOME
    assert kiosk.counter.draft is None


def test_the_button_takes_what_was_made_ready(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []
    check = preparation.check_registration

    def count(*given: object, **named: object) -> object:
        checked.append(1)
        return check(*given, **named)  # type: ignore[arg-type] # passed on as they come

    monkeypatch.setattr(preparation, "check_registration", count)
    acting.fill(kiosk, "service-number", NUMBER)
    acting.fill(kiosk, "service-iccid", ICCID)
    acting.press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    until(lambda: kiosk.bridge.is_idle)
    before = len(checked)
    acting.press(kiosk, "service-confirm")
    until(lambda: kiosk.counter.state is State.DONE)
    assert before
    assert len(checked) == before
