"""Who stands behind the counter: signing in with number and PIN, without a network."""

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.workplace import Workplace
from outlet_app.store.sign_in_store import SignInStore
from outlet_app.trust.pins import is_right_pin


class People:
    """The people of the outlet, as this terminal's roster names them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def sign_in(self, number: str, pin: str) -> SignedInClerk:
        """The clerk of this number and PIN; takes about 0.1 s on purpose.

        KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN, CLERK_LOCKED, PIN_WRONG.
        """
        situation = self._workplace.enrolled()
        entry = situation.standing.roster.find(number)
        if entry is None:
            raise KnownFailure(FailureCode.CLERK_UNKNOWN)
        tries = SignInStore(self._workplace.db, situation.enrolment.terminal)
        # tries are bounded by the newest pack's rule even when its days are over
        done = tries.begin_try(number, entry.salt, self._workplace.now(), situation.standing.latest_policy)
        if not is_right_pin(entry, pin, situation.key.device_secret):
            tries.fail(done, self._workplace.now())
            raise KnownFailure(FailureCode.PIN_WRONG)
        tries.succeed(done, self._workplace.now())
        return SignedInClerk(entry.number, entry.role)
