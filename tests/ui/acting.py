"""What a clerk does, as real input events, and what a reader says, as events of its process."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode
from outlet_app.intake.journey import State
from outlet_app.reader.events import (
    DocumentRead,
    Found,
    ReaderEvent,
    Reading,
    Ready,
    Removed,
    Selected,
    Trouble,
    Waiting,
)
from outlet_app.ui.app import Kiosk
from tests.ui.conftest import CLERK, ICCID, NUMBER, PIN, until
from tests.ui.fictional import card_read


def moment() -> datetime:
    return datetime.now(UTC)


def widget(kiosk: Kiosk, name: str) -> QWidget:
    """The one that is seen, where several pages have one of that name."""
    found = kiosk.shell.findChildren(QWidget, name)
    assert found, name
    return next((each for each in found if each.isVisible()), found[0])


def press(kiosk: Kiosk, name: str) -> None:
    QTest.mouseClick(widget(kiosk, name), Qt.MouseButton.LeftButton)


def keys(text: str) -> None:
    """Type into whatever has the focus."""
    focus = QApplication.focusWidget()
    assert focus is not None
    for character in text:
        QTest.keyClick(QApplication.focusWidget(), character)


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, code, modifiers)


def reader_says(kiosk: Kiosk, *events: ReaderEvent) -> None:
    for event in events:
        kiosk.bridge.take_reader_event(event)


def ready(kiosk: Kiosk) -> None:
    reader_says(kiosk, Ready(moment(), "serial-module", "serial:/dev/ttyUSB0", None), Waiting(moment()))


def lay(kiosk: Kiosk, card: CardRead | str = "sample") -> None:
    """All that the reader process says of one card, up to its document."""
    read = card_read(card) if isinstance(card, str) else card
    reader_says(kiosk, Found(moment()), Selected(moment()), Reading(moment(), 50), Reading(moment(), 100))
    reader_says(kiosk, DocumentRead(moment(), read, b""), Waiting(moment()))


def lift(kiosk: Kiosk) -> None:
    reader_says(kiosk, Removed(moment()))


def trouble(kiosk: Kiosk, code: FailureCode) -> None:
    reader_says(kiosk, Trouble(moment(), code), Waiting(moment()))


def sign_in(kiosk: Kiosk, number: str = CLERK, pin: str = PIN) -> None:
    until(lambda: kiosk.shell.page is kiosk.shell.sign_in)
    fill(kiosk, "clerk-number", number)
    fill(kiosk, "clerk-pin", pin)
    press(kiosk, "sign-in")


def at_home(kiosk: Kiosk) -> None:
    """A clerk who waits for a card."""
    sign_in(kiosk)
    until(lambda: kiosk.counter.state is State.HOME)
    ready(kiosk)


def fill(kiosk: Kiosk, name: str, text: str) -> None:
    line = widget(kiosk, name)
    assert isinstance(line, QLineEdit)
    line.clear()
    QTest.keyClicks(line, text)


def to_details(kiosk: Kiosk, card: CardRead | str = "sample") -> None:
    lay(kiosk, card)
    until(lambda: kiosk.counter.state is State.REVIEW)
    press(kiosk, "review-confirm")
    until(lambda: kiosk.counter.state is State.DETAILS)


def register(kiosk: Kiosk, number: str = NUMBER, iccid: str = ICCID, card: CardRead | str = "sample") -> None:
    """One whole registration, to the slip."""
    to_details(kiosk, card)
    fill(kiosk, "service-number", number)
    fill(kiosk, "service-iccid", iccid)
    press(kiosk, "statement-consent")
    until(kiosk.shell.service.confirm.isEnabled)
    press(kiosk, "service-confirm")
    until(lambda: kiosk.counter.state is State.DONE)


def everything_said(kiosk: Kiosk) -> str:
    """Every word that any label, field or name for a screen reader holds, seen or not."""
    parts: list[str] = []
    for each in kiosk.shell.findChildren(QWidget):
        parts += [each.accessibleName(), each.accessibleDescription(), each.toolTip()]
        if isinstance(each, QLabel | QLineEdit):
            parts.append(each.text())
    return "\n".join(parts)
