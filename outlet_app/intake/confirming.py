"""One transaction from a checked draft to a stored record: number, seal, sign, insert, journal."""

from collections.abc import Callable, Collection
from uuid import UUID

from outlet_app.checkpoints import Point, reached
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import mask_phone
from outlet_app.domain.registrations import Corrections
from outlet_app.intake.exception_rules import check_allowance
from outlet_app.intake.limit_rules import check_measures, check_stays, is_at_identity_limit
from outlet_app.intake.mending_rules import Mend, check_approved, check_mendable, let_go
from outlet_app.intake.record_parts import new_record, sealed_part
from outlet_app.intake.rules import Candidate
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.clock_store import ClockStore
from outlet_app.store.database import Database, write
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import RecordRow
from outlet_app.trust.record_maker import RecordPlace, RecordTerms, make_record

_MOST_RELOADS = 5


def confirmed(
    workplace: Workplace, record_id: UUID, check: Callable[[Situation], Candidate | Mend]
) -> RecordRow:
    """The record of this id, stored durably now unless it is one already; ``check`` gives the candidate.

    Checked again when the enrolment changes meanwhile. KnownFailure:
    NOT_ENROLLED, those of ``check`` and of store_record.
    """
    for _ in range(_MOST_RELOADS):
        situation = workplace.enrolled()
        outbox = Outbox(workplace.db, situation.enrolment.terminal)
        if outbox.is_stored(record_id) or store_record(workplace.db, outbox, situation, check(situation)):
            return outbox.by_id(record_id)
    raise KnownFailure(FailureCode.STORAGE_LOCKED, "the enrolment keeps changing")


def store_record(db: Database, outbox: Outbox, situation: Situation, candidate: Candidate | Mend) -> bool:
    """Make the candidate a record, unless its id is one already (then nothing happens).

    False when the enrolment has changed since the situation was loaded: load
    it again and check again. KnownFailure: those of check_again,
    POLICY_OUT_OF_DATE without a sealing key in force, and those of storage.
    """
    operator_key = situation.standing.trust.sealing_key(candidate.confirmed_at)
    plaintext = sealed_part(candidate).encode()
    with write(db):
        if EnrolmentStore(db).current_version() != situation.version:
            return False
        if outbox.is_stored(candidate.record_id):
            return True
        check_again(db, outbox, situation, candidate)
        end = outbox.chain_end()
        enrolment = situation.enrolment
        place = RecordPlace(enrolment.terminal, enrolment.outlet, end.sequence + 1, end.envelope_sha256)
        terms = RecordTerms(
            candidate.record_id,
            candidate.policy.number,
            candidate.kind,
            candidate.channel,
            candidate.confirmed_at,
            candidate.refers_to,
        )
        envelope = make_record(place, terms, plaintext, operator_key, situation.key)
        outbox.insert(new_record(situation.tags, candidate, place, envelope))
        reached(Point.BEFORE_COMMIT)
    reached(Point.AFTER_COMMIT)
    return True


def check_again(db: Database, outbox: Outbox, situation: Situation, candidate: Candidate | Mend) -> None:
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
    if isinstance(candidate, Candidate):
        check_not_waiting(outbox, situation, candidate.details.number, candidate.details.iccid, besides)
        _check_limits(db, outbox, situation, candidate)
    elif isinstance(candidate.what, Corrections):
        check_not_waiting(outbox, situation, candidate.what.number, candidate.what.iccid, besides)


def _check_limits(db: Database, outbox: Outbox, situation: Situation, candidate: Candidate) -> None:
    """KnownFailure QUEUE_FULL, QUEUE_TOO_OLD, CONTACT_OVERDUE, EXCEPTIONS_USED_UP, IDENTITY_LIMIT.

    What takes another's place is no further registration of that person.
    """
    policy, now = candidate.policy, candidate.confirmed_at
    check_measures(db, situation, policy, now)
    if candidate.is_exception:
        check_allowance(outbox, policy, now)
    if candidate.approver is None and candidate.refers_to is None:
        document = candidate.customer.document
        if is_at_identity_limit(outbox, situation, policy, document):
            raise KnownFailure(FailureCode.IDENTITY_LIMIT, str(policy.most_same_identity))


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
    for tags in (situation.tags, *situation.former_tags):
        outbox.check_not_waiting(
            None if number is None else mask_phone(number),
            None if number is None else tags.number(number),
            None if iccid is None else tags.iccid(iccid),
            besides,
        )
