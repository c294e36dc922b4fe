"""The use case: from a draft on the counter to a stored record. The only way into the queue."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from outlet_app.contract.policy import PolicyPack
from outlet_app.domain import timestamps
from outlet_app.domain.cards import CardRead
from outlet_app.domain.findings import Finding
from outlet_app.domain.masking import family_initial
from outlet_app.domain.registrations import Channel, Person, RecordKind, RecordState, ServiceDetails, Slip
from outlet_app.intake.approvals import Approval
from outlet_app.intake.confirming import check_not_waiting, confirmed
from outlet_app.intake.day import DayEnd
from outlet_app.intake.drafts import (
    Draft,
    EnrolmentView,
    SignedInClerk,
    TodayCounts,
    new_record_id,
    slip_of,
)
from outlet_app.intake.exceptions import Exceptions
from outlet_app.intake.limits import SAME_IDENTITY, Limits
from outlet_app.intake.mending import REPLACE, Mending
from outlet_app.intake.mending_rules import let_go
from outlet_app.intake.notices import Notice, notices
from outlet_app.intake.people import People
from outlet_app.intake.preparation import Preparation
from outlet_app.intake.quarantine import Quarantine
from outlet_app.intake.roles import Act, as_listed
from outlet_app.intake.rules import Candidate, assess_card, normalised
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.disk_space import check_room
from outlet_app.store.journal import Journal, JournalEvent
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import QueueStatus, RecordRow
from outlet_app.verification.steps import assess_service

__all__ = ["Draft", "EnrolmentView", "Intake", "QueueStatus", "RecordRow", "SignedInClerk", "TodayCounts"]

PAGE = 50


class Intake:
    """The counter's side of the store. Open, use and close it in one thread; it owns one connection.

    ``people`` are the use cases about who stands behind the counter,
    ``exceptions`` those about documents that are typed, ``mending`` those about
    what is registered already, ``limits`` what the policy sets, ``day`` its end,
    ``quarantine`` those about records that are set aside.
    ``clock`` gives the present as an aware moment.
    """

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._db = workplace.db
        self.journal_is_broken = False
        """What the last look through the journals said; they are long, so somebody else looks."""
        self.people = People(workplace)
        self.exceptions = Exceptions(workplace, self.people)
        self.mending = Mending(workplace, self.people)
        self.limits = Limits(workplace)
        self.day = DayEnd(workplace, self.people)
        self.quarantine = Quarantine(workplace, self.people)
        self._preparation = Preparation(workplace)

    @classmethod
    def open(cls, home: Path, clock: Callable[[], datetime]) -> "Intake":
        """The intake of a data folder, which is made when it is not there; KnownFailure of storage."""
        return cls(Workplace.open(home, clock))

    def close(self) -> None:
        """Close the connection; the last one to go tidies the write-ahead log."""
        self._workplace.close()

    # -- who --

    def enrolment(self) -> EnrolmentView | None:
        """Who this terminal is, None before it has joined an outlet."""
        situation = self._workplace.situation()
        if situation is None:
            return None
        enrolment, standing = situation.enrolment, situation.standing
        return EnrolmentView(
            enrolment.terminal,
            enrolment.outlet,
            enrolment.outlet_name,
            standing.trust.operator,
            standing.latest_policy.test,
            enrolment.revoked,
        )

    def policy(self) -> PolicyPack:
        """The pack in force, the built-in one before enrolment; KnownFailure POLICY_OUT_OF_DATE."""
        return self._workplace.policy()

    # -- one registration --

    def new_draft(self, kind: RecordKind) -> Draft:
        """An empty draft with its record's id to be; KnownFailure DISK_NEARLY_FULL without room."""
        check_room(self._workplace.home)
        return Draft(new_record_id(), kind)

    def assess(self, card: CardRead) -> tuple[Finding, ...]:
        """What verification says of a card today."""
        now = self._workplace.now()
        return assess_card(card, now, clock_is_sure=not self._workplace.clock_behind_s)

    def check_details(self, details: ServiceDetails, refers_to: UUID | None = None) -> tuple[Finding, ...]:
        """What verification says of number and ICCID, which are brought into their one written form.

        ``refers_to`` is the registration whose place is taken. KnownFailure:
        NUMBER_MALFORMED, ICCID_MALFORMED, NUMBER_WAITING, ICCID_WAITING (the
        detail is the local number that waits).
        """
        known = normalised(details)
        situation = self._workplace.situation()
        if situation is not None:
            outbox = self._outbox(situation)
            besides = set() if refers_to is None else let_go(outbox.by_id(refers_to))
            check_not_waiting(outbox, situation, known.number, known.iccid, besides)
        return assess_service(known)

    def same_identity_count(self, card: CardRead) -> int:
        """How many records of this terminal seem to be of the same document; a hint, not a proof."""
        situation = self._workplace.situation()
        if situation is None:
            return 0
        document = card.document
        return self._outbox(situation).same_identity_count(
            situation.tags.identity(document), family_initial(document.name)
        )

    def prepare(self, draft: Draft, clerk: SignedInClerk, channel: Channel) -> None:
        """Do ahead what ``confirm`` of this very draft would do; nothing is stored, and nothing said.

        ValueError: a draft without card, details or statements.
        """
        self._preparation.prepare(draft, clerk, channel)

    def forget_prepared(self) -> None:
        """The customer is gone: nothing that was prepared stays."""
        self._preparation.drop()

    def confirm(
        self, draft: Draft, clerk: SignedInClerk, channel: Channel, approval: Approval | None = None
    ) -> Slip:
        """Make the draft a record, durably; the same draft again gives the same slip.

        ``approval`` is that of a replacement (mending.REPLACE), else one beyond
        the number on one identity (limits.SAME_IDENTITY) of the draft's id.
        KnownFailure: NOT_ENROLLED, those of rules.check_registration and of
        confirming.check_again, of a replacement those of Mending.check_replacement, and
        those of storage. Nothing is stored then.
        """
        now = self._workplace.now()

        def check(situation: Situation, approver: Person | None) -> Candidate:
            candidate = self._preparation.candidate(situation, draft, clerk, channel, now)
            self.mending.check_replacement(situation, candidate)
            return candidate.approved_by(approver)

        if approval is not None and self._workplace.outbox().is_stored(draft.record_id):
            # the approval is used up, and there is nothing to approve
            return self.slip(draft.record_id)
        replaces = draft.refers_to is not None
        act, subject = (REPLACE, draft.refers_to) if replaces else (SAME_IDENTITY, draft.record_id)
        with self.mending.approver(approval, act, subject, clerk) as approver:
            slip = confirmed(self._workplace, draft.record_id, partial(check, approver=approver))
        self._preparation.drop()
        return slip

    # -- slips, records, figures --

    def slips_not_shown(self) -> list[Slip]:
        """Slips of records that were stored but never shown, oldest first: show them before all else."""
        return [slip_of(row) for row in Outbox(self._db, "").slips_not_shown()]

    def slip_shown(self, record_id: UUID) -> None:
        """The slip of this record has stood before people's eyes."""
        Outbox(self._db, "").slip_shown(record_id, self._workplace.now())

    def slip(self, record_id: UUID) -> Slip:
        """The slip of a record as it stands now; KnownFailure RECORD_NOT_FOUND."""
        return slip_of(Outbox(self._db, "").by_id(record_id))

    def record(self, record_id: UUID) -> RecordRow:
        """A record of this device as it stands now; KnownFailure RECORD_NOT_FOUND."""
        return Outbox(self._db, "").by_id(record_id)

    def receipt(self, record_id: UUID) -> bytes | None:
        """The operator's signed word on a record, as the bytes that came; None before there is one."""
        return Outbox(self._db, "").receipt(record_id)

    def queue_status(self) -> QueueStatus:
        """Counts by state of all records on this device."""
        return Outbox(self._db, "").status(self._workplace.for_ages())

    def records(
        self, limit: int = PAGE, before_sequence: int | None = None, state: RecordState | None = None
    ) -> list[RecordRow]:
        """This terminal's records, youngest first; the next page begins before the last one's sequence."""
        situation = self._workplace.situation()
        if situation is None:
            return []
        return self._outbox(situation).list_rows(limit, before_sequence, state)

    def today_counts(self) -> TodayCounts:
        """This terminal's records of the present day in China."""
        situation = self._workplace.situation()
        if situation is None:
            return TodayCounts(0, 0, 0, 0)
        counts = self._outbox(situation).counts_since(timestamps.china_midnight(self._workplace.now()))
        waiting = sum(
            counts[state] for state in (RecordState.QUEUED, RecordState.SENDING, RecordState.RECEIVED)
        )
        return TodayCounts(
            sum(counts.values()), waiting, counts[RecordState.ACCEPTED], counts[RecordState.REFUSED]
        )

    def journal_read(self, draft: Draft) -> None:
        """A card was read for this draft; the journal says through which driver, never whose it was."""
        situation = self._workplace.situation()
        if situation is None or draft.card is None:
            return
        Journal(self._db, situation.enrolment.terminal).record(
            JournalEvent.CARD_READ,
            self._workplace.now(),
            subject=str(draft.record_id),
            detail=draft.card.provenance.driver,
        )

    def notices(self) -> tuple[Notice, ...]:
        """What people at the counter should know before the next customer, most urgent first."""
        standing = notices(self._workplace, journal_is_broken=self.journal_is_broken)
        return (*standing, *self.limits.near(), *self.quarantine.near())

    def journal_reveal(self, record_id: UUID, clerk: SignedInClerk) -> None:
        """Hidden digits are about to be shown; the journal says for which draft or record, and to whom.

        KnownFailure: NOT_ENROLLED, CLERK_UNKNOWN, ROLE_NOT_ALLOWED: then they stay hidden.
        """
        situation = self._workplace.enrolled()
        listed = as_listed(situation, clerk, Act.REVEAL)
        Journal(self._db, situation.enrolment.terminal).record(
            JournalEvent.REVEALED, self._workplace.now(), subject=str(record_id), detail=listed.number
        )

    def _outbox(self, situation: Situation) -> Outbox:
        return Outbox(self._db, situation.enrolment.terminal)
