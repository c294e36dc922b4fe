"""The policy's limits as they stand, told before the customer pays, and beforehand when one comes near."""

from outlet_app.domain import timestamps
from outlet_app.domain.documents import Document
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.intake.limit_rules import (
    check_document,
    check_hours,
    check_measures,
    check_stays,
    is_at_identity_limit,
    measures,
)
from outlet_app.intake.notices import Notice
from outlet_app.intake.workplace import Workplace

SAME_IDENTITY = "same-identity"
"""What a supervisor approves beyond the policy's number; the journal has it with the record's id."""


class Limits:
    """The limits of this terminal."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def check(self) -> None:
        """KnownFailure for the first limit because of which no registration may begin now.

        NOT_ENROLLED, TERMINAL_REVOKED, TERMINAL_MOVING, POLICY_OUT_OF_DATE,
        OUTSIDE_HOURS, QUEUE_FULL, QUEUE_TOO_OLD, CONTACT_OVERDUE.
        """
        workplace = self._workplace
        situation = workplace.enrolled()
        if situation.enrolment.revoked:
            raise KnownFailure(FailureCode.TERMINAL_REVOKED)
        check_stays(situation)
        now, policy = workplace.now(), workplace.policy()
        check_hours(policy, now, clock_is_sure=not workplace.clock_behind_s)
        check_measures(workplace.db, situation, policy, now)

    def holds(self) -> KnownFailure | None:
        """What ``check`` refuses now; None when nothing, and before enrolment."""
        if self._workplace.situation() is None:
            return None
        try:
            self.check()
        except KnownFailure as failure:
            return failure
        return None

    def check_document(self, document: Document) -> None:
        """KnownFailure DOCUMENT_NOT_ALLOWED for a kind that the policy does not name."""
        check_document(self._workplace.policy(), document.kind)

    def needs_supervisor(self, document: Document) -> bool:
        """True when one more registration with this document is for a supervisor to approve."""
        situation = self._workplace.situation()
        if situation is None:
            return False
        return is_at_identity_limit(self._workplace.outbox(), situation, self._workplace.policy(), document)

    def near(self) -> tuple[Notice, ...]:
        """What comes near, or has ended and is still good for a while."""
        workplace = self._workplace
        situation = workplace.situation()
        if situation is None or self.holds() is not None:
            return ()
        now, policy = workplace.now(), workplace.policy()
        found = [
            Notice(measure.near, measure.detail)
            for measure in measures(workplace.db, situation, policy, now)
            if measure.is_near
        ]
        if not workplace.clock_behind_s and timestamps.china_day(now) > policy.last_day:
            ends = policy.last_day_of_grace.isoformat()
            found.append(Notice(FailureCode.POLICY_GRACE, ends))
        return tuple(found)
