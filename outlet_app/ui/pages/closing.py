"""Before the window closes: how much still waits, and that nothing is lost by it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from outlet_app.i18n import _, ngettext
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import back_button, main_button
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.words import words


class ClosingPage(PageFrame):
    """Emits the decision."""

    close_chosen = Signal()
    stay_chosen = Signal()

    def __init__(self) -> None:
        super().__init__("page-closing")
        unit = theme().px
        self._waiting = 0
        self._what = words("display", wraps=True)
        self._what.setObjectName("closing-what")
        self._more = words("lead-second", wraps=True)
        self.close_button = main_button("closing-close")
        self.back = back_button("closing-back", icon="arrow-left")
        self.close_button.clicked.connect(self.close_chosen)
        self.back.clicked.connect(self.stay_chosen)
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
        self.set_buttons(self.close_button, self.back)
        self.retranslate()

    def show_waiting(self, count: int) -> None:
        """How many records were not sent yet."""
        self._waiting = count
        self.retranslate()

    def take_focus(self) -> None:
        """On the way back."""
        self.back.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.title.setText(_("Close the counter?"))
        self.subtitle.setText("")
        self._what.setText(
            ngettext(
                "{count} record was not sent yet", "{count} records were not sent yet", self._waiting
            ).format(count=self._waiting)
        )
        self._more.setText(
            _("They stay on this device, sealed, and are sent when the counter is opened again.")
        )
        self.close_button.say(_("Close"))
        self.back.say(_("Back"))
