"""The exception lane: scan first, typed fields, a second person, the policy's limits; each rule by itself."""

import itertools
import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.crash import canary
from outlet_app.contract.envelope import decode_envelope, seal_info
from outlet_app.contract.party import MAX_SCAN_BYTES, ScanEvidence
from outlet_app.contract.policy import PolicyPack
from outlet_app.contract.sealed_part import SealedPart, decode_sealed_part
from outlet_app.contract.sealing import open_sealed
from outlet_app.documents.jpeg import plain_jpeg
from outlet_app.documents.typed_fields import TYPED_FIELDS
from outlet_app.domain.documents import CHIP_DOCUMENTS, DocumentKind
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import (
    Channel,
    ExceptionReason,
    Person,
    RecordKind,
    Role,
    Slip,
    Statements,
)
from outlet_app.intake.drafts import SignedInClerk
from outlet_app.intake.exceptions import ExceptionDraft
from outlet_app.intake.scan_files import read_scan_file
from outlet_app.intake.service import Intake
from outlet_app.store.database import FILE_NAME, open_database
from outlet_app.store.enrolment_store import EnrolmentStore
from outlet_app.store.journal import Journal, JournalEntry
from outlet_app.store.outbox import Outbox
from tests.intake.counter import CLERK, YES, Clock, details, enrolled, register
from tests.trust.acting_operator import NOW, PACK, PIN, ActingOperator
from tests.typed_documents import TEXTS, scan

SUPERVISOR = "7002"
K, F = DocumentKind, FailureCode
ALL_KINDS = frozenset(DocumentKind)


@pytest.fixture
def allow(home: Path, operator: ActingOperator, intake: Intake) -> Callable[..., None]:
    """Another policy pack: all kinds may be typed, two a day, unless told otherwise."""

    def put(**changes: object) -> None:
        db = open_database(home / FILE_NAME)
        rules: PolicyPack = replace(PACK, **{"number": PACK.number + 1, **RULES, **changes})  # type: ignore[arg-type]
        store = EnrolmentStore(db)
        current = store.current()
        assert current is not None
        store.put_policy(current.terminal, rules.number, operator.policy(rules), NOW)
        db.close()

    put()
    return put


RULES = {"exception_documents": ALL_KINDS, "most_exceptions_a_day": 2}


def reason_for(kind: DocumentKind) -> ExceptionReason:
    has_chip = kind in CHIP_DOCUMENTS
    return ExceptionReason.CHIP_DEFECTIVE if has_chip else ExceptionReason.DOCUMENT_WITHOUT_CHIP


def begun(intake: Intake, kind: DocumentKind = K.PASSPORT, clerk: SignedInClerk = CLERK) -> ExceptionDraft:
    return intake.exceptions.begin(RecordKind.OPEN, kind, reason_for(kind), clerk, Channel.COUNTER)


def filled(intake: Intake, kind: DocumentKind = K.PASSPORT, n: int = 1) -> ExceptionDraft:
    draft = intake.exceptions.typed(intake.exceptions.scanned(begun(intake, kind), scan()), TEXTS[kind])
    return replace(draft, details=details(n), statements=YES)


def approved(intake: Intake, draft: ExceptionDraft) -> ExceptionDraft:
    return intake.exceptions.approve(draft, CLERK, SUPERVISOR, PIN)


def confirm(intake: Intake, draft: ExceptionDraft, clerk: SignedInClerk = CLERK) -> Slip:
    return intake.exceptions.confirm(draft, clerk, Channel.COUNTER)


def code(act: Callable[[], object]) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize("kind", [K.HOUSEHOLD_REGISTER, K.PASSPORT, K.RESIDENT_ID])
def test_the_operator_opens_what_was_typed_with_its_scan_reason_and_approver(
    intake: Intake, home: Path, operator: ActingOperator, allow: object, kind: DocumentKind
) -> None:
    draft = approved(intake, filled(intake, kind))
    slip = confirm(intake, draft)
    db = open_database(home / FILE_NAME)
    (row,) = Outbox(db, "T001-1").lease_due(1, NOW)
    db.close()
    envelope = decode_envelope(row.envelope)
    plain = open_sealed(
        operator.suite, operator.seal_private, envelope.ciphertext, seal_info(envelope.header)
    )
    sealed = decode_sealed_part(plain, RecordKind.OPEN)
    assert isinstance(sealed, SealedPart)
    assert sealed.customer.document == draft.document
    assert sealed.customer.evidence == ScanEvidence(plain_jpeg(scan()), reason_for(kind))
    assert sealed.customer.source == "typed"
    assert (sealed.clerk, sealed.approver) == ("7001", Person(SUPERVISOR, Role.SUPERVISOR))
    shown = intake.record(slip.record_id)
    assert (shown.exception, shown.approver, shown.document_kind) == (True, SUPERVISOR, kind)


def test_each_field_that_a_kind_needs_is_asked_for(intake: Intake, allow: object) -> None:
    for kind, fields in TYPED_FIELDS.items():
        draft = intake.exceptions.scanned(begun(intake, kind), scan())
        for field in fields.names:
            texts = {name: text for name, text in TEXTS[kind].items() if name != field}
            if fields.is_needed(field):
                with pytest.raises(KnownFailure) as caught:
                    intake.exceptions.typed(draft, texts)
                refusal = (caught.value.code, caught.value.detail)
                assert refusal == (F.FINDING_BLOCKS, f"field-missing: {field}")
                assert intake.exceptions.look(draft, texts).missing == (field,)
            else:
                assert intake.exceptions.typed(draft, texts).document is not None


@pytest.mark.parametrize("named", [True, False])
def test_a_kind_is_typed_for_its_reason_when_the_policy_names_it(
    intake: Intake, allow: Callable[..., None], named: bool
) -> None:
    if not named:
        allow(number=3, exception_documents=frozenset())
    for kind, reason in itertools.product(K, ExceptionReason):

        def begin(kind: DocumentKind = kind, reason: ExceptionReason = reason) -> ExceptionDraft:
            return intake.exceptions.begin(RecordKind.OPEN, kind, reason, CLERK, Channel.COUNTER)

        if named and reason is reason_for(kind):
            assert begin().document_kind is kind
        else:
            assert code(begin) is F.EXCEPTIONS_NOT_ALLOWED


def test_by_default_nothing_is_typed(intake: Intake) -> None:
    assert intake.exceptions.allowance().documents == frozenset()
    for kind in K:
        assert code(lambda kind=kind: begun(intake, kind)) is F.EXCEPTIONS_NOT_ALLOWED


def test_the_scan_comes_first(intake: Intake, allow: object) -> None:
    assert code(lambda: intake.exceptions.typed(begun(intake), TEXTS[K.PASSPORT])) is F.SCAN_MISSING
    assert code(lambda: intake.exceptions.approve(begun(intake), CLERK, SUPERVISOR, PIN)) is F.SCAN_MISSING


def test_a_scan_that_is_no_picture_is_refused(intake: Intake, allow: object) -> None:
    draft = begun(intake)
    for data in (
        b"",
        b"GIF89a",
        scan()[:-100],
        b"%PDF-1.7" + scan(),
        scan(200, 200),
        scan(6100, 300),
    ):
        assert code(lambda data=data: intake.exceptions.scanned(draft, data)) is F.SCAN_MALFORMED


def test_a_scan_may_have_exactly_as_many_bytes_as_the_contract_says(intake: Intake, allow: object) -> None:
    bare = plain_jpeg(scan())

    def padded(length: int) -> bytes:
        # the coded data ends before the last two bytes; zeros there are data like any other
        return bare[:-2] + bytes(length - len(bare)) + bare[-2:]

    draft = intake.exceptions.scanned(begun(intake), padded(MAX_SCAN_BYTES))
    assert draft.scan is not None
    assert len(draft.scan) == MAX_SCAN_BYTES
    over = padded(MAX_SCAN_BYTES + 1)
    assert code(lambda: intake.exceptions.scanned(begun(intake), over)) is F.SCAN_TOO_LARGE
    # what is cut away does not count
    assert intake.exceptions.scanned(begun(intake), bare + bytes(MAX_SCAN_BYTES)).scan == bare


def test_nobody_but_a_supervisor_beside_the_clerk_approves(intake: Intake, allow: object) -> None:
    draft = filled(intake)
    supervisor = SignedInClerk(SUPERVISOR, Role.SUPERVISOR)
    approve = intake.exceptions.approve
    assert code(lambda: approve(draft, CLERK, "7001", PIN)) is F.SECOND_PERSON_NEEDED
    assert code(lambda: approve(draft, supervisor, SUPERVISOR, PIN)) is F.SECOND_PERSON_NEEDED
    assert code(lambda: approve(draft, CLERK, "7003", PIN)) is F.ROLE_NOT_ALLOWED
    assert code(lambda: approve(draft, CLERK, SUPERVISOR, "000000")) is F.PIN_WRONG
    assert code(lambda: confirm(intake, draft)) is F.SECOND_PERSON_NEEDED
    assert intake.queue_status().queued == 0


def test_an_approval_is_for_these_contents_this_clerk_and_once(intake: Intake, allow: object) -> None:
    draft = approved(intake, filled(intake))
    other = intake.exceptions.typed(draft, {**TEXTS[K.PASSPORT], "name": "Someone Else"})
    assert other.approval is None
    assert intake.exceptions.scanned(draft, scan(900, 600)).approval is None
    smuggled = replace(other, approval=draft.approval)
    assert code(lambda: confirm(intake, smuggled)) is F.SECOND_PERSON_NEEDED
    twin = replace(filled(intake), approval=draft.approval)
    assert code(lambda: confirm(intake, twin)) is F.SECOND_PERSON_NEEDED
    another = SignedInClerk(SUPERVISOR, Role.SUPERVISOR)
    assert code(lambda: confirm(intake, draft, another)) is F.SECOND_PERSON_NEEDED
    first = confirm(intake, draft)
    assert confirm(intake, draft) == first
    again = replace(filled(intake, n=2), approval=draft.approval)
    assert code(lambda: confirm(intake, again)) is F.SECOND_PERSON_NEEDED


def test_a_refusal_leaves_the_approval_good(intake: Intake, allow: object) -> None:
    draft = approved(intake, filled(intake))
    wrong = replace(draft, statements=Statements(holder_compared=True, consent=False))
    assert code(lambda: confirm(intake, wrong)) is F.STATEMENT_MISSING
    assert confirm(intake, draft).sequence == 1


def test_a_number_that_waits_is_refused_here_too(intake: Intake, allow: object) -> None:
    register(intake, 1)
    assert code(lambda: confirm(intake, approved(intake, filled(intake, n=1)))) is F.NUMBER_WAITING


def test_who_may_not_register_may_not_type(intake: Intake, allow: object) -> None:
    technician = SignedInClerk("7003", Role.TECHNICIAN)
    assert code(lambda: begun(intake, clerk=technician)) is F.ROLE_NOT_ALLOWED
    assert code(lambda: begun(intake, clerk=SignedInClerk("9999", Role.CLERK))) is F.CLERK_UNKNOWN


def test_the_days_number_is_held_before_typing_and_at_the_confirmation(
    intake: Intake, allow: object, clock: Clock
) -> None:
    third = approved(intake, filled(intake, n=3))
    register(intake, 9)
    for n in (1, 2):
        confirm(intake, approved(intake, filled(intake, n=n)))
    allowance = intake.exceptions.allowance()
    assert (allowance.used, allowance.most, allowance.is_used_up) == (2, 2, True)
    assert code(lambda: begun(intake)) is F.EXCEPTIONS_USED_UP
    assert code(lambda: confirm(intake, approved(intake, third))) is F.EXCEPTIONS_USED_UP
    assert intake.queue_status().queued == 3
    assert intake.queue_status().exceptions == 2
    # a day begins at midnight in China, 16:00 in Greenwich
    clock.now = NOW.replace(hour=15, minute=59)
    assert code(lambda: begun(intake)) is F.EXCEPTIONS_USED_UP
    clock.now += timedelta(minutes=1)
    assert confirm(intake, approved(intake, third)).sequence == 4


def test_a_new_enrolment_does_not_begin_the_days_number_anew(
    intake: Intake, home: Path, operator: ActingOperator, allow: Callable[..., None]
) -> None:
    for n in (1, 2):
        confirm(intake, approved(intake, filled(intake, n=n)))
    enrolled(home, operator)
    allow(number=2)
    assert intake.exceptions.allowance().used == 2
    assert code(lambda: begun(intake)) is F.EXCEPTIONS_USED_UP


def test_nobody_begins_to_type_what_another_limit_would_stop(
    intake: Intake, allow: Callable[..., None], clock: Clock
) -> None:
    allow(number=3, most_days_without_contact=5)
    assert begun(intake)
    clock.now += timedelta(days=6)
    assert code(lambda: begun(intake)) is F.CONTACT_OVERDUE


def test_no_number_a_day_is_no_limit(intake: Intake, allow: Callable[..., None]) -> None:
    allow(number=3, most_exceptions_a_day=0)
    for n in range(1, 5):
        assert confirm(intake, approved(intake, filled(intake, n=n))).sequence == n
    assert not intake.exceptions.allowance().is_used_up


def test_a_document_that_expired_meanwhile_is_refused_at_the_confirmation(
    intake: Intake, allow: object, clock: Clock
) -> None:
    draft = approved(intake, filled(intake, K.TEMPORARY_ID))
    clock.now = NOW.replace(month=12, day=31, hour=15, minute=59)
    assert intake.exceptions.assess(draft.document) == ()  # type: ignore[arg-type] # filled
    allow(number=3, last_day=NOW.replace(year=2030).date())
    clock.now += timedelta(minutes=1)
    assert code(lambda: confirm(intake, draft)) is F.FINDING_BLOCKS


def test_the_journal_names_act_record_and_approver_and_nothing_of_the_person(
    intake: Intake, home: Path, allow: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kind = K.HM_TRAVEL_PERMIT
    draft = approved(intake, filled(intake, kind, n=7))
    slip = confirm(intake, draft)
    events = [(e.event, e.subject, e.detail) for e in intake_journal(home)]
    assert ("approved", SUPERVISOR, f"exception {slip.record_id}") in events
    texts = [text for name, text in TEXTS[kind].items() if len(text) > 3 and not name.startswith("valid")]
    written = [draft.document.number, "YANGLI, GANG", "1990-01-02"]  # type: ignore[union-attr] # filled
    searched = [*texts, *written, details(7).number, details(7).iccid]
    assert canary.hits([home], searched) == []
    assert not any(
        scan()[at : at + 32] in path.read_bytes() for path in canary.files_below([home]) for at in (600, 3000)
    )
    assert [text for text in searched if text in caplog.text + repr(draft)] == []


def intake_journal(home: Path) -> list[JournalEntry]:
    db = open_database(home / FILE_NAME)
    with closing(db.conn):
        return Journal(db, "T001-1").entries()


def test_the_scanners_file_is_erased_when_asked_for_and_only_when_its_record_is_stored(
    intake: Intake, allow: object, tmp_path: Path
) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(scan())
    held = path.open("rb")
    source, data = read_scan_file(path, MAX_SCAN_BYTES)
    draft = filled(intake)
    assert code(lambda: intake.exceptions.erase_scan(draft.record_id, source)) is F.RECORD_NOT_FOUND
    assert path.read_bytes() == data == scan()
    slip = confirm(intake, approved(intake, draft))
    assert path.exists()
    intake.exceptions.erase_scan(slip.record_id, source)
    assert not path.exists()
    with held:
        assert held.read() == bytes(len(data))
