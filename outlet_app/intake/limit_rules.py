"""The policy's limits as rules: hours, queue, contact, documents, registrations on one identity."""

from dataclasses import dataclass, replace
from datetime import datetime

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.documents import Document, DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import family_initial
from outlet_app.intake.situation import Situation
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import Database
from outlet_app.store.outbox import Outbox
from outlet_app.store.pacing_store import PacingStore

_NEAR_FIFTHS = 4
"""From four fifths of a limit on people are told that it comes near [own choice]."""

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that grows while nothing is sent, in units of ``unit_s``, and the most it may be (0: any).

    ``reached`` and ``near`` are what is said.
    """

    value: int
    most: int
    reached: FailureCode
    near: FailureCode
    unit_s: int = 1

    @property
    def is_reached(self) -> bool:
        """True when no registration may begin."""
        return bool(self.most) and self.value >= self.most * self.unit_s

    @property
    def is_near(self) -> bool:
        """True when people should know, although nothing is refused yet."""
        least = _NEAR_FIFTHS * self.most * self.unit_s
        return bool(self.most) and 5 * self.value >= least and not self.is_reached

    def after(self, seconds: int) -> "Measure":
        """The same when nothing was written for so long: ages grow, numbers do not."""
        return self if self.unit_s == 1 else replace(self, value=self.value + seconds)

    @property
    def detail(self) -> str:
        """The figure and its limit."""
        return f"{self.value // self.unit_s} of {self.most}"


def check_hours(policy: PolicyPack, now: datetime, *, clock_is_sure: bool) -> None:
    """KnownFailure OUTSIDE_HOURS; a time of day that is in doubt refuses nobody."""
    if clock_is_sure and not is_open(policy, now):
        raise KnownFailure(FailureCode.OUTSIDE_HOURS, f"{_hour(policy.opens)}-{_hour(policy.closes)}")


def is_open(policy: PolicyPack, now: datetime) -> bool:
    """True within the policy's minutes of the day in China; they may go past midnight."""
    if policy.opens == policy.closes:
        return True
    minute = int((now - timestamps.china_midnight(now)).total_seconds()) // 60
    if policy.opens < policy.closes:
        return policy.opens <= minute < policy.closes
    return minute >= policy.opens or minute < policy.closes


def check_stays(situation: Situation) -> None:
    """KnownFailure TERMINAL_MOVING while the terminal is to move: no new work, of whatever kind."""
    if situation.enrolment.moving_to is not None:
        raise KnownFailure(FailureCode.TERMINAL_MOVING, situation.enrolment.moving_to)


def check_measures(db: Database, situation: Situation, policy: PolicyPack, now: datetime) -> None:
    """KnownFailure QUEUE_FULL, QUEUE_TOO_OLD or CONTACT_OVERDUE."""
    for measure in measures(db, situation, policy, now):
        if measure.is_reached:
            raise KnownFailure(measure.reached, measure.detail)


def stays_below(db: Database, situation: Situation, policy: PolicyPack, now: datetime, seconds: int) -> bool:
    """True when check_measures will refuse nothing for so long, as long as nothing is written."""
    return not any(measure.after(seconds).is_reached for measure in measures(db, situation, policy, now))


def check_document(policy: PolicyPack, kind: DocumentKind) -> None:
    """KnownFailure DOCUMENT_NOT_ALLOWED for a kind that the policy does not name."""
    if kind not in policy.documents:
        raise KnownFailure(FailureCode.DOCUMENT_NOT_ALLOWED, str(kind))


def is_at_identity_limit(
    outbox: Outbox, situation: Situation, policy: PolicyPack, document: Document
) -> bool:
    """True when this terminal's tags say that the policy's number was registered with this document."""
    return _is_at_limit(outbox, policy, situation.tags.identity(document), family_initial(document.name))


def check_identity_limit(outbox: Outbox, policy: PolicyPack, tag: int, initial: str) -> None:
    """KnownFailure IDENTITY_LIMIT for a document of this tag and first character of the name."""
    if _is_at_limit(outbox, policy, tag, initial):
        raise KnownFailure(FailureCode.IDENTITY_LIMIT, str(policy.most_same_identity))


def _is_at_limit(outbox: Outbox, policy: PolicyPack, tag: int, initial: str) -> bool:
    most = policy.most_same_identity
    return bool(most) and outbox.same_identity_count(tag, initial) >= most


def measures(
    db: Database, situation: Situation, policy: PolicyPack, now: datetime
) -> tuple[Measure, Measure, Measure]:
    """Records unsent, age of the oldest, time since the operator's last signed answer (or the enrolment).

    ``now`` is the present; ages count to the moment that is fit for them (ClockStore.for_ages).
    """
    terminal = situation.enrolment.terminal
    clock = ClockStore(db, terminal)
    until = clock.for_ages(now)
    waiting, oldest_s = Outbox(db, terminal).unsent(policy.most_waiting, until)
    heard_at = situation.enrolment.enrolled_at
    contact_at = PacingStore(db, terminal).last_contact_at()
    if contact_at is not None:
        # it was noted by a clock that may have been wrong; the operator's was not
        heard_at = clock.operator_time() or contact_at
    quiet_s = int((until - heard_at).total_seconds())
    queue, contact = FailureCode.QUEUE_AGEING, FailureCode.CONTACT_DUE
    return (
        Measure(waiting, policy.most_waiting, FailureCode.QUEUE_FULL, FailureCode.QUEUE_NEARLY_FULL),
        Measure(oldest_s, policy.most_waiting_days, FailureCode.QUEUE_TOO_OLD, queue, _DAY_S),
        Measure(quiet_s, policy.most_days_without_contact, FailureCode.CONTACT_OVERDUE, contact, _DAY_S),
    )


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
