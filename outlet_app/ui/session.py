"""Who is signed in at this window, and for how long: signing in and out, the idle lock, the roster's word."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.journey import HIDDEN, Event, State
from outlet_app.intake.people import Patience, SignOut
from outlet_app.intake.service import SignedInClerk
from outlet_app.ui.bridge import Sender
from outlet_app.ui.counter import Counter
from outlet_app.ui.desk import Desk
from outlet_app.ui.idle import IdleLock
from outlet_app.ui.quiet_time import QuietTime


class Session(QObject):
    """Lives in the GUI thread. A clerk who was locked out by idleness finds the customer again for a while.

    ``change_needed`` names a clerk whose temporary PIN was right: it is good for setting another only.
    """

    change_needed = Signal(str)

    def __init__(self, counter: Counter, sender: Sender) -> None:
        super().__init__()
        self.counter = counter
        self.idle = IdleLock()
        self._sender = sender
        self._draft_s = 0
        self._why = SignOut.TROUBLE
        """Why whoever goes now goes; without another reason the trouble page has come."""
        self._away: SignedInClerk | None = None
        """Whose customer waits behind the lock."""
        self._draft_time = QuietTime()
        self._draft_time.over.connect(self._drop_draft)
        counter.shell.sign_in.submitted.connect(self.sign_in)
        counter.shell.strip.clerk_pressed.connect(self.sign_out)
        counter.bridge.link_status_arrived.connect(self._look_at_roster)
        counter.clerk_gone.connect(self._gone)
        self.idle.expired.connect(self.lock)

    # -- in --

    @Slot(str, str)
    def sign_in(self, number: str, pin: str) -> None:
        """Try number and PIN; what was refused is said on the sign-in page."""
        self.counter.bridge.ask(
            lambda desk: _sign_in(desk, number, pin), self._signed_in, self._not_signed_in
        )

    def _signed_in(self, found: tuple[SignedInClerk, Patience]) -> None:
        clerk, patience = found
        counter = self.counter
        returned = counter.state in HIDDEN and self._away == clerk and self._draft_time.left_s > 0
        self._draft_time.stop()
        self._away = None
        counter.clerk = clerk
        counter.shell.strip.show_clerk(clerk.number)
        counter.shell.home.show_work(registers=counter.may_register)
        self._be_patient(patience)
        counter.happened(Event.RETURNED if returned else Event.SIGNED_IN)

    def _not_signed_in(self, failure: KnownFailure) -> None:
        if failure.code is FailureCode.PIN_MUST_CHANGE:
            self.change_needed.emit(self.counter.shell.sign_in.number)
            return
        if failure.code is FailureCode.CLERK_UNKNOWN:
            # a newer roster is fetched at once, whatever the server's interval and a metered line's hours
            self._sender.send_now()
        self.counter.shell.sign_in.show_failure(failure)

    def _be_patient(self, patience: Patience) -> None:
        self._draft_s = patience.draft_s
        self.idle.set_limit(patience.idle_lock_s)

    # -- out --

    @Slot()
    def sign_out(self) -> None:
        """The clerk leaves; the draft goes, and anybody can sign in at once."""
        self._leave(SignOut.LEFT, Event.SIGNED_OUT)

    @Slot()
    def lock(self) -> None:
        """Nobody was there for a while: the customer is hidden at once, the draft waits for its minutes."""
        clerk = self.counter.clerk
        self._leave(SignOut.IDLE, Event.LOCKED)
        if self.counter.state in HIDDEN:
            assert clerk is not None, "a draft has its clerk"
            self._away = clerk
            self.counter.shell.sign_in.show_locked(clerk.number)
            self._draft_time.start(self._draft_s)
        elif self.counter.clerk is not None:
            # a record is being stored: its outcome comes in a moment, and must not stay on the screen either
            self.idle.look_again()

    def end(self) -> None:
        """The window goes: whoever is signed in has left."""
        self.sign_out()

    def stop(self) -> None:
        """No timer runs out any more."""
        self.idle.quiet.stop()
        self._draft_time.stop()

    def _leave(self, why: SignOut, event: Event) -> None:
        self._why = why
        self.counter.happened(event)
        self._why = SignOut.TROUBLE

    @Slot(object)
    def _gone(self, clerk: SignedInClerk) -> None:
        why = self._why
        sign_out = partial(_sign_out, clerk, why)
        # on the way out of trouble the journal may be what is in trouble: that is said already
        self.counter.bridge.ask(sign_out, _nothing_follows, _nothing_follows)

    @Slot()
    def _drop_draft(self) -> None:
        self._away = None
        if self.counter.state in HIDDEN:
            self.counter.happened(Event.SIGNED_OUT)

    # -- the roster's word --

    @Slot(object)
    def _look_at_roster(self, _status: object) -> None:
        """Each contact may have brought a newer roster or policy."""
        clerk = self.counter.clerk or self._away
        if clerk is not None:
            self.counter.bridge.ask(lambda desk: _standing(desk, clerk), self._take_standing)

    def _take_standing(self, found: tuple[SignedInClerk, bool, Patience]) -> None:
        clerk, is_listed, patience = found
        self._be_patient(patience)
        if is_listed or clerk not in {self.counter.clerk, self._away}:
            return
        self._away = None
        self._draft_time.stop()
        self._leave(SignOut.ROSTER, Event.SIGNED_OUT)
        if self.counter.state is State.SIGNED_OUT:
            self.counter.shell.sign_in.show_failure(KnownFailure(FailureCode.CLERK_UNKNOWN))


def _sign_in(desk: Desk, number: str, pin: str) -> tuple[SignedInClerk, Patience]:
    return desk.people.sign_in(number, pin), desk.people.patience()


def _standing(desk: Desk, clerk: SignedInClerk) -> tuple[SignedInClerk, bool, Patience]:
    return clerk, desk.people.still_as_signed_in(clerk), desk.people.patience()


def _sign_out(clerk: SignedInClerk, why: SignOut, desk: Desk) -> None:
    desk.people.sign_out(clerk, why)


def _nothing_follows(_answer: KnownFailure | None) -> None:
    """What was asked is done, or cannot be."""
