"""Records: today's and those before, by state, newest first, page by page."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from outlet_app.domain.registrations import RecordState
from outlet_app.i18n import N_, _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.views import LinkView, RecordView, TodayView
from outlet_app.ui.widgets.buttons import RankedButton, back_button, plain_button
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.record_list import RecordDelegate, RecordModel
from outlet_app.ui.widgets.tally import Tally
from outlet_app.ui.widgets.words import words

_FILTERS: tuple[tuple[str, str, RecordState | None], ...] = (
    ("all", N_("All"), None),
    ("queued", N_("Waiting"), RecordState.QUEUED),
    ("received", N_("Being checked"), RecordState.RECEIVED),
    ("accepted", N_("Accepted"), RecordState.ACCEPTED),
    ("refused", N_("Refused"), RecordState.REFUSED),
    ("quarantined", N_("Set aside"), RecordState.QUARANTINED),
)


class RecordsPage(PageFrame):
    """Emits which page it wants: the state to show, and the sequence below which to go on; and a record."""

    page_wanted = Signal(object, object)
    record_chosen = Signal(object)
    stick_wanted = Signal()
    send_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("page-records")
        self._state: RecordState | None = None
        self._filters = QButtonGroup(self)
        self._filters.setExclusive(True)
        self._chips: list[tuple[RankedButton, str]] = []
        self.model = RecordModel()
        self.model.setParent(self)
        self.model.more_wanted.connect(self._want_more)
        self._delegate = RecordDelegate(self)
        self.list = QListView()
        self.list.setObjectName("records-list")
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setUniformItemSizes(True)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self._empty = words("lead-second", wraps=True)
        self._tally = Tally()
        self.back = back_button("records-back", icon="arrow-left")
        self.back.clicked.connect(self.left)
        self.send = plain_button("records-send", icon="send")
        self.send.clicked.connect(self._ask_to_send)
        self.send.hide()
        self.heading.addWidget(self.send)
        self.stick = plain_button("records-stick", icon="stick")
        self.stick.clicked.connect(self.stick_wanted)
        self.heading.addWidget(self.stick)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        chips = QHBoxLayout()
        chips.setSpacing(unit(10))
        for order, (name, text, _state) in enumerate(_FILTERS):
            chip = RankedButton("chip", f"filter-{name}")
            chip.setCheckable(True)
            chip.setChecked(order == 0)
            self._filters.addButton(chip, order)
            self._chips.append((chip, text))
            chips.addWidget(chip)
        chips.addStretch(1)
        self._filters.idClicked.connect(self._choose)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch(1)
        column.addWidget(Picture("records", "jade_mid", 72), 0, Qt.AlignmentFlag.AlignHCenter)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._empty)
        column.addStretch(1)
        panel = Panel()
        self._stack = QStackedLayout(panel)
        self._stack.setContentsMargins(unit(4), unit(8), unit(4), unit(8))
        self._stack.addWidget(self.list)
        self._stack.addWidget(nothing)
        self.body.setSpacing(unit(14))
        self.body.addLayout(chips)
        self.body.addWidget(panel, 1)
        self.set_buttons(None, self.back, note=self._tally)

    @property
    def state(self) -> RecordState | None:
        """The state that is shown, None for all."""
        return self._state

    @property
    def at_top(self) -> bool:
        """True while the newest record is in sight: the first page may then be shown anew."""
        return self.list.verticalScrollBar().value() == 0

    def show_page(self, records: list[RecordView], *, first: bool, more: bool) -> None:
        """A page of records; the first one begins anew."""
        if first:
            stood_at = self.model.record_id(self.list.currentIndex())
            self.model.replace(records, more=more)
            self.list.setCurrentIndex(self.model.row_of(stood_at))
        else:
            self.model.extend(records, more=more)
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)

    def show_today(self, view: TodayView) -> None:
        """Counts of the day."""
        self._tally.show_today(view)

    def show_link(self, view: LinkView) -> None:
        """Where the limits of a metered line keep records here, they may be sent all the same."""
        self.send.setVisible(view.hold is not None and view.waiting > 0)
        self.send.setEnabled(True)

    def take_focus(self) -> None:
        """On the list, where the arrow keys move."""
        self.list.setFocus()

    def forget(self) -> None:
        """Back to all records, none of them held."""
        self._state = None
        self._chips[0][0].setChecked(True)
        self.model.replace([], more=False)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Records"))
        self.subtitle.setText(_("Newest first"))
        self.list.setAccessibleName(_("Records"))
        for chip, text in self._chips:
            chip.say(_(text))
        self._empty.setText(_("Nothing here yet"))
        self.back.say(_("Back"))
        self.send.say(_("Send now"), accessible=_("Send now, whatever the hours and the day's size"))
        self.stick.say(_("By stick"), accessible=_("Records to the operator on a stick"))
        self._tally.retranslate()
        self.list.viewport().update()

    def _open(self, index: QModelIndex) -> None:
        record_id = self.model.record_id(index)
        if record_id is not None:
            self.record_chosen.emit(record_id)

    def _ask_to_send(self) -> None:
        # until the next status: a second run would find nothing
        self.send.setEnabled(False)
        self.send_wanted.emit()

    def _choose(self, order: int) -> None:
        self._state = _FILTERS[order][2]
        self.page_wanted.emit(self._state, None)

    def _want_more(self) -> None:
        self.page_wanted.emit(self._state, self.model.last_sequence)
