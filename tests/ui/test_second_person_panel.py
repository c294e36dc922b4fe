"""The panel for a second person, and how a lock is counted down on it."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import install_language
from outlet_app.store.sign_in_store import ClerkLocked
from outlet_app.ui.shell import Shell
from outlet_app.ui.widgets.second_person import SecondPerson
from tests.ui.conftest import until


@pytest.fixture
def panel(shell: Shell) -> SecondPerson:
    made = SecondPerson()
    shell.stack.addWidget(made)
    shell.stack.setCurrentWidget(made)
    made.ask("The registration is taken back.")
    return made


def line(panel: SecondPerson, name: str) -> QLineEdit:
    found = panel.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def verdict(panel: SecondPerson) -> str:
    found = panel.findChild(QLabel, "second-pin-verdict")
    assert isinstance(found, QLabel)
    return found.text()


def test_number_and_pin_are_typed_with_fingers_alone_and_leave_the_panel(panel: SecondPerson) -> None:
    given: list[tuple[str, str]] = []
    ready: list[bool] = []
    panel.given.connect(lambda number, pin: given.append((number, pin)))
    panel.ready_changed.connect(ready.append)
    panel.take_focus()
    until(line(panel, "second-number").hasFocus)
    for digits, name in (("7002", "second-number"), ("271828", "second-pin")):
        line(panel, name).setFocus()
        until(line(panel, name).hasFocus)
        for digit in digits:
            key = panel.findChild(QPushButton, f"key-{digit}")
            assert isinstance(key, QPushButton)
            QTest.mouseClick(key, Qt.MouseButton.LeftButton)
    assert panel.is_ready
    panel.submit()
    assert given == [("7002", "271828")]
    assert ready == [True, False]
    assert not line(panel, "second-pin").text()
    panel.submit()
    assert len(given) == 1


def test_a_refusal_is_said_until_the_pin_is_typed_anew(panel: SecondPerson) -> None:
    panel.show_failure(KnownFailure(FailureCode.SECOND_PERSON_NEEDED))
    assert "A second person is needed" in verdict(panel)
    line(panel, "second-pin").setText("1")
    assert "A second person" not in verdict(panel)


def test_a_lock_is_counted_down_by_its_true_time(panel: SecondPerson) -> None:
    began = time.monotonic()
    panel.show_failure(ClerkLocked(2))
    assert "Time left: 0:02" in verdict(panel)
    until(lambda: "The lock has ended." in verdict(panel), within_s=5)
    assert 2.0 <= time.monotonic() - began < 3.0


def test_nothing_of_the_second_person_remains(panel: SecondPerson) -> None:
    line(panel, "second-number").setText("7002")
    line(panel, "second-pin").setText("271828")
    panel.forget()
    assert not line(panel, "second-number").text()
    assert not line(panel, "second-pin").text()
    assert not panel.is_ready


def test_the_panel_speaks_the_language_in_force(panel: SecondPerson) -> None:
    install_language("zh_CN")
    panel.reword("撤销这笔登记。")
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert "撤销这笔登记。" in texts
    assert not any("supervisor" in text for text in texts)
