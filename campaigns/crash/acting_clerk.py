"""A clerk who acts: looks at the window, does what its state asks for, by real keys and mouse presses."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from outlet_app.domain.failures import FailureCode
from outlet_app.domain.registrations import RecordState
from outlet_app.intake.journey import State
from outlet_app.ui.app import Kiosk
from outlet_app.ui.views import ReaderState

LOOK_MS = 10
PATIENCE_S = 45.0
CARD_AGAIN_S = 4.0
HAND_S = 0.4
"""From taking one card away to laying the next one down; a reader that is asked meanwhile sees nothing."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One customer: the card of the simulator that is laid, the number and the SIM that are sold."""

    card: str
    number: str
    iccid: str


class Audience(Protocol):
    """Who follows the acting clerk."""

    def tell(self, line: str) -> None:
        """One line: ``reader``, ``slip``, ``late``, ``refused``, ``stuck`` or ``shows``, and what of it."""

    def serving(self, index: int) -> None:
        """The customer of this index is served now."""

    def confirming(self, index: int) -> None:
        """This sale's confirmation is about to be pressed."""

    def waits_for_answer(self) -> bool:
        """Whether the last slip is looked at until the operator has answered."""


class ActingClerk(QObject):
    """Makes the sales one after another, then closes the kiosk; ``stuck`` when patience is over."""

    def __init__(self, clerk: str, pin: str, sales: list[Sale], audience: Audience) -> None:
        super().__init__()
        self._clerk, self._pin, self._sales = clerk, pin, sales
        self._audience = audience
        self._tell = audience.tell
        self._at = 0
        self._laid_at: float | None = None
        self._lifted_at = 0.0
        self._typed: tuple[int, int] | None = None
        self._drawn: UUID | None = None
        self._state_since = monotonic()
        self._state: State | None = None
        self._reader: ReaderState | None = None
        self._kiosk: Kiosk | None = None
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._act)

    def begin(self, kiosk: Kiosk) -> None:
        """Start acting on an open kiosk."""
        self._kiosk = kiosk
        kiosk.shell.done.drawn.connect(self._note_drawn)
        self._audience.serving(0)
        self._look.start()

    @Slot(object)
    def _note_drawn(self, record_id: UUID) -> None:
        self._drawn = record_id

    @property
    def kiosk(self) -> Kiosk:
        """The kiosk that is acted on."""
        assert self._kiosk is not None
        return self._kiosk

    @Slot()
    def _act(self) -> None:
        state = self.kiosk.counter.state
        if state is not self._state:
            self._state, self._state_since = state, monotonic()
        reader = self.kiosk.shell.home.reader.state
        if reader is not self._reader:
            self._reader = reader
            self._tell(f"shows {reader.name}")
        if monotonic() - self._state_since > PATIENCE_S:
            self._tell(f"stuck {state} at {self.kiosk.shell.page.objectName()}")
            self._end()
        elif self.kiosk.shell.page is self.kiosk.shell.trouble:
            self._press("trouble-back")
        else:
            self._ways()[state]()

    def _ways(self) -> dict[State, Callable[[], None]]:
        return {
            State.SIGNED_OUT: self._sign_in,
            State.SLIPS: self._see_late_slip,
            State.HOME: self._lay_card,
            State.READING: self._mind_the_card,
            State.REVIEW: lambda: self._press("review-confirm"),
            State.DETAILS: self._fill_in,
            State.STORING: lambda: None,
            State.DONE: self._see_slip,
            State.RECORDS: lambda: self._press("records-back"),
        }

    def _sign_in(self) -> None:
        page = self.kiosk.shell.sign_in
        if self.kiosk.shell.page is not page or not page.isVisible():
            return
        if self._typed is None:
            self._typed = (-1, -1)
            QTest.keyClicks(self._widget("clerk-number"), self._clerk)
            QTest.keyClick(self._widget("clerk-number"), Qt.Key.Key_Return)
            for digit in self._pin:
                self._press(f"key-{digit}")
        else:
            self._press("sign-in")

    def _see_late_slip(self) -> None:
        record = self.kiosk.shell.done.record
        if record is not None and self._drawn == record.record_id:
            self._drawn = None
            self._tell(f"late {record.record_id}")
            self._press("done-next")

    def _lay_card(self) -> None:
        if self._at == len(self._sales):
            self._end()
        elif self.kiosk.shell.home.reader.state is ReaderState.READY:
            self._mind_the_card()

    def _mind_the_card(self) -> None:
        """Lay the card down; when nothing comes of it, lift it and lay it down again."""
        if self._laid_at is None:
            if monotonic() - self._lifted_at > HAND_S:
                self._laid_at = monotonic()
                self._tell(f"reader lay {self._sales[self._at].card}")
        elif monotonic() - self._laid_at > CARD_AGAIN_S:
            self._lift()

    def _lift(self) -> None:
        self._tell("reader lift")
        self._laid_at = None
        self._lifted_at = monotonic()

    def _fill_in(self) -> None:
        page = self.kiosk.shell.service
        sale = self._sales[self._at]
        if self._typed != (self._at, self.kiosk.counter.visit):
            self._typed = (self._at, self.kiosk.counter.visit)
            for name, text in (("service-number", sale.number), ("service-iccid", sale.iccid)):
                QTest.keyClick(self._widget(name), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
                QTest.keyClicks(self._widget(name), text)
                QTest.keyClick(self._widget(name), Qt.Key.Key_Return)
            if not page.consent.isChecked():
                QTest.keyClick(self._widget("statement-consent"), Qt.Key.Key_Space)
        elif page.confirm.isEnabled():
            self._audience.confirming(self._at)
            self._press("service-confirm")
        elif self._waits_already():
            self._tell(f"refused {sale.number}")
            self._at += 1
            self._audience.serving(self._at)
            if self._at == len(self._sales):
                self._end()

    def _waits_already(self) -> bool:
        verdict = self.kiosk.shell.service._verdict  # noqa: SLF001 - the page shows words, a clerk knows the code
        found = () if verdict is None else (verdict.number.failure, verdict.iccid.failure)
        return bool({FailureCode.NUMBER_WAITING, FailureCode.ICCID_WAITING}.intersection(found))

    def _see_slip(self) -> None:
        record = self.kiosk.shell.done.record
        if record is None or self._drawn != record.record_id:
            return
        last = self._at == len(self._sales) - 1
        if last and self._audience.waits_for_answer() and record.state is not RecordState.ACCEPTED:
            self._press("page-done")  # any touch stays
            return
        self._tell(f"slip {record.record_id}")
        self._drawn = None
        self._next_sale()
        self._press("done-next")

    def _next_sale(self) -> None:
        self._at += 1
        self._lift()
        self._audience.serving(self._at)

    def _press(self, name: str) -> None:
        widget = self._widget(name)
        if not isinstance(widget, QPushButton) or widget.isEnabled():
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _widget(self, name: str) -> QWidget:
        """On the page that is shown, or else beside it: more than one page has keys for a PIN."""
        shell = self.kiosk.shell
        found: QWidget | None = shell.page.findChild(QWidget, name) or shell.findChild(QWidget, name)
        assert found is not None, f"the window has no {name}"
        return found

    def _end(self) -> None:
        self._look.stop()
        self.kiosk.close()
