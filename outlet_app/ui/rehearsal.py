"""A rehearsal: the real window driven through one whole registration by real input events.

Keys and mouse presses go to widgets found by their object name, each step
waits for what it needs and gives up after its time. Pictures are taken in the
GUI thread and written elsewhere.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from outlet_app.domain.registrations import RecordState
from outlet_app.intake.journey import State
from outlet_app.ui.app import Kiosk
from outlet_app.ui.views import ReaderState

LOOK_MS = 20
log = logging.getLogger(__name__)


def nothing() -> None:
    """For a rehearsal whose cards are laid down by somebody else."""


@dataclass(frozen=True, slots=True)
class RehearsalScript:
    """Who signs in, what is registered, and how a card comes and goes (called in the GUI thread).

    ``server`` and ``code`` are for a terminal that has to join an outlet first.
    """

    clerk: str
    pin: str
    number: str
    iccid: str
    server: str = ""
    code: str = ""
    lay_card: Callable[[], None] = nothing
    lift_card: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what must be so, within how long, which picture to take then, and what is done."""

    name: str
    ready: Callable[[], bool]
    act: Callable[[], None]
    picture: str = ""
    within_s: float = 30.0
    hopeless: Callable[[], str] = str
    """Why waiting is of no use any more; empty while it is."""


class Rehearsal(QObject):
    """Runs once; ``succeeded`` is True when the last step was done, else ``stuck_at`` names the step."""

    def __init__(
        self,
        script: RehearsalScript,
        pictures: Path | None,
        on_done: Callable[["Rehearsal"], None] | None = None,
    ) -> None:
        super().__init__()
        self.script = script
        self.succeeded = False
        self.stuck_at = ""
        self._pictures = pictures
        self._on_done = on_done
        self._kiosk: Kiosk | None = None
        self._steps: list[Step] = []
        self._since = 0.0
        self._writer: ThreadPoolExecutor | None = None
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._go_on)

    def begin(self, kiosk: Kiosk) -> None:
        """Start on an open kiosk; it is closed at the end."""
        self._kiosk = kiosk
        self._steps = steps(self, kiosk)
        self._since = monotonic()
        if self._pictures is not None:
            self._pictures.mkdir(parents=True, exist_ok=True)
            self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._look.start()

    def widget(self, name: str) -> QWidget:
        """The widget of that object name, the one that is seen of several; LookupError without any."""
        assert self._kiosk is not None
        found = self._kiosk.shell.findChildren(QWidget, name)
        if not found:
            raise LookupError(f"the window has no {name}")
        return next((each for each in found if each.isVisible()), found[0])

    def press(self, name: str) -> None:
        """Press a widget with the mouse."""
        QTest.mouseClick(self.widget(name), Qt.MouseButton.LeftButton)

    def keys(self, name: str, text: str) -> None:
        """Type into a widget, as a keyboard or a scanner does."""
        QTest.keyClicks(self.widget(name), text)

    def key(self, name: str, key: Qt.Key) -> None:
        """One key to a widget."""
        QTest.keyClick(self.widget(name), key)

    @Slot()
    def _go_on(self) -> None:
        step = self._steps[0]
        if step.ready():
            if step.picture:
                self._take_picture(step.picture)
            self._steps.pop(0)
            step.act()
            self._since = monotonic()
            if not self._steps:
                self._end(succeeded=True)
        elif monotonic() - self._since > step.within_s or step.hopeless():
            self.stuck_at = step.name + step.hopeless()
            log.error("rehearsal: stuck at %s", self.stuck_at)
            self._take_picture("stuck")
            self._end(succeeded=False)

    def _take_picture(self, name: str) -> None:
        if self._writer is None or self._pictures is None or self._kiosk is None:
            return
        image = self._kiosk.shell.grab().toImage()
        self._writer.submit(image.save, str(self._pictures / f"{name}.png"))

    def _end(self, *, succeeded: bool) -> None:
        self._look.stop()
        self.succeeded = succeeded
        if self._writer is not None:
            self._writer.shutdown(wait=True)
        if self._on_done is not None:
            self._on_done(self)
        assert self._kiosk is not None
        self._kiosk.close()


def run_rehearsal(
    kiosk: Kiosk,
    script: RehearsalScript,
    pictures: Path | None,
    on_done: Callable[[Rehearsal], None] | None = None,
) -> Rehearsal:
    """Drive an open kiosk through one registration; it is closed at the end. Keep what is returned."""
    rehearsal = Rehearsal(script, pictures, on_done)
    rehearsal.begin(kiosk)
    return rehearsal


def steps(run: Rehearsal, kiosk: Kiosk) -> list[Step]:
    """The whole way, from sign-in to the list of records."""
    joining = _joining(run, kiosk) if run.script.code else []
    return [*joining, *_arrival(run, kiosk), *_customer(run, kiosk), *_after(run, kiosk)]


def _joining(run: Rehearsal, kiosk: Kiosk) -> list[Step]:
    script, shell = run.script, kiosk.shell

    def type_server_and_code() -> None:
        run.keys("join-server", script.server)
        run.key("join-server", Qt.Key.Key_Return)
        run.keys("join-code", script.code)

    return [
        Step("the join page", lambda: shell.page is shell.join, type_server_and_code),
        Step("server and code", shell.join.join.isEnabled, lambda: run.press("join-submit"), "join"),
    ]


def _arrival(run: Rehearsal, kiosk: Kiosk) -> list[Step]:
    script, shell, counter = run.script, kiosk.shell, kiosk.counter

    def type_number_and_pin() -> None:
        run.keys("clerk-number", script.clerk)
        run.key("clerk-number", Qt.Key.Key_Return)
        for digit in script.pin:
            run.press(f"key-{digit}")

    def sign_in_page() -> bool:
        return shell.page is shell.sign_in and shell.sign_in.isVisible()

    def reader_is_ready() -> bool:
        return counter.state is State.HOME and shell.home.reader.state is ReaderState.READY

    return [
        Step("the sign-in page", sign_in_page, type_number_and_pin),
        Step(
            "number and PIN", shell.sign_in.sign_in_button.isEnabled, lambda: run.press("sign-in"), "sign-in"
        ),
        Step("a ready reader", reader_is_ready, script.lay_card, "home", within_s=60.0),
    ]


def _customer(run: Rehearsal, kiosk: Kiosk) -> list[Step]:
    script, shell, counter = run.script, kiosk.shell, kiosk.counter

    def is_being_read() -> bool:
        return counter.state in {State.READING, State.REVIEW}

    def in_state(state: State) -> Callable[[], bool]:
        return lambda: counter.state is state

    def fill_in() -> None:
        run.keys("service-number", script.number)
        run.key("service-number", Qt.Key.Key_Return)
        run.keys("service-iccid", script.iccid)
        run.key("service-iccid", Qt.Key.Key_Return)
        run.key("statement-consent", Qt.Key.Key_Space)

    return [
        Step("a card being read", is_being_read, nothing, "reading"),
        Step("the review page", in_state(State.REVIEW), lambda: run.press("review-confirm"), "review"),
        Step("the service page", in_state(State.DETAILS), fill_in),
        Step("both good", shell.service.confirm.isEnabled, lambda: run.press("service-confirm"), "service"),
        # any touch stays: the slip is looked at until the operator has answered
        Step("the slip", in_state(State.DONE), lambda: run.press("page-done"), "done-kept"),
    ]


def _after(run: Rehearsal, kiosk: Kiosk) -> list[Step]:
    script, shell, counter = run.script, kiosk.shell, kiosk.counter

    def is_accepted() -> bool:
        record = shell.done.record
        return record is not None and record.state is RecordState.ACCEPTED and record.receipt is not None

    def is_refused() -> str:
        record = shell.done.record
        held_back = {RecordState.REFUSED, RecordState.QUARANTINED}
        return (
            f": {record.state}, {record.reason}" if record is not None and record.state in held_back else ""
        )

    def next_customer() -> None:
        script.lift_card()
        run.press("done-next")

    def records_are_there() -> bool:
        return counter.state is State.RECORDS and shell.records.model.rowCount() > 0

    return [
        Step(
            "the operator's receipt", is_accepted, next_customer, "done", within_s=60.0, hopeless=is_refused
        ),
        Step("home again", lambda: counter.state is State.HOME, lambda: run.press("tile-records")),
        Step("the records", records_are_there, lambda: run.key("records-list", Qt.Key.Key_F2), "records"),
        Step(
            "another language", records_are_there, lambda: run.press("records-back"), "records-other-language"
        ),
        Step("home at the end", lambda: counter.state is State.HOME, kiosk.tell_bug, "home-other-language"),
        # the page that an error of the program's own leads to, and the way back from it
        Step("trouble", lambda: shell.page is shell.trouble, lambda: run.press("trouble-back"), "trouble"),
        Step("home after trouble", lambda: shell.page is shell.home, nothing),
    ]
