"""One transaction from a checked draft to a stored record: number, seal, sign, insert, journal."""

from collections.abc import Callable
from uuid import UUID

from outlet_app import __version__
from outlet_app.checkpoints import Point, reached
from outlet_app.contract.sealed_part import SealedPart
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.masking import family_initial, mask_phone
from outlet_app.intake.exception_rules import check_allowance
from outlet_app.intake.rules import Candidate
from outlet_app.intake.situation import Situation
from outlet_app.intake.workplace import Workplace
from outlet_app.store.database import Database, write
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.outbox import Outbox
from outlet_app.store.rows import NewRecord, RecordRow
from outlet_app.trust.record_maker import RecordPlace, RecordTerms, make_record

NOTICE = "notice-1"
"""The wording about what is kept, and by whom, that the customer is told in this version."""

PROGRAM = f"outlet-app/{__version__}"

_MOST_RELOADS = 5


def confirmed(workplace: Workplace, record_id: UUID, check: Callable[[Situation], Candidate]) -> RecordRow:
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


def store_record(db: Database, outbox: Outbox, situation: Situation, candidate: Candidate) -> bool:
    """Make the candidate a record, unless its id is one already (then nothing happens).

    False when the enrolment has changed since the situation was loaded: load
    it again and check again. KnownFailure: NUMBER_WAITING, ICCID_WAITING,
    EXCEPTIONS_USED_UP, POLICY_OUT_OF_DATE without a sealing key in force, and
    those of storage.
    """
    operator_key = situation.standing.trust.sealing_key(candidate.confirmed_at)
    plaintext = _sealed_part(candidate).encode()
    with write(db):
        if EnrolmentStore(db).current_version() != situation.version:
            return False
        if outbox.is_stored(candidate.record_id):
            return True
        check_not_waiting(outbox, situation, candidate)
        if candidate.is_exception:
            check_allowance(outbox, candidate.policy, candidate.confirmed_at)
        end = outbox.chain_end()
        enrolment = situation.enrolment
        place = RecordPlace(enrolment.terminal, enrolment.outlet, end.sequence + 1, end.envelope_sha256)
        terms = RecordTerms(
            candidate.record_id,
            candidate.policy.number,
            candidate.kind,
            candidate.channel,
            candidate.confirmed_at,
        )
        envelope = make_record(place, terms, plaintext, operator_key, situation.key)
        outbox.insert(_new_record(situation, candidate, place, envelope.encode(), envelope.sha256()))
        reached(Point.BEFORE_COMMIT)
    reached(Point.AFTER_COMMIT)
    return True


def check_not_waiting(outbox: Outbox, situation: Situation, candidate: Candidate) -> None:
    """KnownFailure NUMBER_WAITING or ICCID_WAITING when number or SIM waits in the queue already."""
    details = candidate.details
    for tags in (situation.tags, *situation.former_tags):
        outbox.check_not_waiting(
            mask_phone(details.number), tags.number(details.number), tags.iccid(details.iccid)
        )


def _sealed_part(candidate: Candidate) -> SealedPart:
    return SealedPart(
        record_id=candidate.record_id,
        customer=candidate.customer,
        service=candidate.details,
        statements=candidate.statements,
        notice=NOTICE,
        clerk=candidate.clerk.number,
        clerk_role=candidate.clerk.role,
        approver=candidate.approver,
        program=PROGRAM,
    )


def _new_record(
    situation: Situation, candidate: Candidate, place: RecordPlace, envelope: bytes, envelope_sha256: str
) -> NewRecord:
    document, approver = candidate.customer.document, candidate.approver
    return NewRecord(
        terminal=place.terminal,
        outlet=place.outlet,
        sequence=place.sequence,
        record_id=candidate.record_id,
        kind=candidate.kind,
        channel=candidate.channel,
        policy=candidate.policy.number,
        confirmed_at=candidate.confirmed_at,
        envelope=envelope,
        envelope_sha256=envelope_sha256,
        clerk=candidate.clerk.number,
        document_kind=document.kind,
        family_initial=family_initial(document.name),
        phone_mask=mask_phone(candidate.details.number),
        tags=situation.tags.tags(
            number=candidate.details.number, iccid=candidate.details.iccid, identity=document.number
        ),
        exception=candidate.is_exception,
        approver=None if approver is None else approver.number,
    )
