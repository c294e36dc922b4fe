"""While a damaged database is rescued: how far that is, and that nothing has to be done."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.words import words


class OpeningPage(PageFrame):
    """Shows a percentage; there is nothing to press."""

    def __init__(self) -> None:
        super().__init__("page-opening")
        unit = theme().px
        self._percent = 0
        self._what = words("display", wraps=True)
        self._what.setObjectName("opening-what")
        self._more = words("lead-second", wraps=True)
        panel = Panel()
        row = QHBoxLayout(panel)
        row.setContentsMargins(unit(64), unit(48), unit(64), unit(48))
        row.setSpacing(unit(48))
        row.addWidget(Picture("badge-waiting", "amber_sign", 120), 0, Qt.AlignmentFlag.AlignVCenter)
        text = QVBoxLayout()
        text.setSpacing(unit(12))
        text.addStretch(1)
        text.addWidget(self._what)
        text.addWidget(self._more)
        text.addStretch(1)
        row.addLayout(text, 1)
        self.body.addWidget(panel, 1)
        self.set_buttons(None, None)
        self.retranslate()

    def show_percent(self, percent: int) -> None:
        """How far it is."""
        self._percent = percent
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("One moment"))
        self.subtitle.setText("")
        self._what.setText(
            _("The stored records are being rescued: {percent} %").format(percent=self._percent)
        )
        self._more.setText(
            _(
                "The file that holds them was damaged. Everything that can be read goes into a new one, and"
                " nothing is deleted. Leave the device on; the counter opens by itself."
            )
        )
