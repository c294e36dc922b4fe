"""A small panel beside the kiosk that lays simulated cards down; for trying the counter without hardware."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from outlet_app.i18n import N_, _
from outlet_app.ui.app import Kiosk

CARDS: dict[str, str] = {
    "sample": N_("Resident ID card"),
    "hmt-residence-permit": N_("Residence permit"),
    "foreign-pr-2023": N_("Foreign permanent resident"),
    "expired": N_("Expired card"),
    "unknown-kind": N_("Card of an unknown kind"),
}
"""Simulated cards by their name, and what the button says."""


class CardPanel:
    """Buttons for the cards of CARDS; ``tell`` gets lines for the simulator."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._window: QWidget | None = None

    def open(self, kiosk: Kiosk) -> None:
        """Show the panel for as long as the kiosk is open."""
        window = QWidget()
        window.setObjectName("card-panel")
        window.setWindowTitle(_("Simulated cards"))
        column = QVBoxLayout(window)
        column.addWidget(QLabel(_("Lay a card on the reader")))
        for name, text in CARDS.items():
            column.addWidget(self._button(_(text), f"lay {name}"))
        column.addWidget(self._button(_("Lift the card"), "lift"))
        kiosk.closed.connect(window.close)
        window.show()
        self._window = window

    def _button(self, text: str, line: str) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(partial(self._press, line))
        return button

    def _press(self, line: str, _checked: bool = False) -> None:
        self._tell(line)
