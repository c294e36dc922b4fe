"""Before the window closes: how much still waits, and that nothing is lost by it."""

from PySide6.QtCore import Signal

from outlet_app.i18n import _, ngettext
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.announcement import Announcement
from outlet_app.ui.widgets.buttons import back_button, main_button


class ClosingPage(PageFrame):
    """Emits the decision."""

    close_chosen = Signal()
    stay_chosen = Signal()

    def __init__(self) -> None:
        super().__init__("page-closing")
        self._waiting = 0
        self._said = Announcement("closing-what", "badge-waiting")
        self.close_button = main_button("closing-close")
        self.back = back_button("closing-back", icon="arrow-left")
        self.close_button.clicked.connect(self.close_chosen)
        self.back.clicked.connect(self.stay_chosen)
        self.body.addWidget(self._said, 1)
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
        self._said.say(
            ngettext(
                "{count} record was not sent yet", "{count} records were not sent yet", self._waiting
            ).format(count=self._waiting),
            _("They stay on this device, sealed, and are sent when the counter is opened again."),
        )
        self.close_button.say(_("Close"))
        self.back.say(_("Back"))
