"""Records that the operator could not take: tried again, carried there by hand, or given up."""

from uuid import UUID

from outlet_app.contract.given_up import GivenUp
from outlet_app.contract.operator_keys import key_id
from outlet_app.contract.signed_object import sign_object
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import GiveUpReason, Person, RecordState
from outlet_app.intake.approvals import Approval
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.notices import Notice
from outlet_app.intake.people import People
from outlet_app.intake.roles import Act, as_listed, may
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.given_up_store import GivenUpStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.quarantine import figures
from outlet_app.store.rebuilt_chain import COPY_LOST
from outlet_app.store.rows import RecordRow
from outlet_app.trust.terminal_key import load_key

GIVE_UP = "give-up"
"""What a supervisor approves, of the record's id."""

ALARM_AFTER_S = 24 * 3600
"""A record that is set aside for longer is said beside the work; the settings may differ [own choice]."""


class Quarantine:
    """What may be done about records that are set aside. ``alarm_after_s`` 0: nobody is told of their age."""

    def __init__(self, workplace: Workplace, people: People) -> None:
        self._workplace = workplace
        self._people = people
        self.alarm_after_s = ALARM_AFTER_S

    def needs_second_person(self, clerk: SignedInClerk) -> bool:
        """True when a supervisor's approval is asked for: a supervisor gives up on his own word."""
        return not may(clerk.role, Act.APPROVE)

    def give_up(
        self,
        record_id: UUID,
        reason: GiveUpReason,
        clerk: SignedInClerk,
        approval: Approval | None = None,
    ) -> RecordRow:
        """Close a record that is set aside: its number stays taken, nothing of it will come.

        ``approval`` is of the act GIVE_UP and the record's id. The operator is
        told at the next contact. KnownFailure: NOT_ENROLLED, RECORD_NOT_FOUND,
        RECORD_NOT_MENDABLE unless it is set aside, CLERK_UNKNOWN,
        ROLE_NOT_ALLOWED, SECOND_PERSON_NEEDED, KEY_UNREADABLE, those of storage.
        """
        situation = self._workplace.enrolled()
        listed = as_listed(situation, clerk, Act.GIVE_UP)
        row = self._open(record_id)
        if not self.needs_second_person(listed):
            self._keep(situation, row, reason, listed, Person(listed.number, listed.role))
            return self._row(record_id)
        subject = str(record_id)
        with self._people.approved(approval, GIVE_UP, subject=subject, not_clerk=listed.number) as person:
            self._keep(situation, row, reason, listed, person)
        return self._row(record_id)

    def near(self) -> tuple[Notice, ...]:
        """That a record is set aside for too long; nothing before."""
        if not self.alarm_after_s or self._workplace.situation() is None:
            return ()
        oldest = figures(self._workplace.db).oldest_at
        if oldest is None:
            return ()
        age_s = (self._workplace.now() - oldest).total_seconds()
        if age_s < self.alarm_after_s:
            return ()
        return (Notice(FailureCode.QUARANTINE_AGEING, f"{int(age_s) // 3600} h"),)

    def _open(self, record_id: UUID) -> RecordRow:
        row = self._row(record_id)
        if not may_be_given_up(row):
            raise KnownFailure(FailureCode.RECORD_NOT_MENDABLE, "given up, or not set aside")
        return row

    def _row(self, record_id: UUID) -> RecordRow:
        return Outbox(self._workplace.db, "").by_id(record_id)

    def _keep(
        self,
        situation: Situation,
        row: RecordRow,
        reason: GiveUpReason,
        clerk: SignedInClerk,
        person: Person,
    ) -> None:
        store = GivenUpStore(self._workplace.db, row.terminal)
        word = GivenUp(
            terminal=row.terminal,
            sequence=row.sequence,
            record_id=row.record_id,
            envelope_sha256=store.envelope_sha256(row.record_id),
            code=row.last_error,
            reason=reason,
            given_up_at=self._workplace.now(),
            given_up_by=person,
            asked_by=clerk.number,
        )
        # of a former terminal's record the former key speaks
        own = row.terminal == situation.enrolment.terminal
        key = situation.key if own else load_key(self._workplace.home, row.terminal)
        signed = sign_object(key.private, key_id(key.public), Context.GIVEN_UP, word.to_value())
        store.put(word, signed)


def may_be_given_up(row: RecordRow) -> bool:
    """True for a record that is set aside and that the operator does not hold."""
    is_aside = row.state is RecordState.QUARANTINED and row.given_up is None
    return is_aside and row.last_error != COPY_LOST
