"""While a damaged database is rescued: how far that is, and that nothing has to be done."""

from outlet_app.i18n import _
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.widgets.announcement import Announcement


class OpeningPage(PageFrame):
    """Shows a percentage; there is nothing to press."""

    def __init__(self) -> None:
        super().__init__("page-opening")
        self._percent = 0
        self._said = Announcement("opening-what", "badge-waiting")
        self.body.addWidget(self._said, 1)
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
        self._said.say(
            _("The stored records are being rescued: {percent} %").format(percent=self._percent),
            _(
                "The file that holds them was damaged. Everything that can be read goes into a new one, and"
                " nothing is deleted. Leave the device on; the counter opens by itself."
            ),
        )
