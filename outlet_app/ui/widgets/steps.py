"""A list of real steps: done, under way, still to come."""

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from outlet_app.ui.pictures import Picture
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.words import set_role, words


class StepList(QWidget):
    """Names below each other with a sign each."""

    def __init__(self, count: int) -> None:
        super().__init__()
        unit = theme().px
        grid = QGridLayout(self)
        grid.setContentsMargins(0, unit(8), 0, 0)
        grid.setHorizontalSpacing(unit(14))
        grid.setVerticalSpacing(unit(14))
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[Picture, QLabel]] = []
        for order in range(count):
            badge, name = Picture("badge-open", "line_strong", 26), words("second")
            grid.addWidget(badge, order, 0)
            grid.addWidget(name, order, 1)
            self._rows.append((badge, name))

    def show_steps(self, names: tuple[str, ...], reached: int) -> None:
        """Steps before ``reached`` (from 1) are done, that one is under way."""
        for order, ((badge, label), name) in enumerate(zip(self._rows, names, strict=True), start=1):
            label.setText(name)
            if order < reached:
                badge.show_icon("badge-good", "green_sign")
                set_role(label, "lead")
            elif order == reached:
                badge.show_icon("badge-waiting", "amber_sign")
                set_role(label, "lead-bold")
            else:
                badge.show_icon("badge-open", "line_strong")
                set_role(label, "lead-second")
        self.setAccessibleName(names[min(reached, len(names)) - 1])
