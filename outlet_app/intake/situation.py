"""Under what this terminal works now: enrolment, operator's word, own key; verified as a whole."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outlet_app.contract.malformed import Malformed
from outlet_app.contract.policy import PolicyPack
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.store.enrolment_store import EnrolmentStore, StoredEnrolment
from outlet_app.sync.enrolled_terminal import load_terminal
from outlet_app.trust.standing import Standing
from outlet_app.trust.tags import TagMaker
from outlet_app.trust.terminal_key import TerminalKey, load_key


@dataclass(frozen=True, slots=True)
class Situation:
    """One version of the enrolment in force; ``former_tags`` find repeats among former terminals' records."""

    enrolment: StoredEnrolment
    standing: Standing
    key: TerminalKey
    tags: TagMaker
    former_tags: tuple[TagMaker, ...]

    @property
    def version(self) -> tuple[str, int]:
        """Terminal and version: equal to EnrolmentStore.current_version while nothing changed."""
        return self.enrolment.terminal, self.enrolment.version

    def policy_on(self, day: date, *, clock_is_sure: bool) -> PolicyPack:
        """The pack in force on a day; where the clock is in doubt the latest of those that had begun.

        KnownFailure POLICY_OUT_OF_DATE when no pack holds the day.
        """
        try:
            return self.standing.policy_on(day)
        except KnownFailure:
            if clock_is_sure:
                raise
            begun = [pack for pack in self.standing.policies if pack.first_day <= day]
            return begun[-1] if begun else self.standing.policies[0]


def load_situation(store: EnrolmentStore, home: Path, waiting_terminals: list[str]) -> Situation | None:
    """The situation as stored, None before the first enrolment.

    KnownFailure KEY_UNREADABLE; STORAGE_CORRUPT when what lies here is not
    what the operator signed.
    """
    try:
        enrolment = store.current()
        if enrolment is None:
            return None
        terminal = load_terminal(home, enrolment)
    except Malformed as exc:
        raise KnownFailure(FailureCode.STORAGE_CORRUPT, exc.where) from exc
    tags = TagMaker(terminal.key.device_secret)
    former = [name for name in waiting_terminals if name != terminal.name]
    return Situation(enrolment, terminal.standing, terminal.key, tags, _former_tags(home, former))


def tags_of(home: Path, situation: Situation, terminal: str) -> TagMaker | None:
    """Tags as a terminal of this device makes them; None for a former one whose key is gone."""
    if terminal == situation.enrolment.terminal:
        return situation.tags
    return next(iter(_former_tags(home, [terminal])), None)


def _former_tags(home: Path, terminals: list[str]) -> tuple[TagMaker, ...]:
    makers = []
    for terminal in terminals:
        try:
            makers.append(TagMaker(load_key(home, terminal).device_secret))
        except KnownFailure:
            # without its key a former terminal's records cannot be compared; they wait all the same
            continue
    return tuple(makers)
