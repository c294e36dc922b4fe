"""PINs set at the counter without a network: one's own changed, a forgotten one reset by a supervisor."""

from datetime import datetime

from outlet_app.contract.roster import ClerkEntry
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import Role
from outlet_app.intake.situation import Situation
from outlet_app.store.database import Database, write
from outlet_app.store.local_pin_store import LocalPin, LocalPinStore
from outlet_app.store.sign_in_store import SignInStore
from outlet_app.trust.pins import PinWeakness, is_pin, make_verifier, pin_weakness


def check_new_pin(clerk: str, old: str | None, new: str) -> None:
    """KnownFailure PIN_TOO_SHORT, or PIN_NOT_ALLOWED whose detail is the PinWeakness."""
    if not is_pin(new):
        raise KnownFailure(FailureCode.PIN_TOO_SHORT)
    weakness = PinWeakness.SAME_AS_BEFORE if new == old else pin_weakness(new, clerk)
    if weakness is not None:
        raise KnownFailure(FailureCode.PIN_NOT_ALLOWED, str(weakness))


def check_may_be_reset(entry: ClerkEntry) -> None:
    """KnownFailure PIN_RESET_BY_OPERATOR: whoever may approve everything here is given a PIN from outside."""
    if entry.role is Role.SUPERVISOR:
        raise KnownFailure(FailureCode.PIN_RESET_BY_OPERATOR)


def set_pin(
    db: Database, situation: Situation, entry: ClerkEntry, pin: str, now: datetime, *, set_by: str
) -> None:
    """Set a PIN beside the roster entry and lift a lock; set by somebody else it must be changed first."""
    salt, verifier = make_verifier(pin, situation.key.device_secret)
    terminal = situation.enrolment.terminal
    local = LocalPin(entry.salt, salt, verifier, must_change=set_by != entry.number)
    with write(db):
        SignInStore(db, terminal).start_afresh(entry.number)
        LocalPinStore(db, terminal).keep(entry.number, local, now, set_by=set_by)
