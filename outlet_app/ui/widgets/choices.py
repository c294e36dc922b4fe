"""A column or row of buttons of which one at most is chosen."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import RankedButton

T = TypeVar("T")
_TEXT_UNITS = 18
_PADDING_UNITS = 36


class ChoiceButton(RankedButton):
    """A button whose words end in dots where there is no room; a screen reader says them whole."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind, name)
        self._whole = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def say(self, text: str, *, accessible: str = "") -> None:
        """Set the words."""
        super().say(text, accessible=accessible)
        self._whole = text
        self._fit()

    def narrows(self) -> None:
        """Take no more room than there is."""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width shows more or less of them."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            font = theme().font(_TEXT_UNITS, bold=True)
            room = self.width() - theme().px(_PADDING_UNITS)
            self.setText(QFontMetrics(font).elidedText(self._whole, Qt.TextElideMode.ElideRight, room))


class ChoiceSignals(QObject):
    """A generic class has no signals of its own."""

    chosen = Signal()


class Choices(QWidget, Generic[T]):
    """Buttons by value; ``signals.chosen`` when another one is chosen by hand."""

    def __init__(self, name: str, *, kind: str, in_row: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self._kind = kind
        self._values: list[T] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._tell)
        self.signals = ChoiceSignals(self)
        self._row = QHBoxLayout(self) if in_row else QVBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(8))
        if in_row:
            self._row.addStretch(1)

    def offer(self, values: Sequence[T], texts: Sequence[str]) -> None:
        """Offer these values under these words; the one chosen before stays so while it is offered."""
        if list(values) != self._values:
            chosen = self.value
            self._clear()
            self._values = list(values)
            for number, text in enumerate(texts):
                self._add(number, text)
            self.choose(chosen)
        for number, text in enumerate(texts):
            button = self._group.button(number)
            assert isinstance(button, ChoiceButton)
            button.say(text)

    @property
    def value(self) -> T | None:
        """What is chosen."""
        number = self._group.checkedId()
        return self._values[number] if number >= 0 else None

    def choose(self, value: T | None) -> None:
        """Choose a value that is offered, or none."""
        self._group.setExclusive(False)
        for number, each in enumerate(self._values):
            self._group.button(number).setChecked(each == value)
        self._group.setExclusive(True)

    def buttons(self) -> list[RankedButton]:
        """The buttons in their order."""
        return [button for button in self._group.buttons() if isinstance(button, RankedButton)]

    def _add(self, number: int, text: str) -> None:
        button = ChoiceButton(self._kind, f"{self.objectName()}-{number}")
        if not isinstance(self._row, QHBoxLayout):
            button.narrows()
        button.say(text)
        self._group.addButton(button, number)
        if isinstance(self._row, QHBoxLayout):
            self._row.insertWidget(number, button)
        else:
            self._row.addWidget(button)

    def _clear(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()

    def _tell(self, _number: int) -> None:
        self.signals.chosen.emit()
