"""The facsimile of a card: fields with their source, photo or an honest word about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from outlet_app.i18n import _
from outlet_app.ui.facsimile import FacsimileRow, facsimile_rows, kind_name
from outlet_app.ui.pictures import icon_pixmap
from outlet_app.ui.theme import theme
from outlet_app.ui.views import ReviewView
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.portrait import PortraitPicture
from outlet_app.ui.widgets.reveal import HoldToReveal
from outlet_app.ui.widgets.words import rule, set_role, words

_MOST_ROWS = 9
_FEW_ROWS = 7
_ROW_UNITS = 47
_CROWDED_ROW_UNITS = 38
_LONG = 10.5
_SEVERAL_LINES = 13
_NAME_UNITS = 124
_NARROW_NAME_UNITS = 98


class FacsimilePanel(Panel):
    """Chip fields are labels: nothing here can be edited."""

    reveal_held = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: ReviewView | None = None
        self._revealed = False
        self._narrow = False
        self._kind = words("small-bold")
        self._module = words("small", wraps=True)
        self._photo = PortraitPicture()
        self._photo_word = words("small", wraps=True)
        self._photo_word.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.reveal = HoldToReveal("review-reveal")
        self.reveal.held.connect(self.reveal_held)
        self.reveal.let_go.connect(self._let_go)
        self._rows: list[tuple[QLabel, QLabel, QLabel, QWidget]] = []
        self._grid = QGridLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        unit = theme().px
        self._grid.setHorizontalSpacing(unit(12))
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        for order in range(_MOST_ROWS):
            parts = (words("small", wraps=True), words("lead-bold", wraps=True), words("small"), rule())
            parts[1].setObjectName(f"facsimile-{order}")
            for column in range(3):
                self._grid.addWidget(parts[column], 2 * order, column)
            self._grid.addWidget(parts[3], 2 * order + 1, 0, 1, 3)
            self._rows.append(parts)
        photo = QVBoxLayout()
        photo.setSpacing(unit(12))
        photo.addWidget(self._photo, 0, Qt.AlignmentFlag.AlignHCenter)
        photo.addWidget(self._photo_word)
        photo.addStretch(1)
        fields = QVBoxLayout()
        fields.setSpacing(unit(4))
        fields.addWidget(self._kind)
        fields.addLayout(self._grid)
        fields.addStretch(1)
        self._columns = QHBoxLayout()
        self._columns.addLayout(fields, 1)
        self._columns.addLayout(photo)
        below = QHBoxLayout()
        below.addWidget(self._module, 1)
        below.addWidget(self.reveal)
        self._whole = QVBoxLayout(self)
        self._whole.setSpacing(unit(4))
        self._whole.addLayout(self._columns, 1)
        self._whole.addLayout(below)
        self.set_narrow(narrow=False)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air and a smaller photo on a small screen."""
        unit = theme().px
        self._narrow = narrow
        self._photo.set_width(132 if narrow else 178)
        self._photo_word.setFixedWidth(self._photo.width())
        side = unit(20 if narrow else 28)
        self._whole.setContentsMargins(side, unit(20), side, unit(14))
        self._columns.setSpacing(unit(16 if narrow else 28))
        for name, *_rest in self._rows:
            name.setFixedWidth(unit(_NARROW_NAME_UNITS if narrow else _NAME_UNITS))
        self.retranslate()

    def show_card(self, view: ReviewView | None) -> None:
        """Show a card, masked; None forgets the last one."""
        self._view = view
        self._revealed = False
        self._photo.show_portrait(view.portrait if view is not None else None)
        self.retranslate()

    def show_revealed(self, revealed: bool) -> None:
        """Show or hide the masked digits; the one who asks has journalled it."""
        self._revealed = revealed
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        view = self._view
        rows = facsimile_rows(view.card.document, revealed=self._revealed) if view is not None else ()
        crowded = len(rows) > _FEW_ROWS or any(_width(row) > _SEVERAL_LINES for row in rows)
        for order, parts in enumerate(self._rows):
            row = rows[order] if order < len(rows) else None
            self._show_row(parts, row)
            height = 0 if row is None else theme().px(_CROWDED_ROW_UNITS if crowded else _ROW_UNITS)
            self._grid.setRowMinimumHeight(2 * order, height)
        self._kind.setText(kind_name(view.card.document.kind) if view is not None else "")
        self._module.setText(self._module_words(view) if view is not None else "")
        self._photo_word.setText(self._photo_words(view) if view is not None else "")
        self.reveal.retranslate()

    def _show_row(self, parts: tuple[QLabel, QLabel, QLabel, QWidget], row: FacsimileRow | None) -> None:
        for part in parts:
            part.setVisible(row is not None)
        name, value, source, _line = parts
        name.setText(row.name if row is not None else "")
        set_role(value, "bold" if self._narrow or (row is not None and _width(row) > _LONG) else "lead-bold")
        value.setText(row.value if row is not None else "")
        value.setAccessibleName(f"{row.name}: {row.value}" if row is not None else "")
        if row is not None and self._narrow:
            source.setPixmap(icon_pixmap("chip", "ink_second", 20))
        else:
            source.setText(_("chip") if row is not None else "")
        source.setAccessibleName(_("chip"))

    def _module_words(self, view: ReviewView) -> str:
        seconds = f"{view.card.timing.found_to_document_ms / 1000:.1f}"
        module = view.card.provenance.sam_number
        if module is None:
            return _("{driver}\nread in {seconds} s").format(
                driver=view.card.provenance.driver, seconds=seconds
            )
        return _("Module {module}\nread in {seconds} s").format(module=module, seconds=seconds)

    def _photo_words(self, view: ReviewView) -> str:
        if view.portrait is not None:
            return _("Photo from the chip")
        if view.photo_not_licensed:
            return _(
                "The photo is kept sealed. The photo decoder has no licence for this reader: "
                "compare with the photo on the card."
            )
        return _("The photo is kept sealed. It cannot be decoded here: compare with the photo on the card.")

    def _let_go(self) -> None:
        self.show_revealed(False)


def _width(row: FacsimileRow) -> float:
    """Width of a value in Chinese characters; Latin letters take half the room."""
    return sum(1 if ord(character) > 0x2E7F else 0.5 for character in row.value)
