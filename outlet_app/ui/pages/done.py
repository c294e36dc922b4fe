"""Done: the local number, where the record stands, the receipt as a QR code; goes home by itself."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import REGISTRATION_KINDS, RecordState
from outlet_app.i18n import _
from outlet_app.texts.failures import failure_text
from outlet_app.ui import figures
from outlet_app.ui.mend_words import outcome_words
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.record_words import reason_parts, stops
from outlet_app.ui.theme import theme
from outlet_app.ui.views import QrCode, RecordView
from outlet_app.ui.widgets.buttons import main_button
from outlet_app.ui.widgets.fitted import FittedLine
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.qr_picture import QrPicture
from outlet_app.ui.widgets.track import Track
from outlet_app.ui.widgets.words import words

STAYS_S = 8
_QR_UNITS = 316
_NARROW_QR_UNITS = 228


class DonePage(PageFrame):
    """Emits ``drawn`` once the slip stands on the screen, and ``left`` when its time or the clerk is done."""

    drawn = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-done")
        self._record: RecordView | None = None
        self._to_be_drawn = False
        self._late = False
        self._seconds = STAYS_S
        self._stays = False
        self._number = FittedLine()
        self._number.setObjectName("done-number")
        self._phone = words("title")
        self._phone.setObjectName("done-phone")
        self._track = Track()
        self._track.setObjectName("done-track")
        self._promise = words("second", wraps=True)
        self._typed = words("second")
        self._typed.setObjectName("done-typed")
        self._aside = Notice("amber")
        self._aside.setObjectName("done-aside")
        self._aside_failure: KnownFailure | None = None
        self._notice = Notice("red")
        self._notice.setObjectName("done-notice")
        self._qr = QrPicture(_QR_UNITS)
        self._qr.setObjectName("done-qr")
        self._qr_name = words("bold", wraps=True)
        self._qr_more = words("small", wraps=True)
        self._countdown = words("second")
        self._countdown.setObjectName("done-countdown")
        self._countdown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.next = main_button("done-next", icon="arrow-right")
        self.next.clicked.connect(self.left)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._count)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        slip = Panel()
        self._column_of_slip = column = QVBoxLayout(slip)
        column.setContentsMargins(unit(48), unit(32), unit(48), unit(32))
        column.setSpacing(unit(12))
        column.addStretch(1)
        column.addWidget(self._number)
        column.addWidget(self._phone)
        column.addWidget(self._typed)
        column.addSpacing(unit(28))
        column.addWidget(self._track)
        column.addSpacing(unit(28))
        column.addWidget(self._promise)
        column.addWidget(self._notice)
        column.addWidget(self._aside)
        column.addStretch(1)
        receipt = Panel()
        beside = QVBoxLayout(receipt)
        beside.setContentsMargins(unit(20), unit(20), unit(20), unit(20))
        beside.setSpacing(unit(10))
        beside.addStretch(1)
        beside.addWidget(self._qr, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self._qr_name, self._qr_more):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            beside.addWidget(part)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(unit(22))
        row.addWidget(slip, 1)
        row.addWidget(receipt)
        self.body.addLayout(row, 1)
        self.set_buttons(self.next, None, note=self._countdown)

    def show_slip(self, record: RecordView, *, late: bool = False) -> None:
        """A slip; ``late`` is one of a registration that was stored and never shown."""
        self._record, self._late = record, late
        self._seconds, self._stays = STAYS_S, late
        self._qr.show_code(None)
        self._to_be_drawn = True
        self._second.start()
        self.retranslate()
        self.update()

    def show_aside(self, failure: KnownFailure | None) -> None:
        """Something beside the record that did not work, for a person to do by hand."""
        self._aside_failure = failure
        self._stays = self._stays or failure is not None
        self.retranslate()

    def show_record(self, record: RecordView, code: QrCode | None) -> None:
        """A newer state of the record that is on the page; another one's is left alone."""
        if self._record is not None and record.record_id == self._record.record_id:
            self._record = record
            self._qr.show_code(code)
            self.retranslate()

    def set_narrow(self, *, narrow: bool) -> None:
        """A smaller code and less air on a small screen."""
        super().set_narrow(narrow=narrow)
        side, ends = theme().px(28 if narrow else 48), theme().px(20 if narrow else 32)
        self._column_of_slip.setContentsMargins(side, ends, side, ends)
        self._qr.set_side(_NARROW_QR_UNITS if narrow else _QR_UNITS)

    @property
    def record(self) -> RecordView | None:
        """What is on the page."""
        return self._record

    def stay(self) -> None:
        """Somebody touched something: the page no longer goes home by itself."""
        if self._record is not None and not self._stays:
            self._stays = True
            self._show_countdown()

    def take_focus(self) -> None:
        """On the way to the next customer."""
        self.next.setFocus()

    def forget(self) -> None:
        """Nothing of the last person."""
        self._second.stop()
        self._record = None
        self._aside_failure = None
        self._qr.show_code(None)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.next.say(_("Next customer"))
        self._promise.setText(
            _(
                "Neither a power cut nor a lost network can lose it. The customer's identity is sealed: "
                "this device cannot open it again."
            )
        )
        record = self._record
        self._number.say(figures.local_number(record.local_number) if record is not None else "")
        self._phone.setText(figures.phone(record.phone_mask) if record is not None else "")
        self.title.setText(self._heading())
        self.subtitle.setText(self._subheading())
        if record is not None:
            self._track.show_stops(stops(record))
        self._typed.setText(_typed_words(record))
        self._typed.setVisible(bool(self._typed.text()))
        self._show_aside()
        what, who = reason_parts(record) if record is not None else ("", "")
        self._notice.setVisible(bool(what))
        self._notice.say("red", what, who)
        self._promise.setVisible(not what)
        has_receipt = record is not None and record.receipt is not None
        self._qr_name.setText(_("The operator's receipt") if has_receipt else _("No receipt yet"))
        self._qr_more.setText(
            _("Signed: anybody can verify it")
            if has_receipt
            else _("It appears here once the operator has answered")
        )
        self._show_countdown()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The page has been painted: the slip is on the screen once the event loop goes on."""
        super().paintEvent(event)
        if self._to_be_drawn and self._record is not None:
            self._to_be_drawn = False
            QTimer.singleShot(0, self._tell_drawn)

    def _show_aside(self) -> None:
        failure = self._aside_failure
        self._aside.setVisible(failure is not None)
        if failure is not None:
            text = failure_text(failure.code)
            self._aside.say("amber", _("The scanner's file is still there: erase it by hand."), text.what)

    def _heading(self) -> str:
        if self._record is not None and self._record.state is RecordState.REFUSED:
            return _("Refused by the operator")
        if self._record is not None and self._record.kind not in REGISTRATION_KINDS:
            return outcome_words(self._record)
        return _("Registered")

    def _subheading(self) -> str:
        return (
            _("Stored before the interruption: tell the customer")
            if self._late
            else _("Local number and state")
        )

    def _tell_drawn(self) -> None:
        if self._record is not None:
            self.drawn.emit(self._record.record_id)

    def _count(self) -> None:
        if self._stays or self._record is None:
            self._second.stop()
            return
        self._seconds -= 1
        self._show_countdown()
        if self._seconds <= 0:
            self._second.stop()
            self.left.emit()

    def _show_countdown(self) -> None:
        text = (
            _("Stays until you go on") if self._stays else _("Home in {count} s").format(count=self._seconds)
        )
        self._countdown.setText(text)


def _typed_words(record: RecordView | None) -> str:
    """The slip says that nothing was read from a chip, and who vouched for it."""
    if record is None or not record.exception:
        return ""
    return _("Typed document · approved by {approver}").format(approver=record.approver or "–")
