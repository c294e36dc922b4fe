"""Hold to reveal: hidden digits are shown while a button is held, and for no longer."""

from PySide6.QtCore import Signal

from outlet_app.i18n import _
from outlet_app.ui.widgets.buttons import RankedButton


class HoldToReveal(RankedButton):
    """``held`` asks for the digits, which may be refused; ``let_go`` ends it."""

    held = Signal()
    let_go = Signal()

    def __init__(self, name: str) -> None:
        super().__init__("plain", name, icon="eye", colour="jade")
        self.pressed.connect(self.held)
        self.released.connect(self.let_go)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.say(_("Hold to reveal"), accessible=_("Hold to reveal the whole number; this is logged"))
