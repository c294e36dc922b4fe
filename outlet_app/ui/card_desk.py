"""What the reader's events mean for the journey."""

from functools import partial

from PySide6.QtCore import QObject, Slot

from outlet_app.checkpoints import Point, reached
from outlet_app.domain.cards import CardRead
from outlet_app.domain.exit_codes import NOT_ENROLLED, REFUSED_HERE, exit_code
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.journey import Event, State
from outlet_app.intake.service import Draft
from outlet_app.reader.events import (
    DocumentRead,
    Found,
    ReaderEvent,
    Reading,
    Ready,
    Recovering,
    Selected,
    Trouble,
    Waiting,
)
from outlet_app.reader.steps import Rung
from outlet_app.ui import reader_watch
from outlet_app.ui.counter import Counter
from outlet_app.ui.views import ReaderView, ReviewView

_FOUND, _SELECTED, _READING, _CHECKING = 1, 2, 3, 4
_TAKES_NEXT = {State.HOME, State.DONE}
"""States in which a card that is laid down begins the next registration."""


class CardDesk(QObject):
    """Takes reader events in the GUI thread; starts a registration when a card is laid down."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        self._view = ReaderView()
        self._failed: FailureCode | None = None
        self._delivered = False
        counter.bridge.reader_event_arrived.connect(self.take)

    @Slot(object)
    def take(self, event: ReaderEvent) -> None:
        """One event of the reader process."""
        self._show(reader_watch.after(self._view, event))
        match event:
            case Found():
                self._found()
            case Selected():
                self._step(_SELECTED)
            case Reading():
                self._step(_READING, event.percent)
            case Recovering():
                self._step(_FOUND, rung=event.rung)
            case DocumentRead():
                self._read(event.card)
            case Trouble():
                self._trouble(event.code)
            case Waiting() | Ready():
                self._idle()
            case _:
                pass

    def _show(self, view: ReaderView) -> None:
        if view != self._view:
            self._view = view
            self._counter.shell.strip.show_reader(view)
            self._counter.shell.home.show_reader(view)

    def _found(self) -> None:
        counter = self._counter
        self._failed, self._delivered = None, False
        if counter.state in _TAKES_NEXT and counter.may_register:
            counter.happened(Event.KIND_CHOSEN)
        elif counter.state is State.REVIEW:
            # another card: nothing of the last one stays on the screen while it is read
            counter.happened(Event.CARD_NEEDED_AGAIN)
        self._step(_FOUND)

    def _step(self, step: int, percent: int | None = None, *, rung: Rung | None = None) -> None:
        if self._counter.state is State.READING and self._failed is None:
            self._counter.shell.reading.show_step(step, percent, rung=rung)

    def _read(self, card: CardRead) -> None:
        counter = self._counter
        reached(Point.CARD_READ)
        self._delivered = True
        if counter.state in _TAKES_NEXT and counter.may_register:
            counter.happened(Event.KIND_CHOSEN)
        if counter.state not in {State.READING, State.REVIEW}:
            # nobody waits for it here: it has to be laid down again when somebody does
            self._show(ReaderView(self._view.state, self._view.name, self._view.failure, card_left=True))
            return
        self._step(_CHECKING)
        clerk = counter.clerk
        assert clerk is not None, "a card is read for somebody who is signed in"
        replacing = counter.replacing
        counter.bridge.ask(
            lambda desk: desk.look(card, clerk, replacing),
            partial(self._looked, counter.visit),
            partial(self._not_looked, counter.visit),
        )

    def _looked(self, visit: int, found: tuple[Draft, ReviewView]) -> None:
        if visit == self._counter.visit:
            self._counter.take_card(*found)

    def _not_looked(self, visit: int, failure: KnownFailure) -> None:
        """A limit, or a document that is not taken here, is said in the place of the reading."""
        if exit_code(failure.code) not in {REFUSED_HERE, NOT_ENROLLED}:
            self._counter.bridge.failed.emit(failure)
        elif visit == self._counter.visit:
            self._trouble(failure.code)

    def _trouble(self, code: FailureCode) -> None:
        if self._counter.state is State.READING:
            self._failed = code
            self._counter.shell.reading.show_failure(code)

    def _idle(self) -> None:
        """The reader waits again. What failed stays on the page until a card is laid down."""
        if self._counter.state is not State.READING or self._delivered:
            return
        if self._failed is None or not reader_watch.is_of_the_card(self._failed):
            self._counter.happened(Event.CANCELLED)
