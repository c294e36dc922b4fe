"""Digits for fingers. It types into whichever field has the focus and never takes it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from outlet_app.i18n import _
from outlet_app.ui.pictures import tinted_icon
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import RankedButton


class Keypad(QWidget):
    """Keys 0 to 9, one back, all away."""

    digit_pressed = Signal(str)
    back_pressed = Signal()
    clear_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[QLineEdit, ...] = ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme().px(12))
        for order, digit in enumerate("123456789"):
            grid.addWidget(self._key(digit, digit), order // 3, order % 3)
        self._clear = self._key("clear", "")
        self._back = self._key("backspace", "")
        side = theme().px(32)
        self._back.setIcon(tinted_icon("backspace", "ink", 32))
        self._back.setIconSize(QSize(side, side))
        self._clear.setProperty("kind", "key-word")
        grid.addWidget(self._clear, 3, 0)
        grid.addWidget(self._key("0", "0"), 3, 1)
        grid.addWidget(self._back, 3, 2)
        self._clear.clicked.connect(self.clear_pressed)
        self._back.clicked.connect(self.back_pressed)
        self.retranslate()

    def types_into(self, *lines: QLineEdit) -> None:
        """Type into the one of these lines that has the focus, the first where none has."""
        self._lines = lines
        self.digit_pressed.connect(self._type)
        self.back_pressed.connect(self._take_back)
        self.clear_pressed.connect(self._clear_line)

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._clear.say(_("Clear"))
        self._back.setAccessibleName(_("Delete the last digit"))

    def _key(self, name: str, text: str) -> RankedButton:
        key = RankedButton("key", f"key-{name}")
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if text:
            key.say(text)
            key.clicked.connect(self._press_digit)
        return key

    def _press_digit(self) -> None:
        key = self.sender()
        if isinstance(key, RankedButton):
            self.digit_pressed.emit(key.text())

    def _line(self) -> QLineEdit:
        return next((line for line in self._lines if line.hasFocus()), self._lines[0])

    def _type(self, digit: str) -> None:
        self._line().insert(digit)

    def _take_back(self) -> None:
        self._line().backspace()

    def _clear_line(self) -> None:
        self._line().clear()
