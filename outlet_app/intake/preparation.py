"""A registration's checks and bytes, done while the clerk still types, so that the customer waits for less.

Nothing is taken on trust at the button: what was prepared counts only for the
very same draft, clerk and channel, under the same enrolment, on the same day
by a clock as sure as then. Everything about the queue is asked again within
the transaction (confirming.check_again).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from outlet_app.domain import timestamps
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import Channel
from outlet_app.intake.confirming import foresee
from outlet_app.intake.drafts import Draft, SignedInClerk
from outlet_app.intake.limit_rules import check_hours
from outlet_app.intake.record_parts import made_ahead
from outlet_app.intake.rules import Candidate, check_registration
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that rules.check_registration goes by, but for the time of day."""

    draft: Draft
    clerk: SignedInClerk
    channel: Channel
    day: date
    clock_is_sure: bool


class Preparation:
    """One registration at most, in memory only; ``drop`` it with its draft."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._prepared: tuple[_Asked, Situation, Candidate] | None = None

    def prepare(self, draft: Draft, clerk: SignedInClerk, channel: Channel) -> None:
        """Check and make what can be; what refuses the draft is told when it is confirmed.

        ValueError: a draft without card, details or statements.
        """
        self.drop()
        workplace = self._workplace
        try:
            now, situation = workplace.now(), workplace.enrolled()
            asked = _asked(draft, clerk, channel, now, clock_is_sure=not workplace.clock_behind_s)
            candidate = _checked(situation, asked, now)
            candidate = replace(candidate, made=made_ahead(situation, candidate))
            foresee(workplace.db, workplace.outbox(), situation, candidate)
        except KnownFailure:
            return
        self._prepared = asked, situation, candidate

    def drop(self) -> None:
        """Nothing of a customer is here any more."""
        self._prepared = None

    def candidate(
        self, situation: Situation, draft: Draft, clerk: SignedInClerk, channel: Channel, now: datetime
    ) -> Candidate:
        """The draft as a candidate of now; KnownFailure and ValueError of rules.check_registration."""
        sure = not self._workplace.clock_behind_s
        asked = _asked(draft, clerk, channel, now, clock_is_sure=sure)
        if self._prepared is None or self._prepared[1] is not situation or self._prepared[0] != asked:
            return _checked(situation, asked, now)
        candidate = self._prepared[2]
        check_hours(candidate.policy, now, clock_is_sure=sure)
        return candidate.at(now)


def _asked(
    draft: Draft, clerk: SignedInClerk, channel: Channel, now: datetime, *, clock_is_sure: bool
) -> _Asked:
    return _Asked(draft, clerk, channel, timestamps.china_day(now), clock_is_sure)


def _checked(situation: Situation, asked: _Asked, now: datetime) -> Candidate:
    return check_registration(
        situation, asked.draft, asked.clerk, asked.channel, now, clock_is_sure=asked.clock_is_sure
    )
