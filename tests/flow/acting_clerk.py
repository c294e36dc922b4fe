"""A clerk who acts: looks at the window, does what its state asks for, by real keys and mouse presses."""

from collections.abc import Callable
from time import monotonic
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

Sale = tuple[str, str]


class ActingClerk(QObject):
    """Makes the sales one after another, then closes the kiosk; ``stuck`` when patience is over.

    ``tell`` gets lines: ``reader LINE``, ``slip ID``, ``late ID``, ``refused NUMBER``, ``stuck STATE``,
    ``shows READER``.
    ``confirming`` is called with the index of the sale just before its confirmation is pressed;
    ``waits_for_answer`` tells whether the last slip is looked at until the operator has answered.
    """

    def __init__(
        self,
        clerk: str,
        pin: str,
        sales: list[Sale],
        tell: Callable[[str], None],
        confirming: Callable[[int], None],
        waits_for_answer: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._clerk, self._pin, self._sales = clerk, pin, sales
        self._tell, self._confirming = tell, confirming
        self._waits_for_answer = waits_for_answer
        self._at = 0
        self._laid_at: float | None = None
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
        self._look.start()

    @Slot(object)
    def _note_drawn(self, record_id: UUID) -> None:
        self._drawn = record_id

    @property
    def kiosk(self) -> Kiosk:
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
            self._laid_at = monotonic()
            self._tell("reader lay sample")
        elif monotonic() - self._laid_at > CARD_AGAIN_S:
            self._lift()

    def _lift(self) -> None:
        self._tell("reader lift")
        self._laid_at = None

    def _fill_in(self) -> None:
        page = self.kiosk.shell.service
        number, iccid = self._sales[self._at]
        if self._typed != (self._at, self.kiosk.counter.visit):
            self._typed = (self._at, self.kiosk.counter.visit)
            for name, text in (("service-number", number), ("service-iccid", iccid)):
                QTest.keyClick(self._widget(name), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
                QTest.keyClicks(self._widget(name), text)
                QTest.keyClick(self._widget(name), Qt.Key.Key_Return)
            if not page.consent.isChecked():
                QTest.keyClick(self._widget("statement-consent"), Qt.Key.Key_Space)
        elif page.confirm.isEnabled():
            self._confirming(self._at)
            self._press("service-confirm")
        elif self._waits_already():
            self._tell(f"refused {number}")
            self._at += 1
            if self._at == len(self._sales):
                self._end()

    def _waits_already(self) -> bool:
        verdict = self.kiosk.shell.service._verdict
        found = () if verdict is None else (verdict.number.failure, verdict.iccid.failure)
        return bool({FailureCode.NUMBER_WAITING, FailureCode.ICCID_WAITING}.intersection(found))

    def _see_slip(self) -> None:
        record = self.kiosk.shell.done.record
        if record is None or self._drawn != record.record_id:
            return
        last = self._at == len(self._sales) - 1
        if last and self._waits_for_answer() and record.state is not RecordState.ACCEPTED:
            self._press("page-done")  # any touch stays
            return
        self._tell(f"slip {record.record_id}")
        self._drawn = None
        self._next_sale()
        self._press("done-next")

    def _next_sale(self) -> None:
        self._at += 1
        self._lift()

    def _press(self, name: str) -> None:
        widget = self._widget(name)
        if not isinstance(widget, QPushButton) or widget.isEnabled():
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _widget(self, name: str) -> QWidget:
        found: QWidget | None = self.kiosk.shell.findChild(QWidget, name)
        assert found is not None, f"the window has no {name}"
        return found

    def _end(self) -> None:
        self._look.stop()
        self.kiosk.close()
