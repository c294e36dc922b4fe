"""A terminal of this device: its enrolment and key, everything stored verified anew."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.enrolment_store import StoredEnrolment
from outlet_app.trust.standing import Standing, verify_standing
from outlet_app.trust.terminal_key import TerminalKey, load_key


@dataclass(frozen=True, slots=True)
class EnrolledTerminal:
    """One enrolment of this device with all that is needed to speak in its name."""

    enrolment: StoredEnrolment
    key: TerminalKey
    standing: Standing

    @property
    def name(self) -> str:
        """The terminal's name."""
        return self.enrolment.terminal

    def policy_on(self, day: date) -> PolicyPack:
        """The pack in force, or the newest when none is: letting go must not end with a pack."""
        try:
            return self.standing.policy_on(day)
        except KnownFailure:
            return self.standing.latest_policy


def load_terminal(home: Path, enrolment: StoredEnrolment) -> EnrolledTerminal:
    """The terminal of a stored enrolment.

    KnownFailure KEY_UNREADABLE; STORAGE_CORRUPT when what lies here is not
    what the operator signed.
    """
    key = load_key(home, enrolment.terminal)
    try:
        standing = verify_standing(
            enrolment.root,
            enrolment.keys,
            enrolment.policies,
            enrolment.roster,
            terminal=enrolment.terminal,
            outlet=enrolment.outlet,
        )
    except KnownFailure as failure:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, failure.detail) from failure
    return EnrolledTerminal(enrolment, key, standing)
