"""The whole way with the keyboard alone: whatever has the focus gets the keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from outlet_app.intake.journey import State
from outlet_app.ui.app import Kiosk
from tests.ui import acting
from tests.ui.conftest import CLERK, ICCID, NUMBER, PIN, until
from tests.ui.shots import close, new_shell, set_scene

PAIRS = ((f"1360013{n:04d}", f"8986007700000000{n:04d}") for n in range(1, 9999))
"""Numbers and SIM cards of these tests alone: the operator refuses one that another test has sold."""


def tab_to(kiosk: Kiosk, name: str) -> None:
    passed = []
    for _step in range(20):
        focus = QApplication.focusWidget()
        if focus is not None and focus.objectName() == name:
            return
        passed.append("nothing" if focus is None else focus.objectName())
        acting.key(Qt.Key.Key_Tab)
    raise AssertionError(f"the tab key does not lead to {name}, but to {', '.join(passed)}")


def test_from_sign_in_to_the_records_without_mouse_or_finger(
    open_kiosk: Callable[..., Kiosk], home: Path
) -> None:
    kiosk = open_kiosk(home)
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    acting.ready(kiosk)
    acting.keys(CLERK)
    acting.key(Qt.Key.Key_Return)
    acting.keys(PIN)
    acting.key(Qt.Key.Key_Return)
    until(lambda: kiosk.counter.state is State.HOME)
    acting.lay(kiosk)
    until(lambda: kiosk.counter.state is State.REVIEW)
    acting.key(Qt.Key.Key_Space)
    assert kiosk.counter.state is State.DETAILS
    acting.keys(NUMBER)
    acting.key(Qt.Key.Key_Return)
    acting.keys(ICCID)
    acting.key(Qt.Key.Key_Return)
    acting.key(Qt.Key.Key_Space)
    until(kiosk.shell.service.confirm.isEnabled)
    tab_to(kiosk, "service-confirm")
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.counter.state is State.DONE)
    acting.key(Qt.Key.Key_Space)
    assert kiosk.counter.state is State.HOME
    tab_to(kiosk, "tile-records")
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.shell.records.model.rowCount() == 1)
    tab_to(kiosk, "records-back")
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "strip-clerk")
    acting.key(Qt.Key.Key_Space)
    assert kiosk.shell.page is kiosk.shell.sign_in


def open_the_record(kiosk: Kiosk) -> None:
    """A registration, and its page, all by keys."""
    acting.at_home(kiosk)
    acting.register(kiosk, *next(PAIRS))
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.counter.state is State.HOME)
    tab_to(kiosk, "tile-records")
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.shell.records.model.rowCount() == 1)
    tab_to(kiosk, "records-list")
    acting.key(Qt.Key.Key_Return)
    until(lambda: kiosk.shell.page is kiosk.shell.mend)


def test_a_pin_is_changed_without_mouse_or_finger(open_kiosk: Callable[..., Kiosk], home: Path) -> None:
    kiosk = open_kiosk(home)
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    acting.keys(CLERK)
    tab_to(kiosk, "change-pin")
    acting.key(Qt.Key.Key_Space)
    assert kiosk.shell.page is kiosk.shell.change_pin
    for text in (PIN, "161803", "161803"):
        acting.keys(text)
        acting.key(Qt.Key.Key_Return)
    until(lambda: kiosk.counter.state is State.HOME)


def test_a_registration_is_taken_back_without_mouse_or_finger(
    open_kiosk: Callable[..., Kiosk], home: Path
) -> None:
    kiosk = open_kiosk(home)
    open_the_record(kiosk)
    tab_to(kiosk, "mend-void")
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "reason-wrong-number")
    for _row in range(2):
        acting.key(Qt.Key.Key_Down)
    assert acting.widget(kiosk, "reason-customer-withdrew").hasFocus()
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "mend-go")
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.shell.mend.is_done)
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.shell.page is kiosk.shell.records)


def test_a_way_back_leads_out_of_an_act_without_mouse_or_finger(
    open_kiosk: Callable[..., Kiosk], home: Path
) -> None:
    kiosk = open_kiosk(home)
    open_the_record(kiosk)
    tab_to(kiosk, "mend-amend")
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "mend-back")
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "mend-back")
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.shell.page is kiosk.shell.records)
    tab_to(kiosk, "records-stick")
    acting.key(Qt.Key.Key_Space)
    tab_to(kiosk, "stick-back")
    acting.key(Qt.Key.Key_Space)
    until(lambda: kiosk.shell.page is kiosk.shell.records)


@pytest.mark.parametrize(
    ("scene", "begins"),
    [("mend-asked", "mend-go"), ("mend", "mend-void"), ("mend-voided", "mend-back")],
    ids=["advised", "allowed", "nothing"],
)
def test_at_a_record_the_keys_begin_on_what_is_to_be_done(scene: str, begins: str, qtbot: object) -> None:
    shell = new_shell(1366, 768)
    set_scene(shell, scene)
    focus = shell.focusWidget()
    assert focus is not None
    assert focus.objectName() == begins
    close(shell)
