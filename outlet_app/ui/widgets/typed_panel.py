"""A typed document as it was understood: every field with its mark, the scan beside it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from outlet_app.i18n import _
from outlet_app.texts.documents import kind_text
from outlet_app.ui.facsimile import FacsimileRow, facsimile_rows
from outlet_app.ui.scan_views import TypedReviewView
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.reveal import HoldToReveal
from outlet_app.ui.widgets.scan_view import ScanView
from outlet_app.ui.widgets.words import words

_MOST_ROWS = 11
_NAME_UNITS = 116


class TypedPanel(Panel):
    """Nothing here can be edited; the way back leads to the fields."""

    reveal_held = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: TypedReviewView | None = None
        self._revealed = False
        unit = theme().px
        self._kind = words("small-bold")
        self.scan = ScanView()
        self.scan.setObjectName("review-scan")
        self.reveal = HoldToReveal("typed-reveal")
        self.reveal.held.connect(self.reveal_held)
        self.reveal.let_go.connect(self._let_go)
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(12))
        grid.setVerticalSpacing(unit(7))
        grid.setColumnStretch(1, 1)
        for order in range(_MOST_ROWS):
            parts = (words("small", wraps=True), words("bold", wraps=True), words("caution"))
            parts[0].setFixedWidth(unit(_NAME_UNITS))
            parts[1].setObjectName(f"typed-row-{order}")
            for column, part in enumerate(parts):
                grid.addWidget(part, order, column, Qt.AlignmentFlag.AlignVCenter)
            self._rows.append(parts)
        fields = QVBoxLayout()
        fields.setSpacing(unit(6))
        fields.addWidget(self._kind)
        fields.addLayout(grid)
        fields.addStretch(1)
        fields.addWidget(self.reveal, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(unit(24), unit(18), unit(16), unit(12))
        row.setSpacing(unit(18))
        row.addLayout(fields, 58)
        row.addWidget(self.scan, 42)

    def show_document(self, view: TypedReviewView | None) -> None:
        """Show a document, masked; None forgets the last one."""
        self._view = view
        self._revealed = False
        self.scan.show_scan(view.scan if view is not None else None)
        self.retranslate()

    def show_revealed(self, revealed: bool) -> None:
        """Show or hide the masked digits; the one who asks has journalled it."""
        self._revealed = revealed
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        view = self._view
        rows = facsimile_rows(view.document, revealed=self._revealed) if view is not None else ()
        for order, parts in enumerate(self._rows):
            _show_row(parts, rows[order] if order < len(rows) else None)
        self._kind.setText(kind_text(view.document.kind) if view is not None else "")
        self.reveal.retranslate()
        self.scan.retranslate()

    def _let_go(self) -> None:
        self.show_revealed(False)


def _show_row(parts: tuple[QLabel, QLabel, QLabel], row: FacsimileRow | None) -> None:
    name, value, mark = parts
    for part in parts:
        part.setVisible(row is not None)
    name.setText(row.name if row is not None else "")
    value.setText(row.value if row is not None else "")
    value.setAccessibleName(f"{row.name}: {row.value}" if row is not None else "")
    mark.setText(_("typed") if row is not None else "")
