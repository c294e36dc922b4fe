"""The list of records: a model that grows by pages, and how one record is drawn."""

from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from outlet_app.domain.registrations import RecordKind
from outlet_app.i18n import _
from outlet_app.texts.records import registration_text
from outlet_app.ui import figures
from outlet_app.ui.facsimile import kind_name
from outlet_app.ui.mend_words import afterwards
from outlet_app.ui.pictures import icon_pixmap
from outlet_app.ui.record_words import reason, record_look
from outlet_app.ui.theme import theme
from outlet_app.ui.views import RecordView

Index = QModelIndex | QPersistentModelIndex
_RECORD = Qt.ItemDataRole.UserRole


class RecordModel(QAbstractListModel):
    """Newest first. ``more_wanted`` asks for the page below the last sequence shown."""

    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RecordView] = []
        self._more = False

    def replace(self, records: list[RecordView], *, more: bool) -> None:
        """Begin anew with a first page."""
        self.beginResetModel()
        self._records, self._more = list(records), more
        self.endResetModel()

    def extend(self, records: list[RecordView], *, more: bool) -> None:
        """The next page."""
        self._more = more
        if records:
            first = len(self._records)
            self.beginInsertRows(QModelIndex(), first, first + len(records) - 1)
            self._records.extend(records)
            self.endInsertRows()

    @property
    def last_sequence(self) -> int | None:
        """Sequence below which the next page begins."""
        return self._records[-1].sequence if self._records else None

    def record_id(self, index: Index) -> UUID | None:
        """Id of the record in a row."""
        return self._records[index.row()].record_id if index.isValid() else None

    def row_of(self, record_id: UUID | None) -> QModelIndex:
        """Where the keys stand after a change: at this record if it is still here, else at the newest."""
        rows = (row for row, record in enumerate(self._records) if record.record_id == record_id)
        return self.index(next(rows, 0))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        """Records here so far."""
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record for the delegate, a sentence for screen readers."""
        record = self._records[index.row()]
        if role == _RECORD:
            return record
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            look = record_look(record)
            phone = figures.phone(record.phone_mask)
            how = _typed_word(record)
            told = (record.local_number, phone, how, look.word, reason(record), *afterwards(record))
            return " ".join(part for part in told if part)
        return None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """True while older records are stored."""
        return not parent.isValid() and self._more

    def fetchMore(self, parent: Index) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        """Asked by the view when its end comes into sight."""
        if self._more:
            self._more = False  # asked once; the answer says whether there is still more
            self.more_wanted.emit()


class RecordDelegate(QStyledItemDelegate):
    """One record in two lines: when and which, whose number, where it stands and why."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Two lines and air."""
        return QSize(super().sizeHint(option, index).width(), theme().px(76))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a record."""
        record = index.data(_RECORD)
        if not isinstance(record, RecordView):
            return
        unit = theme().px
        box: QRect = option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if focused:
            painter.setPen(QPen(theme().colour("focus"), 3))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), unit(10), unit(10))
        painter.setPen(QPen(theme().colour("line"), 1))
        painter.drawLine(box.left() + unit(20), box.bottom(), box.right() - unit(20), box.bottom())
        inner = box.adjusted(unit(20), unit(10), -unit(20), -unit(12))
        self._paint_when(painter, inner, record)
        state_width = max(unit(240), round(inner.width() * 0.42))
        middle = QRect(
            inner.left() + unit(116), inner.top(), inner.width() - unit(116) - state_width, inner.height()
        )
        self._paint_what(painter, middle, record)
        state = QRect(
            inner.right() - state_width + unit(16), inner.top(), state_width - unit(16), inner.height()
        )
        self._paint_state(painter, state, record)
        painter.restore()

    def _paint_when(self, painter: QPainter, box: QRect, record: RecordView) -> None:
        today = datetime.now().astimezone().date()
        text = figures.day_and_time(record.confirmed_at, today)
        _line(painter, box, text, "ink", 18 if len(text) <= 5 else 16, bold=len(text) <= 5)
        _line(painter, box, _("Clerk {number}").format(number=record.clerk), "ink_second", 16, upper=False)

    def _paint_what(self, painter: QPainter, box: QRect, record: RecordView) -> None:
        _line(painter, box, figures.phone(record.phone_mask) or "—", "ink", 21, bold=True)
        kind = kind_name(record.document_kind) if record.document_kind is not None else ""
        what = "" if record.kind is RecordKind.OPEN else registration_text(record.kind)
        how = _typed_word(record)
        parts = (figures.local_number(record.local_number), what, record.family_initial, how, kind)
        below = " · ".join(part for part in parts if part)
        _line(painter, box, below, "ink_second", 16, upper=False)

    def _paint_state(self, painter: QPainter, box: QRect, record: RecordView) -> None:
        look = record_look(record)
        side = theme().px(22)
        painter.drawPixmap(box.left(), box.top() + theme().px(3), icon_pixmap(look.icon, look.colour, 22))
        text = box.adjusted(side + theme().px(10), 0, 0, 0)
        _line(painter, text, look.word, "ink", 18, bold=True)
        below = reason(record) or " · ".join(afterwards(record))
        _line(painter, text, below, "ink_second", 16, upper=False)


def _typed_word(record: RecordView) -> str:
    """Documents that were typed stand out among those that were read."""
    return _("typed document") if record.exception else ""


def _line(
    painter: QPainter,
    box: QRect,
    text: str,
    colour: str,
    units: int,
    *,
    bold: bool = False,
    upper: bool = True,
) -> None:
    painter.setFont(theme().font(units, bold=bold))
    painter.setPen(theme().colour(colour))
    half = box.height() // 2
    place = QRect(box.left(), box.top() if upper else box.top() + half, box.width(), half)
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
