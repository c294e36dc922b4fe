"""What was stored by mending: its local number, and where it stands."""

from PySide6.QtWidgets import QVBoxLayout

from outlet_app.i18n import _
from outlet_app.ui import figures
from outlet_app.ui.mend_words import afterwards, outcome_words
from outlet_app.ui.pictures import Picture
from outlet_app.ui.record_words import stops
from outlet_app.ui.theme import theme
from outlet_app.ui.views import RecordView
from outlet_app.ui.widgets.fitted import FittedLine
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.track import Track
from outlet_app.ui.widgets.words import words


class MendedPanel(Panel):
    """The slip of a void or an amendment."""

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        self._record: RecordView | None = None
        self._outcome = words("title")
        self._outcome.setObjectName("mended-outcome")
        self._about = words("bold", wraps=True)
        self._number = FittedLine()
        self._track = Track()
        self._promise = words("second", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(unit(48), unit(32), unit(48), unit(32))
        column.setSpacing(unit(12))
        column.addStretch(1)
        column.addWidget(Picture("badge-good", "green_sign", 48))
        for part in (self._outcome, self._about, self._number):
            column.addWidget(part)
        column.addSpacing(unit(28))
        column.addWidget(self._track)
        column.addSpacing(unit(28))
        column.addWidget(self._promise)
        column.addStretch(1)
        self.retranslate()

    def show_record(self, record: RecordView) -> None:
        """The record that was stored."""
        self._record = record
        self.retranslate()

    def forget(self) -> None:
        """None."""
        self._record = None
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        record = self._record
        self._outcome.setText("" if record is None else outcome_words(record))
        self._about.setText("" if record is None else "\n".join(afterwards(record)))
        self._number.say("" if record is None else figures.local_number(record.local_number))
        self._promise.setText(_("It is kept on this device and sent after the record that it is about."))
        if record is not None:
            self._track.show_stops(stops(record))
