"""The facsimile of a card: fields with their source, photo or an honest word about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from outlet_app.i18n import _
from outlet_app.ui.facsimile import FacsimileRow, facsimile_rows, kind_name
from outlet_app.ui.theme import theme
from outlet_app.ui.views import ReviewView
from outlet_app.ui.widgets.buttons import plain_button
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.portrait import PortraitPicture
from outlet_app.ui.widgets.words import rule, words

_MOST_ROWS = 9


class FacsimilePanel(Panel):
    """Chip fields are labels: nothing here can be edited."""

    reveal_held = Signal()
    reveal_let_go = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: ReviewView | None = None
        self._revealed = False
        self._kind = words("small-bold")
        self._module = words("small", wraps=True)
        self._photo = PortraitPicture()
        self._photo_word = words("small", wraps=True)
        self._photo_word.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.reveal = plain_button("review-reveal", icon="eye")
        self.reveal.pressed.connect(self.reveal_held)
        self.reveal.released.connect(self._let_go)
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
            parts[1].setMinimumHeight(unit(42))
            for column in range(3):
                self._grid.addWidget(parts[column], 2 * order, column)
            self._grid.addWidget(parts[3], 2 * order + 1, 0, 1, 3)
            self._rows.append(parts)
        photo = QVBoxLayout()
        photo.setSpacing(unit(12))
        photo.addWidget(self._photo, 0, Qt.AlignmentFlag.AlignHCenter)
        photo.addWidget(self._photo_word)
        photo.addStretch(1)
        photo.addWidget(self.reveal)
        self._photo_word.setFixedWidth(self._photo.width())
        fields = QVBoxLayout()
        fields.setSpacing(unit(4))
        fields.addWidget(self._kind)
        fields.addLayout(self._grid)
        fields.addStretch(1)
        fields.addWidget(self._module)
        row = QHBoxLayout(self)
        row.setContentsMargins(unit(28), unit(20), unit(28), unit(18))
        row.setSpacing(unit(28))
        row.addLayout(fields, 1)
        row.addLayout(photo)

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
        for order, parts in enumerate(self._rows):
            self._show_row(parts, rows[order] if order < len(rows) else None)
        self._kind.setText(kind_name(view.card.document.kind) if view is not None else "")
        self._module.setText(self._module_words(view) if view is not None else "")
        self._photo_word.setText(self._photo_words(view) if view is not None else "")
        self.reveal.say(_("Hold to reveal"), accessible=_("Hold to reveal the whole number; this is logged"))

    def _show_row(self, parts: tuple[QLabel, QLabel, QLabel, QWidget], row: FacsimileRow | None) -> None:
        for part in parts:
            part.setVisible(row is not None)
        name, value, source, _line = parts
        name.setText(row.name if row is not None else "")
        value.setText(row.value if row is not None else "")
        value.setAccessibleName(f"{row.name}: {row.value}" if row is not None else "")
        source.setText(_("chip") if row is not None else "")

    def _module_words(self, view: ReviewView) -> str:
        seconds = f"{view.card.timing.found_to_document_ms / 1000:.1f}"
        module = view.card.provenance.sam_number
        if module is None:
            return _("{driver} · read in {seconds} s").format(driver=view.card.provenance.driver, seconds=seconds)
        return _("Module {module} · read in {seconds} s").format(module=module, seconds=seconds)

    def _photo_words(self, view: ReviewView) -> str:
        if view.portrait is not None:
            return _("Photo from the chip")
        return _("The photo is kept sealed. It cannot be decoded here: compare with the photo on the card.")

    def _let_go(self) -> None:
        self.show_revealed(False)
        self.reveal_let_go.emit()
