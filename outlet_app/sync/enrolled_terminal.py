"""The terminal on whose behalf is sent: its enrolment and key, everything stored verified anew."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.enrolment_store import EnrolmentStore, StoredEnrolment
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
    """The terminal of a stored enrolment; KnownFailure KEY_UNREADABLE, SERVER_SIGNATURE_WRONG."""
    return EnrolledTerminal(
        enrolment,
        load_key(home, enrolment.terminal),
        verify_standing(
            enrolment.root,
            enrolment.keys,
            enrolment.policies,
            enrolment.roster,
            terminal=enrolment.terminal,
            outlet=enrolment.outlet,
        ),
    )


def current_terminal(home: Path, store: EnrolmentStore) -> EnrolledTerminal:
    """The terminal in force; KnownFailure NOT_ENROLLED before the first enrolment."""
    enrolment = store.current()
    if enrolment is None:
        raise KnownFailure(FailureCode.NOT_ENROLLED)
    return load_terminal(home, enrolment)
