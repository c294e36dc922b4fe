"""What the records page asks of the intake about mending. Used on the intake thread alone."""

from collections.abc import Callable
from uuid import UUID

from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import Channel, Corrections, GiveUpReason, RecordState, VoidReason
from outlet_app.intake.approvals import Approval
from outlet_app.intake.mending import Mending, can_be_mended_without_card
from outlet_app.intake.quarantine import may_be_given_up
from outlet_app.intake.service import Intake, RecordRow, SignedInClerk
from outlet_app.ui.mend_views import Act, MendView
from outlet_app.ui.views import RecordView

_ACTS = (Act.VOID, Act.AMEND, Act.REPLACE)


class MendingDesk:
    """Takes and gives values only; raises KnownFailure for what a person can act on."""

    def __init__(self, intake: Callable[[], Intake], view: Callable[[RecordRow], RecordView]) -> None:
        self._open_intake = intake
        self._view = view

    @property
    def _intake(self) -> Intake:
        return self._open_intake()

    @property
    def _mending(self) -> Mending:
        return self._intake.mending

    def look(self, record_id: UUID) -> MendView:
        """A record with all that may be done about it now."""
        row = self._intake.record(record_id)
        found = {act: self._subject(row, act) for act in _ACTS}
        subjects = {act: subject for act, subject in found.items() if subject is not None}
        if row.state is RecordState.REFUSED and not can_be_mended_without_card(row):
            subjects.pop(Act.AMEND, None)
        allowed = set(subjects)
        if row.state is RecordState.QUARANTINED and row.given_up is None and row.sealed_here:
            allowed |= {Act.RETRY, Act.HAND_OVER}
        if may_be_given_up(row):
            allowed.add(Act.GIVE_UP)
        return MendView(
            record=self._view(row),
            allowed=frozenset(allowed),
            advised=_advised(row, allowed),
            subject=next((one.record_id for one in subjects.values()), record_id),
            needs_approval=frozenset(
                act for act, subject in subjects.items() if self._mending.needs_second_person(subject)
            ),
        )

    def approve(self, number: str, pin: str, act: Act, view: MendView, clerk: SignedInClerk) -> Approval:
        """A supervisor's word for this act on this registration, or on the record that is given up."""
        subject = view.record.record_id
        if act is not Act.GIVE_UP:
            subject = self._mending.subject(subject, act).record_id
        return self._intake.people.approve(
            number, pin, str(act), subject=str(subject), not_clerk=clerk.number
        )

    def approve_replacement(self, number: str, pin: str, refers_to: UUID, clerk: SignedInClerk) -> Approval:
        """A supervisor's word for a replacement whose card lies down already."""
        return self._intake.people.approve(
            number, pin, str(Act.REPLACE), subject=str(refers_to), not_clerk=clerk.number
        )

    def void(
        self, record_id: UUID, reason: VoidReason, clerk: SignedInClerk, approval: Approval | None
    ) -> RecordView:
        """Take it back; the record that says so."""
        slip = self._mending.void(record_id, reason, clerk, Channel.COUNTER, approval)
        return self._view(self._intake.record(slip.record_id))

    def check(self, record_id: UUID, corrections: Corrections) -> None:
        """Whether this may be given anew; KnownFailure says why not."""
        self._mending.check_corrections(record_id, corrections)

    def amend(
        self, record_id: UUID, corrections: Corrections, clerk: SignedInClerk, approval: Approval | None
    ) -> RecordView:
        """Give it anew; the record that says so."""
        slip = self._mending.amend(record_id, corrections, clerk, Channel.COUNTER, approval)
        return self._view(self._intake.record(slip.record_id))

    def retry(self, record_id: UUID) -> MendView:
        """Try a record that was set aside again."""
        self._mending.retry(record_id)
        return self.look(record_id)

    def give_up(
        self, record_id: UUID, reason: GiveUpReason, clerk: SignedInClerk, approval: Approval | None
    ) -> MendView:
        """Close a record that is set aside."""
        self._intake.quarantine.give_up(record_id, reason, clerk, approval)
        return self.look(record_id)

    def replaced(self, record_id: UUID) -> UUID:
        """The registration whose place the card laid down again takes."""
        return self._mending.subject(record_id, Act.REPLACE).record_id

    def _subject(self, row: RecordRow, act: Act) -> RecordRow | None:
        if act is Act.REPLACE and row.exception:
            return None  # there is no card to lay down: what was typed is taken back and typed anew
        try:
            return self._mending.subject(row.record_id, act)
        except KnownFailure:
            return None


def _advised(row: RecordRow, allowed: set[Act]) -> Act | None:
    """What would help first; None where nothing is wrong."""
    if Act.RETRY in allowed:
        return Act.RETRY
    if row.state is not RecordState.REFUSED:
        return None
    return next((act for act in (Act.AMEND, Act.REPLACE) if act in allowed), None)
