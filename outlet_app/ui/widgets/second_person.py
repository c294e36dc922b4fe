"""The panel on which a supervisor who is not the clerk enters number and PIN."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from outlet_app.domain.failures import KnownFailure
from outlet_app.i18n import N_, _
from outlet_app.ui.theme import theme
from outlet_app.ui.widgets.panels import Panel
from outlet_app.ui.widgets.person_fields import PersonFields
from outlet_app.ui.widgets.words import words


class SecondPerson(Panel):
    """Asks a second person for number and PIN; put it on a page whose main button calls ``submit``.

    ``given(number, pin)`` goes to ``Intake.people.approve``; what that refuses
    comes back through ``show_failure``. ``ready_changed`` says when there is
    enough to submit. Call ``forget`` with the page's own ``forget``.
    """

    given = Signal(str, str)
    ready_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        unit = theme().px
        self._heading = words("bold", wraps=True)
        self._why = words("small", wraps=True)
        self._reason = ""
        self._person = PersonFields("second", N_("Supervisor's number"))
        self._person.left.insertWidget(0, self._heading)
        self._person.left.insertWidget(1, self._why)
        self._person.left.insertSpacing(2, unit(6))
        self._person.left.insertStretch(0, 1)
        self._person.left.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(unit(48), unit(28), unit(48), unit(28))
        self._column.addWidget(self._person)
        self._person.given.connect(self.given)
        self._person.ready_changed.connect(self.ready_changed)
        self.retranslate()

    @property
    def is_ready(self) -> bool:
        """True when number and PIN can be sent off."""
        return self._person.is_ready

    def ask(self, reason: str) -> None:
        """Say in one sentence of the page what is to be approved, and begin with nobody's number."""
        self._reason = reason
        self._person.forget()
        self.retranslate()

    def submit(self) -> None:
        """Send off what was typed, if it is enough; the PIN leaves the panel at once."""
        self._person.submit()

    def show_failure(self, failure: KnownFailure) -> None:
        """Why it was not approved; the PIN is asked anew."""
        self._person.show_failure(failure)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less air on a small screen."""
        side, ends = theme().px(24 if narrow else 48), theme().px(16 if narrow else 28)
        self._column.setContentsMargins(side, ends, side, ends)
        self._person.set_narrow(narrow=narrow)

    def take_focus(self) -> None:
        """Begin with the number, or with the PIN when the number stands."""
        self._person.take_focus()

    def forget(self) -> None:
        """Nobody's number and PIN, and nothing to approve."""
        self._reason = ""
        self._person.forget()
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force; the reason is the page's, which says it again with ``reword``."""
        self._heading.setText(_("Second person: a supervisor, not the clerk at the counter"))
        self._why.setText(self._reason)
        self._why.setVisible(bool(self._reason))
        self._person.retranslate()

    def reword(self, reason: str) -> None:
        """The same reason in another language."""
        self._reason = reason
        self.retranslate()
