"""A confirmed draft is one sealed, signed, numbered record; what must not be stored is refused by code."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from outlet_app.contract.envelope import decode_envelope, seal_info
from outlet_app.contract.header import NO_PREVIOUS, decode_header
from outlet_app.contract.party import ChipEvidence
from outlet_app.contract.receipt import ReceiptState
from outlet_app.contract.sealed_part import SealedPart, decode_sealed_part
from outlet_app.contract.sealing import open_sealed
from outlet_app.domain.documents import DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.findings import FindingCode
from outlet_app.domain.registrations import (
    Channel,
    RecordKind,
    RecordState,
    Role,
    ServiceDetails,
    Statements,
)
from outlet_app.intake.service import Draft, Intake, SignedInClerk
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.journal import Journal
from outlet_app.store.journal_check import find_break
from outlet_app.store.outbox import Outbox
from outlet_app.trust.enrolment import VerifiedEnrolment
from tests.intake.counter import (
    CLERK,
    EXPIRED,
    LAST_HOUR_OF_ALL_PACKS,
    YES,
    Clock,
    card,
    details,
    draft,
    enrolled,
    register,
)
from tests.trust.acting_operator import NOW, PACK, ActingOperator


def refused(intake: Intake, wanted: Draft, clerk: SignedInClerk = CLERK) -> FailureCode:
    before = intake.queue_status()
    with pytest.raises(KnownFailure) as caught:
        intake.confirm(wanted, clerk, Channel.COUNTER)
    assert intake.queue_status() == before
    return caught.value.code


def test_the_operator_opens_exactly_what_was_confirmed(
    intake: Intake, home: Path, operator: ActingOperator, verified: VerifiedEnrolment
) -> None:
    wanted = draft(intake)
    slip = intake.confirm(wanted, CLERK, Channel.COUNTER)
    db = open_database(home / FILE_NAME)
    (row,) = Outbox(db, "T001-1").lease_due(1, NOW)
    db.close()
    envelope = decode_envelope(row.envelope)
    assert envelope.is_signed_by(verified.key.public)
    header = decode_header(envelope.header)
    assert (header.record_id, header.sequence, header.previous) == (wanted.record_id, 1, NO_PREVIOUS)
    assert (header.policy, header.channel, header.confirmed_at) == (1, Channel.COUNTER, NOW)
    plain = open_sealed(
        operator.suite, operator.seal_private, envelope.ciphertext, seal_info(envelope.header)
    )
    sealed = decode_sealed_part(plain, RecordKind.OPEN)
    assert isinstance(sealed, SealedPart)
    assert isinstance(sealed.customer.evidence, ChipEvidence)
    assert wanted.card is not None
    assert (sealed.record_id, sealed.service, sealed.statements) == (wanted.record_id, details(), YES)
    assert (
        sealed.customer.document,
        sealed.customer.evidence.text_block,
        sealed.customer.evidence.photo,
    ) == (
        wanted.card.document,
        wanted.card.text_block,
        wanted.card.photo,
    )
    assert (sealed.clerk, sealed.clerk_role) == ("7001", Role.CLERK)
    assert (slip.sequence, slip.local_number, slip.phone_mask, slip.state) == (
        1,
        "T001-1-000001",
        "138••••0001",
        RecordState.QUEUED,
    )


def test_records_are_numbered_without_gaps_and_chained(intake: Intake, home: Path) -> None:
    for n in range(1, 6):
        assert register(intake, n, person=n).sequence == n
    db = open_database(home / FILE_NAME)
    rows = Outbox(db, "T001-1").lease_due(10, NOW)
    assert find_break(Journal(db, "T001-1"), "T001-1", 0) is None
    db.close()
    previous = NO_PREVIOUS
    for row in rows:
        envelope = decode_envelope(row.envelope)
        assert decode_header(envelope.header).previous == previous
        previous = envelope.sha256()
        assert row.envelope_sha256 == previous


def test_the_same_draft_again_gives_the_same_slip(intake: Intake, clock: Clock) -> None:
    wanted = draft(intake)
    first = intake.confirm(wanted, CLERK, Channel.COUNTER)
    clock.now += timedelta(hours=1)
    assert intake.confirm(wanted, CLERK, Channel.COUNTER) == first
    assert intake.queue_status().queued == 1


def test_number_and_iccid_are_stored_in_their_one_written_form(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    wanted = replace(draft(intake), details=ServiceDetails(" +86 138-0013-0001", "8986 0012 3456 7890 0001"))
    assert intake.confirm(wanted, CLERK, Channel.COUNTER).phone_mask == "138••••0001"
    same = replace(draft(intake), details=ServiceDetails("１３８００１３０００１", details(2).iccid))
    assert refused(intake, same) is FailureCode.NUMBER_WAITING


def test_a_number_or_sim_that_waits_already_is_refused_with_the_first_ones_local_number(
    intake: Intake,
) -> None:
    register(intake, 1)
    for wanted, code in (
        (ServiceDetails(details(1).number, details(2).iccid), FailureCode.NUMBER_WAITING),
        (ServiceDetails(details(2).number, details(1).iccid), FailureCode.ICCID_WAITING),
    ):
        for attempt in (
            lambda wanted=wanted: intake.check_details(wanted),
            lambda wanted=wanted: intake.confirm(
                replace(draft(intake, person=3), details=wanted), CLERK, Channel.COUNTER
            ),
        ):
            with pytest.raises(KnownFailure) as caught:
                attempt()
            assert (caught.value.code, caught.value.detail) == (code, "T001-1-000001")
    assert intake.check_details(details(2)) is not None
    assert intake.queue_status().queued == 1


def test_what_the_operator_has_decided_no_longer_waits(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    slip = register(intake, 1)
    db = open_database(home / FILE_NAME)
    outbox = Outbox(db, "T001-1")
    sha256 = outbox.chain_end().envelope_sha256
    receipt = operator.receipt(slip.record_id, "T001-1", 1, sha256, ReceiptState.REFUSED, code="number-taken")
    outbox.apply_receipt(receipt, operator.sign_receipt(receipt).encode(), NOW)
    db.close()
    assert register(intake, 1).sequence == 2


def test_a_number_waits_for_the_next_terminal_too(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    register(intake, 1)
    enrolled(home, operator)
    assert intake.enrolment() is not None
    assert refused(intake, draft(intake, 1)) is FailureCode.NUMBER_WAITING
    slip = register(intake, 2)
    assert slip.local_number == "T001-2-000001"
    assert intake.queue_status().queued == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (EXPIRED, FindingCode.DOCUMENT_EXPIRED),
        ({"number": "110105194912310021"}, FindingCode.NUMBER_CHECK_DIGIT),
    ],
)
def test_a_blocking_finding_stores_nothing(
    intake: Intake, changes: dict[str, object], code: FindingCode
) -> None:
    wanted = replace(draft(intake), card=card(**changes))
    assert wanted.card is not None
    assert code in {finding.code for finding in intake.assess(wanted.card)}
    assert refused(intake, wanted) is FailureCode.FINDING_BLOCKS


@pytest.mark.parametrize("statements", [Statements(False, True), Statements(True, False)])
def test_both_statements_are_needed(intake: Intake, statements: Statements) -> None:
    wanted = replace(draft(intake), statements=statements)
    assert refused(intake, wanted) is FailureCode.STATEMENT_MISSING


def test_a_malformed_number_or_sim_is_refused(intake: Intake) -> None:
    good = details()
    for wanted, code in (
        (ServiceDetails("12345", good.iccid), FailureCode.NUMBER_MALFORMED),
        (ServiceDetails(good.number, "8986"), FailureCode.ICCID_MALFORMED),
    ):
        assert refused(intake, replace(draft(intake), details=wanted)) is code


def test_who_may_register_is_the_rosters_word(intake: Intake) -> None:
    wanted = draft(intake)
    assert refused(intake, wanted, SignedInClerk("7003", Role.TECHNICIAN)) is FailureCode.ROLE_NOT_ALLOWED
    assert refused(intake, wanted, SignedInClerk("7003", Role.CLERK)) is FailureCode.ROLE_NOT_ALLOWED
    assert refused(intake, wanted, SignedInClerk("9999", Role.CLERK)) is FailureCode.CLERK_UNKNOWN
    assert intake.confirm(wanted, SignedInClerk("7002", Role.SUPERVISOR), Channel.COUNTER).sequence == 1


def test_rules_that_are_out_of_date_stop_the_counter(intake: Intake, clock: Clock) -> None:
    # the last day ends in China eight hours before it does in Greenwich
    clock.now = LAST_HOUR_OF_ALL_PACKS
    assert register(intake).sequence == 1
    assert intake.notices() == ()
    clock.now = LAST_HOUR_OF_ALL_PACKS + timedelta(hours=1)
    assert [notice.code for notice in intake.notices()] == [FailureCode.POLICY_GRACE]
    assert register(intake, 2).sequence == 2
    clock.now = LAST_HOUR_OF_ALL_PACKS + timedelta(days=PACK.grace_days)
    register(intake, 3)
    clock.now += timedelta(hours=1)
    assert refused(intake, draft(intake, 4)) is FailureCode.POLICY_OUT_OF_DATE


def test_kinds_and_documents_are_the_packs_to_allow(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    db = open_database(home / FILE_NAME)
    store = EnrolmentStore(db)
    no_kinds = replace(PACK, number=2, kinds=frozenset())
    store.put_policy("T001-1", 2, operator.policy(no_kinds), NOW)
    assert refused(intake, draft(intake)) is FailureCode.KIND_NOT_ALLOWED
    permits = replace(PACK, number=3, documents=frozenset({DocumentKind.HMT_RESIDENCE_PERMIT}))
    store.put_policy("T001-1", 3, operator.policy(permits), NOW)
    assert refused(intake, draft(intake)) is FailureCode.DOCUMENT_NOT_ALLOWED
    store.put_policy("T001-1", 4, operator.policy(replace(PACK, number=4)), NOW)
    register(intake)
    assert db.execute("SELECT policy FROM outbox").fetchone()[0] == 4
    db.close()


def test_practice_is_never_stored(intake: Intake) -> None:
    with pytest.raises(KnownFailure) as caught:
        intake.confirm(draft(intake), CLERK, Channel.PRACTICE)
    assert caught.value.code is FailureCode.KIND_NOT_ALLOWED
    assert intake.queue_status().queued == 0


def test_a_revoked_terminal_takes_nothing_more_and_keeps_what_waits(intake: Intake, home: Path) -> None:
    register(intake, 1)
    db = open_database(home / FILE_NAME)
    EnrolmentStore(db).mark_revoked("T001-1", NOW)
    db.close()
    assert refused(intake, draft(intake, 2)) is FailureCode.TERMINAL_REVOKED
    view = intake.enrolment()
    assert view is not None
    assert view.revoked


def test_before_enrolment_nothing_can_be_stored(home: Path, clock: Clock) -> None:
    intake = Intake.open(home, clock)
    assert intake.enrolment() is None
    assert refused(intake, draft(intake)) is FailureCode.NOT_ENROLLED
    assert intake.records() == []
    assert intake.today_counts().stored == 0
    assert intake.slips_not_shown() == []
    assert intake.check_details(details()) is not None
    intake.close()


def test_a_draft_that_is_not_complete_is_a_bug(intake: Intake) -> None:
    for name in ("card", "details", "statements"):
        with pytest.raises(ValueError, match="not complete"):
            intake.confirm(replace(draft(intake), **{name: None}), CLERK, Channel.COUNTER)


def test_a_card_of_another_key_file_is_named(intake: Intake, home: Path) -> None:
    (home / "keys" / "T001-1.key").unlink()
    with pytest.raises(KnownFailure) as caught:
        register(intake)
    assert caught.value.code is FailureCode.KEY_UNREADABLE


def test_words_that_the_operator_did_not_sign_are_not_gone_by(
    intake: Intake, home: Path, operator: ActingOperator
) -> None:
    db = open_database(home / FILE_NAME)
    other = ActingOperator(name=operator.name)
    db.execute("UPDATE enrolment SET roster = ?", (other.roster("T001-1", bytes(32)).encode(),))
    db.close()
    with pytest.raises(KnownFailure) as caught:
        register(intake)
    assert caught.value.code is FailureCode.STORAGE_CORRUPT


def test_each_draft_has_an_id_of_its_own_that_rises_with_time(intake: Intake) -> None:
    ids = [intake.new_draft(RecordKind.OPEN).record_id for _ in range(50)]
    assert len(set(ids)) == 50
    assert {record_id.version for record_id in ids} == {7}
    assert ids == sorted(ids)
