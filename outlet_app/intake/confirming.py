"""One transaction from a checked draft to a stored record: number, seal, sign, insert, journal."""

from collections.abc import Callable, Collection
from uuid import UUID

from outlet_app.checkpoints import Point, reached
from outlet_app.contract.header import Header
from outlet_app.domain.registrations import Slip
from outlet_app.intake.drafts import slip_of, slip_of_new
from outlet_app.intake.exception_rules import check_allowance
from outlet_app.intake.limit_rules import check_identity_limit, check_measures, check_stays
from outlet_app.intake.made_ahead import MadeAhead, Marks
from outlet_app.intake.mending_rules import Mend, check_approved, check_mendable, let_go
from outlet_app.intake.record_parts import made_ahead, marks_of, new_record
from outlet_app.intake.rules import Candidate
from outlet_app.intake.settled import is_settled, settle
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import Database, write
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import NewRecord
from outlet_app.trust.record_maker import make_record


def confirmed(workplace: Workplace, record_id: UUID, check: Callable[[Situation], Candidate | Mend]) -> Slip:
    """Slip of the record of this id, stored durably now unless it is one; ``check`` gives the candidate.

    All in one transaction: nothing that was looked at can change before the
    record is there. KnownFailure: NOT_ENROLLED, those of ``check`` and of
    check_again, POLICY_OUT_OF_DATE without a sealing key in force, and those of storage.
    """
    db = workplace.db
    with write(db, at_commit=_committed):
        situation = workplace.enrolled()
        outbox = Outbox(db, situation.enrolment.terminal)
        if outbox.is_stored(record_id):
            return slip_of(outbox.by_id(record_id))
        new = _new_record(db, outbox, situation, check(situation))
        outbox.insert(new)
        reached(Point.BEFORE_COMMIT)
    return slip_of_new(new)


def _committed() -> None:
    reached(Point.AFTER_COMMIT)


def _new_record(db: Database, outbox: Outbox, situation: Situation, candidate: Candidate | Mend) -> NewRecord:
    """The candidate as the next record of its terminal, sealed and signed, within the transaction."""
    operator_key = situation.standing.trust.sealing_key(candidate.confirmed_at)
    made = _made(situation, candidate)
    if not is_settled(db, made):
        check_again(db, outbox, situation, candidate, made)
    end, enrolment = outbox.chain_end(), situation.enrolment
    assert operator_key.suite is not None, "records are sealed to keys of use seal"
    header = Header(
        record_id=candidate.record_id,
        terminal=enrolment.terminal,
        outlet=enrolment.outlet,
        sequence=end.sequence + 1,
        previous=end.envelope_sha256,
        policy=candidate.policy.number,
        key=operator_key.key_id,
        suite=operator_key.suite,
        kind=candidate.kind,
        channel=candidate.channel,
        confirmed_at=candidate.confirmed_at,
        refers_to=candidate.refers_to,
    )
    envelope = make_record(header, made.plaintext, operator_key, situation.key)
    return new_record(candidate, made, header, envelope)


def foresee(db: Database, outbox: Outbox, situation: Situation, candidate: Candidate) -> None:
    """Ask what storing it will ask, so that it knows the answers unless somebody writes meanwhile.

    KnownFailure: those that it would raise now.
    """
    situation.standing.trust.sealing_key(candidate.confirmed_at)
    outbox.is_stored(candidate.record_id)
    made = _made(situation, candidate)
    check_again(db, outbox, situation, candidate, made)
    settle(db, situation, candidate, made)
    outbox.chain_state()


def _made(situation: Situation, candidate: Candidate | Mend) -> MadeAhead:
    known = candidate.made if isinstance(candidate, Candidate) else None
    return known or made_ahead(situation, candidate)


def check_again(
    db: Database, outbox: Outbox, situation: Situation, candidate: Candidate | Mend, made: MadeAhead
) -> None:
    """What others may have changed meanwhile, within the transaction that stores it.

    KnownFailure: TERMINAL_MOVING, NUMBER_WAITING, ICCID_WAITING, those of a
    registration's limits; of a record that is about another one
    RECORD_NOT_MENDABLE, RECORD_SUPERSEDED, SECOND_PERSON_NEEDED.
    """
    check_stays(situation)
    besides: set[UUID] = set()
    if candidate.refers_to is not None:
        about = outbox.by_id(candidate.refers_to)
        check_mendable(outbox, situation, about)
        sure = not ClockStore(db, situation.enrolment.terminal).floor().is_behind
        confirmed_at, approver = candidate.confirmed_at, candidate.approver
        check_approved(about, candidate.policy, confirmed_at, approver, clock_is_sure=sure)
        besides = let_go(about)
    _check_marks(outbox, made.marks, besides)
    if isinstance(candidate, Candidate):
        _check_limits(db, outbox, situation, candidate, made)


def _check_limits(
    db: Database, outbox: Outbox, situation: Situation, candidate: Candidate, made: MadeAhead
) -> None:
    """KnownFailure QUEUE_FULL, QUEUE_TOO_OLD, CONTACT_OVERDUE, EXCEPTIONS_USED_UP, IDENTITY_LIMIT.

    What takes another's place is no further registration of that person.
    """
    policy, now = candidate.policy, candidate.confirmed_at
    check_measures(db, situation, policy, now)
    if candidate.is_exception:
        check_allowance(outbox, policy, now)
    if candidate.approver is None and candidate.refers_to is None and made.identity is not None:
        check_identity_limit(outbox, policy, *made.identity)


def check_not_waiting(
    outbox: Outbox,
    situation: Situation,
    number: str | None,
    iccid: str | None,
    besides: Collection[UUID] = (),
) -> None:
    """KnownFailure NUMBER_WAITING or ICCID_WAITING when number or SIM waits in the queue already.

    ``besides`` are registrations that are being mended.
    """
    _check_marks(outbox, marks_of(situation, number, iccid), besides)


def _check_marks(outbox: Outbox, marks: tuple[Marks, ...], besides: Collection[UUID]) -> None:
    for one in marks:
        outbox.check_not_waiting(one.phone_mask, one.number_tag, one.iccid_tags, besides)
