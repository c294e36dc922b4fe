"""Who stands behind the counter: signing in with number and PIN, and a second person's word; no network."""

from collections.abc import Iterator
from contextlib import contextmanager

from outlet_app.contract.roster import ClerkEntry
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Person, Role
from outlet_app.intake.approvals import Approval, Approvals
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.workplace import Workplace
from outlet_app.store.journal import JournalEvent
from outlet_app.store.sign_in_store import SignInStore
from outlet_app.trust.pins import is_right_pin


class People:
    """The people of the outlet, as this terminal's roster names them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._approvals = Approvals()

    def sign_in(self, number: str, pin: str) -> SignedInClerk:
        """The clerk of this number and PIN; takes about 0.1 s on purpose.

        KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN, CLERK_LOCKED, PIN_WRONG.
        """
        entry = self._listed(number)
        self._prove(entry, pin, JournalEvent.SIGNED_IN)
        return SignedInClerk(entry.number, entry.role)

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
        clerk himself, ROLE_NOT_ALLOWED, CLERK_LOCKED, PIN_WRONG.
        """
        entry = self._listed(number)
        if entry.number == not_clerk:
            raise KnownFailure(FailureCode.SECOND_PERSON_NEEDED, what)
        if entry.role is not Role.SUPERVISOR:
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
            if entry.role is not Role.SUPERVISOR:
                raise KnownFailure(FailureCode.ROLE_NOT_ALLOWED, str(entry.role))
            yield Person(entry.number, entry.role)

    # -- number and PIN --

    def _listed(self, number: str) -> ClerkEntry:
        entry = self._workplace.enrolled().standing.roster.find(number)
        if entry is None:
            raise KnownFailure(FailureCode.CLERK_UNKNOWN)
        return entry

    def _prove(self, entry: ClerkEntry, pin: str, event: JournalEvent, detail: str = "") -> None:
        situation = self._workplace.enrolled()
        tries = SignInStore(self._workplace.db, situation.enrolment.terminal)
        # tries are bounded by the newest pack's rule even when its days are over
        policy = situation.standing.latest_policy
        done = tries.begin_try(entry.number, entry.salt, self._workplace.now(), policy)
        if not is_right_pin(entry, pin, situation.key.device_secret):
            tries.fail(done, self._workplace.now())
            raise KnownFailure(FailureCode.PIN_WRONG)
        tries.succeed(done, self._workplace.now(), event, detail)
