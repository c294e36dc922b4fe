"""Who stands behind the counter: signing in with number and PIN, and a second person's word; no network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from outlet_app.contract.policy import BUILT_IN
from outlet_app.contract.roster import ClerkEntry
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Person
from outlet_app.intake.approvals import Approval, Approvals
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.own_pins import check_may_be_reset, check_new_pin, set_pin
from outlet_app.intake.roles import Act, as_listed, may
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.local_pin_store import LocalPinStore
from outlet_app.store.sign_in_store import SignInStore
from outlet_app.trust.pins import chance_pin, is_right_pin

PIN_RESET = "pin-reset"
"""What a supervisor approves when a forgotten PIN is reset."""


class SignOut(StrEnum):
    """Why somebody is signed in no more."""

    LEFT = "left"
    IDLE = "idle"
    ROSTER = "roster"
    TROUBLE = "trouble"


MOST_QUIET_S = 86_400
"""Timers of a window end within a day, whatever a policy says."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a counter that nobody touches stays open, and then how long a hidden draft waits, in seconds.

    0: the counter is never locked; a draft goes at once.
    """

    idle_lock_s: int
    draft_s: int


class People:
    """The people of the outlet, as this terminal's roster names them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._approvals = Approvals()

    def sign_in(self, number: str, pin: str) -> SignedInClerk:
        """The clerk of this number and PIN; takes about 0.1 s on purpose.

        KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN, CLERK_LOCKED, PIN_WRONG,
        PIN_MUST_CHANGE for a temporary PIN, PIN_NOT_TRUSTED.
        """
        entry = self._listed(number)
        self._prove(entry, pin, JournalEvent.SIGNED_IN)
        self._approvals.take_back(entry.number)
        return SignedInClerk(entry.number, entry.role)

    def sign_out(self, clerk: SignedInClerk, why: SignOut) -> None:
        """Nobody stands at the counter any more; an approval that was open is good no more.

        Behind the idle lock it waits with the draft, for the same clerk.
        """
        situation = self._workplace.situation()
        if why is SignOut.IDLE:
            self._approvals.put_aside(self.patience().draft_s)
        else:
            self._approvals.drop()
        if situation is not None:
            Journal(self._workplace.db, situation.enrolment.terminal).record(
                JournalEvent.SIGNED_OUT, self._workplace.now(), subject=clerk.number, detail=str(why)
            )

    def still_as_signed_in(self, clerk: SignedInClerk) -> bool:
        """False when the roster names the clerk no more, or in another role: the session has ended."""
        situation = self._workplace.situation()
        entry = None if situation is None else situation.standing.roster.find(clerk.number)
        return entry is not None and entry.role is clerk.role

    def patience(self) -> Patience:
        """What the newest policy pack says, whether or not its days are over; the built-in one before."""
        situation = self._workplace.situation()
        policy = BUILT_IN if situation is None else situation.standing.latest_policy
        return Patience(min(policy.idle_lock_s, MOST_QUIET_S), min(policy.draft_minutes * 60, MOST_QUIET_S))

    def vouch(self, number: str, pin: str, act: Act) -> SignedInClerk:
        """Somebody stands in for one act with number and PIN, without signing in; the journal says which.

        KnownFailure: those of ``sign_in``. Whose role allows it is for the use case to say.
        """
        entry = self._listed(number)
        self._prove(entry, pin, JournalEvent.APPROVED, str(act))
        return SignedInClerk(entry.number, entry.role)

    def admit(self, clerk: SignedInClerk, act: Act) -> SignedInClerk:
        """The clerk, who may do this by the roster's word; KnownFailure CLERK_UNKNOWN, ROLE_NOT_ALLOWED."""
        return as_listed(self._workplace.enrolled(), clerk, act)

    # -- a second person --

    def approve(self, number: str, pin: str, what: str, *, subject: str, not_clerk: str) -> Approval:
        """A supervisor other than the clerk ``not_clerk`` approves one act on one thing.

        ``what`` is the act's code ("void", "exception", "pin-reset");
        ``subject`` names the thing: the id of the record or draft, or a clerk's
        number. The approval goes to the use case, which proves it with
        ``approved``: it cannot be made up, is good for this act, thing and clerk
        alone, and once. Tries count and lock as those of a sign-in; the journal
        gets APPROVED (subject the approver's number, detail act and thing).

        KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN, SECOND_PERSON_NEEDED for the
        clerk himself, ROLE_NOT_ALLOWED, CLERK_LOCKED, PIN_WRONG, PIN_NOT_TRUSTED.
        """
        entry = self._listed(number)
        if entry.number == not_clerk:
            raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, what)
        if not may(entry.role, Act.APPROVE):
            raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(entry.role))
        self._prove(entry, pin, JournalEvent.APPROVED, f"{what} {subject}")
        return self._approvals.keep(Approval(Person(entry.number, entry.role), what, subject, not_clerk))

    @contextmanager
    def approved(
        self, approval: Approval | None, what: str, *, subject: str, not_clerk: str
    ) -> Iterator[Person]:
        """Do the approved act within; gives the approver as the record names him.

        An act that fails leaves the approval good, one that is done uses it up::

            with people.approved(approval, "void", subject=str(record_id), not_clerk=clerk.number) as person:
                ...store the record with approver=person...

        KnownFailure SECOND_PERSON_NEEDED for none, and for one that was made
        up, used, or given for something else; CLERK_UNKNOWN or ROLE_NOT_ALLOWED
        when the roster no longer has the approver as a supervisor.
        """
        with self._approvals.used(approval, what, subject=subject, not_clerk=not_clerk) as used:
            entry = self._listed(used.person.number)
            if not may(entry.role, Act.APPROVE):
                raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(entry.role))
            yield Person(entry.number, entry.role)

    # -- PINs --

    def change_pin(self, number: str, old: str, new: str) -> None:
        """Set one's own PIN, knowing the old one; a temporary one is changed in the same way.

        KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN, PIN_TOO_SHORT, PIN_NOT_ALLOWED
        (the detail says why), CLERK_LOCKED, PIN_WRONG, PIN_NOT_TRUSTED.
        """
        entry = self._listed(number)
        check_new_pin(number, old, new)
        self._prove(entry, old, None)
        self._set_pin(entry, new, set_by=number)

    def reset_pin(self, number: str, *, supervisor: str, supervisor_pin: str) -> str:
        """A temporary PIN for somebody who forgot his own: good for setting a new one, nothing else.

        Lifts the clerk's lock. KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN,
        PIN_RESET_BY_OPERATOR for a supervisor's PIN, and those of ``approve``.
        """
        entry = self._listed(number)
        check_may_be_reset(entry)
        approval = self.approve(supervisor, supervisor_pin, PIN_RESET, subject=number, not_clerk=number)
        with self.approved(approval, PIN_RESET, subject=number, not_clerk=number) as approver:
            temporary = chance_pin(number)
            self._set_pin(entry, temporary, set_by=approver.number)
        return temporary

    # -- number and PIN --

    def _listed(self, number: str) -> ClerkEntry:
        situation = self._workplace.enrolled()
        entry = situation.standing.roster.find(number)
        if entry is None:
            self._tries(situation).note_unknown(self._workplace.lock_time(), situation.standing.latest_policy)
            raise KnownFailure(FailureCode.CLERK_UNKNOWN)
        return entry

    def _prove(self, entry: ClerkEntry, pin: str, event: JournalEvent | None, detail: str = "") -> None:
        """The PIN is the right one for ``event``; None is a change, for which a temporary one does."""
        situation = self._workplace.enrolled()
        tries = self._tries(situation)
        # tries are bounded by the newest pack's rule even when its days are over
        policy = situation.standing.latest_policy
        # by the clock as it is set: a lock has to run on while the present stands still
        done = tries.begin_try(entry.number, entry.salt, self._workplace.lock_time(), policy)
        local = LocalPinStore(self._workplace.db, situation.enrolment.terminal).find(entry.number, entry.salt)
        known = entry if local is None else replace(entry, salt=local.salt, verifier=local.verifier)
        if not is_right_pin(known, pin, situation.key.device_secret):
            tries.fail(done, self._workplace.now())
            raise KnownFailure(FailureCode.PIN_WRONG)
        must_change = local is not None and local.must_change
        tries.succeed(done, self._workplace.now(), None if must_change else event, detail)
        if must_change and event is not None:
            raise KnownFailure(FailureCode.PIN_MUST_CHANGE)

    def _set_pin(self, entry: ClerkEntry, pin: str, *, set_by: str) -> None:
        now, situation = self._workplace.now(), self._workplace.enrolled()
        set_pin(self._workplace.db, situation, entry, pin, now, set_by=set_by)

    def _tries(self, situation: Situation) -> SignInStore:
        return SignInStore(self._workplace.db, situation.enrolment.terminal)
