"""A record in large type, and what may be done about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from outlet_app.i18n import _
from outlet_app.texts.records import registration_text
from outlet_app.ui import figures
from outlet_app.ui.facsimile import kind_name
from outlet_app.ui.mend_views import Act, MendView
from outlet_app.ui.mend_words import act_meaning, act_words, afterwards
from outlet_app.ui.record_words import reason_parts, stops
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.buttons import RankedButton
from outlet_app.ui.widgets.fitted import FittedLine
from outlet_app.ui.widgets.panels import Notice, Panel
from outlet_app.ui.widgets.track import Track
from outlet_app.ui.widgets.words import words

_ICONS = {
    Act.VOID: "cross",
    Act.AMEND: "sim",
    Act.REPLACE: "card",
    Act.RETRY: "refresh",
    Act.HAND_OVER: "send",
    Act.GIVE_UP: "lock",
}
_SIDE_UNITS = 360
_NARROW_SIDE_UNITS = 310


class RecordFacts(QWidget):
    """Emits the act that was chosen."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._view: MendView | None = None
        self._number = FittedLine()
        self._number.setObjectName("mend-number")
        self._phone = words("title")
        self._phone.setObjectName("mend-phone")
        self._what = words("second", wraps=True)
        self._later = words("bold", wraps=True)
        self._later.setObjectName("mend-later")
        self._track = Track()
        self._reason = Notice("red")
        self._reason.setObjectName("mend-reason")
        self._nothing = words("second", wraps=True)
        self._buttons = {
            act: RankedButton("act", f"mend-{act}", icon=_ICONS[act], colour="jade") for act in Act
        }
        self._meanings = {act: words("small", wraps=True) for act in Act}
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        unit = theme().px
        facts = Panel()
        self._facts_column = column = QVBoxLayout(facts)
        column.setSpacing(unit(12))
        column.addStretch(1)
        for part in (self._number, self._phone, self._what, self._later):
            column.addWidget(part)
        column.addSpacing(unit(20))
        column.addWidget(self._track)
        column.addSpacing(unit(12))
        column.addWidget(self._reason)
        column.addStretch(1)
        self._acts = Panel()
        self._acts_column = acts = QVBoxLayout(self._acts)
        acts.setSpacing(unit(8))
        acts.addStretch(1)
        for act, button in self._buttons.items():
            button.clicked.connect(lambda _checked=False, act=act: self.chosen.emit(str(act)))
            acts.addWidget(button)
            acts.addWidget(self._meanings[act])
            acts.addSpacing(unit(14))
        acts.addWidget(self._nothing)
        acts.addStretch(1)
        self.set_narrow(narrow=False)
        row: QBoxLayout = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(22))
        row.addWidget(facts, 1)
        row.addWidget(self._acts)

    def show_view(self, view: MendView) -> None:
        """A record, its state, and the acts that are open."""
        self._view = view
        self.retranslate()

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air and a narrower column of acts on a small screen."""
        unit = theme().px
        self._acts.setFixedWidth(unit(_NARROW_SIDE_UNITS if narrow else _SIDE_UNITS))
        facts, acts = (unit(20), unit(14)) if narrow else (unit(40), unit(24))
        self._facts_column.setContentsMargins(facts, unit(28), facts, unit(28))
        self._acts_column.setContentsMargins(acts, unit(24), acts, unit(24))

    def focus_first_act(self) -> bool:
        """The focus on the first act; False where there is none."""
        first = next((button for button in self._buttons.values() if button.isVisibleTo(self)), None)
        if first is not None:
            first.setFocus()
        return first is not None

    def forget(self) -> None:
        """No record."""
        self._view = None
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        view = self._view
        record = None if view is None else view.record
        self._number.say("" if record is None else figures.local_number(record.local_number))
        self._phone.setText("" if record is None else figures.phone(record.phone_mask))
        self._phone.setVisible(bool(self._phone.text()))
        if record is not None:
            parts = (
                registration_text(record.kind),
                record.family_initial,
                "" if record.document_kind is None else kind_name(record.document_kind),
                _("Clerk {number}").format(number=record.clerk) if record.clerk else "",
            )
            self._what.setText(" · ".join(part for part in parts if part))
            self._later.setText("\n".join(afterwards(record)))
            self._track.show_stops(stops(record))
        self._later.setVisible(bool(self._later.text()) and record is not None)
        what, who = ("", "") if record is None else reason_parts(record)
        self._reason.setVisible(bool(what))
        self._reason.say("jade" if record is not None and record.given_up else "red", what, who)
        for act, button in self._buttons.items():
            is_open = view is not None and act in view.allowed and act is not view.advised
            button.say(act_words(act))
            button.setVisible(is_open)
            meaning = self._meanings[act]
            meaning.setText(self._meaning(act))
            meaning.setVisible(is_open)
        self._nothing.setText(_("Nothing is to be done about this record."))
        self._nothing.setVisible(view is not None and not view.allowed)
        others = set() if view is None else view.allowed - {view.advised}
        self._acts.setVisible(bool(others) or self._nothing.isVisibleTo(self._acts))

    def _meaning(self, act: Act) -> str:
        needs = self._view is not None and act in self._view.needs_approval
        with_whom = _("With a supervisor") if needs else ""
        return "\n".join(part for part in (act_meaning(act), with_whom) if part)
