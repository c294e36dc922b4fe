"""Where the number of a SIM card stands and how it comes in."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from outlet_app.i18n import _
from outlet_app.ui.pictures import drawing_pixmap
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.words import words


class ScanHelp(QWidget):
    """A drawing of a scanner before a SIM card, and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        picture = QLabel()
        picture.setPixmap(drawing_pixmap("sim", unit(208), unit(96)))
        self._words = words("small", wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(24))
        row.addWidget(picture)
        row.addWidget(self._words, 1)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._words.setText(
            _(
                "Scan the barcode on the carrier of the SIM card, or type the number printed there. "
                "The last scan counts."
            )
        )
