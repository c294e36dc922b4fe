"""The day side by side: records, slips, journal and operator; below it what is open and what differs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.domain.registrations import local_number
from outlet_app.i18n import _, ngettext
from outlet_app.texts.days import numbered_difference
from outlet_app.texts.records import reason_text, state_text
from outlet_app.ui import figures
from outlet_app.ui.day_views import DayLine, DayView
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.scrolled import scrolled
from outlet_app.ui.widgets.words import words


class _Figure(Panel):
    """One count in large type, and what it counts."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        unit = theme().px
        self._count = words("huge")
        self._what = words("second", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(unit(20), unit(14), unit(20), unit(14))
        column.setSpacing(unit(2))
        column.addWidget(self._count)
        column.addWidget(self._what)
        column.addStretch(1)

    def say(self, count: int | None, what: str) -> None:
        """Show a count; none before the first look."""
        self._count.setText("–" if count is None else str(count))
        self._what.setText(what)
        self.setAccessibleName(f"{what}: {self._count.text()}")


class DayFacts(QWidget):
    """Shows a DayView; decides nothing."""

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        self._view: DayView | None = None
        self._figures = tuple(_Figure(f"day-{name}") for name in ("records", "slips", "journal", "operator"))
        self._compared = Notice("card")
        self._compared.setObjectName("day-compared")
        self._heading = words("bold", wraps=True)
        self._lines = words("second", wraps=True)
        self._lines.setObjectName("day-lines")
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(unit(14))
        for figure in self._figures:
            row.addWidget(figure, 1)
        inner_column = QVBoxLayout()
        inner_column.setContentsMargins(0, 0, 0, 0)
        inner_column.addWidget(self._lines)
        inner_column.addStretch(1)
        listed = Panel()
        grid = QGridLayout(listed)
        grid.setContentsMargins(unit(28), unit(18), unit(28), unit(18))
        grid.setSpacing(unit(10))
        grid.addWidget(self._heading, 0, 0)
        grid.addWidget(scrolled(inner_column), 1, 0)
        grid.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(unit(16))
        column.addLayout(row)
        column.addWidget(self._compared)
        column.addWidget(listed, 1)
        self.retranslate()

    def show_view(self, view: DayView | None) -> None:
        """The day so far, None before the first look."""
        self._view = view
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        view = self._view
        counts = (
            (None,) * 4 if view is None else (view.records, view.slips, view.in_journal, view.with_operator)
        )
        told = (_("Records"), _("Slips shown"), _("In the journal"), _("Answered by the operator"))
        for figure, count, what in zip(self._figures, counts, told, strict=True):
            figure.say(count, what)
        self._say_compared()
        self._heading.setText(self._heading_words())
        self._lines.setText("\n".join(self._listed()))

    def _say_compared(self) -> None:
        self._compared.setVisible(self._view is not None)
        comparison = None if self._view is None else self._view.comparison
        if comparison is None:
            text = _("Compare when there is a network; the day can be closed without.")
            self._compared.say("amber", _("Not yet compared with the operator"), text)
            return
        when = _("Compared at {time}").format(time=figures.time_of_day(comparison.since))
        count = comparison.difference_count
        if not count:
            self._compared.say("jade", _("This terminal and the operator agree"), when)
            return
        what = ngettext("{n} difference with the operator", "{n} differences with the operator", count)
        self._compared.say("red", what.format(n=count), when)

    def _heading_words(self) -> str:
        view = self._view
        if view is None:
            return _("Slips, journal and records are being looked through…")
        if view.closed:
            return _("Closed. Nothing was done since.")
        if not view.open_count and not self._differing():
            return _("Nothing is open, nothing differs")
        count = view.open_count
        still_open = ngettext("{n} record is open", "{n} records are open", count).format(n=count)
        parts = (_("What differs") if self._differing() else "", still_open if count else "")
        return " · ".join(part for part in parts if part)

    def _listed(self) -> list[str]:
        view = self._view
        if view is None:
            return []
        return [*self._differing(), *(_line(line) for line in view.open)]

    def _differing(self) -> list[str]:
        view = self._view
        if view is None:
            return []
        told = view.comparison.differences if view.comparison is not None else ()

        def number(sequence: int) -> str:
            return figures.local_number(local_number(view.outlet, view.terminal, sequence))

        return [numbered_difference(one, number) for one in (*view.differences, *told)]


def _line(line: DayLine) -> str:
    ends = (line.number, line.last) if line.last else (line.number,)
    return f"{' – '.join(figures.local_number(one) for one in ends)}  {_standing(line)}"


def _standing(line: DayLine) -> str:
    state = state_text(line.state)
    if line.code is None:
        return state
    return _("{state}: {reason}").format(state=state, reason=reason_text(line.code))
