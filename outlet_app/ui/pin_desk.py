"""The pages on which PINs are changed and reset, while nobody is signed in."""

from functools import partial

from PySide6.QtCore import QObject, Slot

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.ui.pages.frame import PageFrame
from outlet_app.ui.session import Session


class PinDesk(QObject):
    """Leads from the sign-in page to the two pages and back."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._bridge = session.counter.bridge
        self._shell = shell = session.counter.shell
        self._pages: tuple[PageFrame, ...] = (shell.change_pin, shell.reset_pin)
        shell.sign_in.change_wanted.connect(self._begin_change)
        shell.sign_in.reset_wanted.connect(self._begin_reset)
        shell.change_pin.submitted.connect(self._change)
        shell.change_pin.left.connect(self._back)
        shell.reset_pin.submitted.connect(self._reset)
        shell.reset_pin.change_wanted.connect(self._begin_change_of)
        shell.reset_pin.left.connect(self._back)
        session.change_needed.connect(self._change_needed)
        session.idle.expired.connect(self._back)
        shell.stack.currentChanged.connect(self._forget_others)

    @Slot()
    def _begin_change(self) -> None:
        self._begin_change_of(self._shell.sign_in.number)

    @Slot(str)
    def _begin_change_of(self, number: str) -> None:
        self._shell.change_pin.begin(number)
        self._shell.show_page(self._shell.change_pin)

    @Slot(str)
    def _change_needed(self, number: str) -> None:
        """A temporary PIN was right: the next step is one of one's own."""
        self._shell.change_pin.begin(number, KnownFailure(FailureCode.PIN_MUST_CHANGE))
        self._shell.show_page(self._shell.change_pin)

    @Slot()
    def _begin_reset(self) -> None:
        self._shell.reset_pin.begin(self._shell.sign_in.number)
        self._shell.show_page(self._shell.reset_pin)

    @Slot(str, str, str)
    def _change(self, number: str, old: str, new: str) -> None:
        self._bridge.ask(
            lambda desk: desk.people.change_pin(number, old, new),
            partial(self._changed, number, new),
            self._shell.change_pin.show_failure,
        )

    def _changed(self, number: str, new: str, _answer: None) -> None:
        self._back()
        self._shell.sign_in.show_number(number)
        self._session.sign_in(number, new)

    @Slot(str, str, str)
    def _reset(self, number: str, supervisor: str, pin: str) -> None:
        self._bridge.ask(
            lambda desk: desk.people.reset_pin(number, supervisor=supervisor, supervisor_pin=pin),
            partial(self._shell.reset_pin.show_temporary, number),
            self._shell.reset_pin.show_failure,
        )

    @Slot()
    def _back(self) -> None:
        """To the sign-in page, if one of the two is shown; nothing typed or told stays behind."""
        if self._shell.page in self._pages:
            self._shell.show_page(self._shell.sign_in)

    @Slot()
    def _forget_others(self) -> None:
        for page in self._pages:
            if page is not self._shell.page:
                page.forget()
