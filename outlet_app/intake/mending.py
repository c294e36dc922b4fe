"""Taking a registration back, and giving anew what the chip did not give. What is queued is never changed.

Each makes a record of its own that names the registration and goes the one way
into the queue. Taking its place with the card laid down again is a registration:
a draft with ``refers_to``, confirmed like any other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from outlet_app.domain.findings import Finding
from outlet_app.domain.registrations import Channel, Corrections, Person, RecordState, Slip, VoidReason
from outlet_app.intake.approvals import Approval
from outlet_app.intake.confirming import check_not_waiting, confirmed
from outlet_app.intake.drafts import Draft, SignedInClerk, new_record_id
from outlet_app.intake.mending_rules import (
    Mend,
    check_mendable,
    check_same_person,
    findings_about,
    let_go,
    mended_root,
    mending_admitted,
    needs_second_person,
    replaced_root,
    written_so,
)
from outlet_app.intake.people import People
from outlet_app.intake.rules import Candidate
from outlet_app.intake.situation import Situation, tags_of
from outlet_app.intake.workplace import Workplace
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import RecordRow, is_typed_part

VOID, AMEND, REPLACE = "void", "amend", "replace"
"""What a supervisor approves, of the registration's id."""


class Mending:
    """What may be done about a registration afterwards."""

    def __init__(self, workplace: Workplace, people: People) -> None:
        self._workplace = workplace
        self._people = people

    def find(self, wanted: str) -> RecordRow:
        """A record of this device by id, local number or sequence; KnownFailure RECORD_NOT_FOUND."""
        return self._workplace.outbox().show(wanted)

    def retry(self, record_id: UUID) -> RecordRow:
        """Try a record that was set aside again; KnownFailure of Outbox.retry."""
        return self._workplace.outbox().retry(str(record_id), self._workplace.now())

    def subject(self, record_id: UUID, act: str) -> RecordRow:
        """The registration that an act on this record is about: it, or the one that it amends or replaced.

        KnownFailure NOT_ENROLLED, RECORD_NOT_FOUND, RECORD_NOT_MENDABLE, RECORD_SUPERSEDED.
        """
        situation, outbox = self._workplace.enrolled(), self._workplace.outbox()
        row = self._row(outbox, record_id, act)
        check_mendable(outbox, situation, row)
        return row

    def needs_second_person(self, row: RecordRow) -> bool:
        """True when a supervisor's approval is asked for with this act, now."""
        policy, now = self._workplace.policy(), self._workplace.now()
        return needs_second_person(row, policy, now, clock_is_sure=not self._workplace.clock_behind_s)

    def void(
        self,
        record_id: UUID,
        reason: VoidReason,
        clerk: SignedInClerk,
        channel: Channel,
        approval: Approval | None = None,
    ) -> Slip:
        """Take a registration back.

        ``approval`` is of the act VOID and the registration's id. KnownFailure:
        those of ``subject``, of mending_admitted and of storage, SECOND_PERSON_NEEDED.
        """
        return self._stored(record_id, reason, clerk, channel, approval)

    def amend(
        self,
        record_id: UUID,
        corrections: Corrections,
        clerk: SignedInClerk,
        channel: Channel,
        approval: Approval | None = None,
    ) -> Slip:
        """Give number, ICCID or consent anew; nothing of the person is in it.

        ``approval`` is of the act AMEND and the registration's id. KnownFailure:
        those of ``subject``, of mending_admitted, of written_so and of storage,
        SECOND_PERSON_NEEDED, NUMBER_WAITING, ICCID_WAITING.
        """
        return self._stored(record_id, written_so(corrections), clerk, channel, approval)

    def new_replacement(self, record_id: UUID) -> Draft:
        """A draft that takes a registration's place; KnownFailure those of ``subject``."""
        row = self.subject(record_id, REPLACE)
        return Draft(new_record_id(), row.kind, refers_to=row.record_id)

    def check_replacement(self, situation: Situation, candidate: Candidate) -> None:
        """That a draft may take the place that it names; one that names none may.

        KnownFailure RECORD_NOT_FOUND, RECORD_NOT_MENDABLE, RECORD_SUPERSEDED, PERSON_DIFFERS.
        """
        if candidate.refers_to is None:
            return
        outbox = Outbox(self._workplace.db, situation.enrolment.terminal)
        row = outbox.by_id(candidate.refers_to)
        check_mendable(outbox, situation, row)
        tags = tags_of(self._workplace.home, situation, row.terminal)
        check_same_person(outbox, tags, row, candidate.customer.document)

    def check_corrections(self, record_id: UUID, corrections: Corrections) -> tuple[Finding, ...]:
        """Findings about what would be given anew, before anything is stored.

        KnownFailure: those of ``subject`` and of written_so, NUMBER_WAITING, ICCID_WAITING.
        """
        row, situation = self.subject(record_id, AMEND), self._workplace.enrolled()
        new = written_so(corrections)
        check_not_waiting(self._workplace.outbox(), situation, new.number, new.iccid, let_go(row))
        return findings_about(new)

    @contextmanager
    def approver(
        self, approval: Approval | None, act: str, subject: UUID | None, clerk: SignedInClerk
    ) -> Iterator[Person | None]:
        """Who approved this act on this registration; None where nobody was asked."""
        if approval is None:
            yield None
            return
        with self._people.approved(approval, act, subject=str(subject), not_clerk=clerk.number) as person:
            yield person

    def _stored(
        self,
        record_id: UUID,
        what: VoidReason | Corrections,
        clerk: SignedInClerk,
        channel: Channel,
        approval: Approval | None,
    ) -> Slip:
        act = AMEND if isinstance(what, Corrections) else VOID
        new_id, now = new_record_id(), self._workplace.now()
        about = self.subject(record_id, act).record_id
        with self.approver(approval, act, about, clerk) as person:

            def check(situation: Situation) -> Mend:
                sure = not self._workplace.clock_behind_s
                listed, policy = mending_admitted(situation, clerk, channel, now, clock_is_sure=sure)
                return Mend(new_id, about, what, listed, channel, policy, now, person)

            return confirmed(self._workplace, new_id, check)

    def _row(self, outbox: Outbox, record_id: UUID, act: str) -> RecordRow:
        if act == REPLACE:
            return replaced_root(outbox, record_id)
        return outbox.by_id(record_id) if act == VOID else mended_root(outbox, record_id)


def can_be_mended_without_card(row: RecordRow) -> bool:
    """False where the operator refused something that the chip gave: an amendment cannot reach it."""
    return row.state is not RecordState.REFUSED or is_typed_part(row.error_field)
