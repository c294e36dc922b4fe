"""What the counter asks of the intake. Opened, used and closed on the intake thread alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from outlet_app.domain.cards import CardRead
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import (
    Channel,
    RecordKind,
    RecordState,
    ServiceDetails,
    Statements,
)
from outlet_app.intake.approvals import Approval
from outlet_app.intake.joining import join
from outlet_app.intake.limits import SAME_IDENTITY
from outlet_app.intake.people import People
from outlet_app.intake.roles import Act
from outlet_app.intake.service import Draft, Intake, RecordRow, SignedInClerk
from outlet_app.reader.photo_viewer import PhotoViewer
from outlet_app.reader.portrait_answer import Outcome
from outlet_app.store.database import FILE_NAME
from outlet_app.store.integrity import is_damage_noted
from outlet_app.store.rescue_notice import RescueNotice, mark_told, untold_notice
from outlet_app.sync.enrolling import Enrolled
from outlet_app.texts.rescue import rescue_words
from outlet_app.ui.mend_views import Replacement
from outlet_app.ui.mending_desk import MendingDesk
from outlet_app.ui.receipt_code import qr_code
from outlet_app.ui.scan_desk import ScanDesk
from outlet_app.ui.views import (
    FieldVerdict,
    OutletView,
    QrCode,
    RecordView,
    ReviewView,
    ServiceVerdict,
    TodayView,
)
from outlet_app.verification.number import normalise_number
from outlet_app.verification.sim import normalise_iccid

PAGE = 50


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of records, whether it is the first, and whether there are older ones."""

    records: list[RecordView]
    first: bool
    more: bool


class Desk:
    """Takes and gives values only; raises KnownFailure for what a person can act on."""

    def __init__(
        self,
        home: Path,
        clock: Callable[[], datetime],
        viewer: PhotoViewer | None = None,
        scan_folder: Path | None = None,
        alarm_hours: int = 24,
    ) -> None:
        self._alarm_s = alarm_hours * 3600
        self._home = home
        self._clock = clock
        self._viewer = viewer or PhotoViewer()
        self._intake = self._opened()
        self.scans = ScanDesk(lambda: self._intake, scan_folder)
        """Documents that are typed beside a scan."""
        self._rescue: RescueNotice | None = None
        self._identity: Approval | None = None
        """Of one more number on one identity; good for the draft that it was given for, and once."""
        self.mending = MendingDesk(lambda: self._intake, _view)
        """What is done about records afterwards."""

    def _opened(self) -> Intake:
        intake = Intake.open(self._home, self._clock)
        intake.quarantine.alarm_after_s = self._alarm_s
        return intake

    def close(self) -> None:
        """Close the connection."""
        self._intake.close()

    def outlet(self) -> OutletView | None:
        """Whose counter this is; None before the terminal has joined an outlet.

        KnownFailure STORAGE_RESCUED or STORAGE_LOST, once, when the database had to be rescued.
        """
        if is_damage_noted(self._home / FILE_NAME):
            # opening it again rescues what can be read
            self._intake.close()
            self._intake = self._opened()
        self._tell_rescue()
        return self._outlet()

    def _outlet(self) -> OutletView | None:
        found = self._intake.enrolment()
        if found is None:
            return None
        return OutletView(found.outlet, found.outlet_name, found.terminal, found.test)

    def join(self, server: str, code: str) -> Enrolled:
        """Join an outlet with a code."""
        return join(self._home, server, code, self._clock)

    def _tell_rescue(self) -> None:
        """Raise what a rescue came to; asked again, people have seen it and go on."""
        if self._rescue is not None:
            mark_told(self._home, self._rescue)
        self._rescue = untold_notice(self._home)
        if self._rescue is None:
            return
        words = rescue_words(
            records=self._rescue.records,
            lost_count=self._rescue.lost_count,
            lost=self._rescue.lost,
            copies_lost=self._rescue.copies_lost,
            entries_lost=self._rescue.entries_lost,
            last=self._rescue.last,
        )
        failure = self._rescue.as_failure()
        raise KnownFailure(failure.code, words if self._rescue.enrolled else failure.detail)

    @property
    def people(self) -> People:
        """The use cases about who stands behind the counter."""
        return self._intake.people

    def look(
        self, card: CardRead, clerk: SignedInClerk, replacing: Replacement | None = None
    ) -> tuple[Draft, ReviewView]:
        """A draft for a card that was read, and all that the review page says of it.

        A maker's photo decoder is waited for within its time. KnownFailure: those of Limits.check,
        DOCUMENT_NOT_ALLOWED.
        """
        self.people.admit(clerk, Act.REGISTER)
        refers_to = None if replacing is None else replacing.refers_to
        draft = replace(self._intake.new_draft(RecordKind.OPEN), card=card, refers_to=refers_to)
        self._intake.journal_read(draft)
        self._intake.limits.check()
        self._intake.limits.check_document(card.document)
        count = self._intake.same_identity_count(card)
        photo = self._viewer.view(card.photo)
        review = ReviewView(
            card=card,
            findings=self._intake.assess(card),
            same_identity=count,
            same_identity_warns=count >= self._intake.policy().warn_same_identity,
            portrait=photo.portrait,
            photo_not_licensed=photo.outcome is Outcome.NOT_LICENSED,
            needs_supervisor=replacing is None and self._intake.limits.needs_supervisor(card.document),
        )
        self._identity = None
        return draft, review

    def approve_identity(self, draft: Draft, clerk: SignedInClerk, number: str, pin: str) -> None:
        """A supervisor approves one more number with this document; KnownFailure as People.approve."""
        subject = str(draft.record_id)
        self._identity = self.people.approve(
            number, pin, SAME_IDENTITY, subject=subject, not_clerk=clerk.number
        )

    def check(
        self, number_text: str, iccid_text: str, replacing: Replacement | None = None
    ) -> ServiceVerdict:
        """Verdict on number and ICCID as typed so far; their waiting elsewhere is told once both are good."""
        number = _verdict(number_text, normalise_number)
        iccid = _verdict(iccid_text, normalise_iccid)
        if number.value is None or iccid.value is None:
            return ServiceVerdict(number_text, iccid_text, number, iccid)
        try:
            refers_to = None if replacing is None else replacing.refers_to
            findings = self._intake.check_details(ServiceDetails(number.value, iccid.value), refers_to)
        except KnownFailure as failure:
            waiting = FieldVerdict(failure=failure.code, detail=failure.detail)
            if failure.code is FailureCode.NUMBER_WAITING:
                return ServiceVerdict(number_text, iccid_text, waiting, iccid)
            if failure.code is FailureCode.ICCID_WAITING:
                return ServiceVerdict(number_text, iccid_text, number, waiting)
            raise
        return ServiceVerdict(number_text, iccid_text, number, iccid, findings)

    def prepare(self, draft: Draft, number_text: str, iccid_text: str, clerk: SignedInClerk) -> None:
        """Do ahead what ``confirm`` will do, both statements given, once both texts can be read."""
        number = _verdict(number_text, normalise_number).value
        iccid = _verdict(iccid_text, normalise_iccid).value
        if number is not None and iccid is not None:
            given = Statements(holder_compared=True, consent=True)
            whole = replace(draft, details=ServiceDetails(number, iccid), statements=given)
            self._intake.prepare(whole, clerk, Channel.COUNTER)

    def forget_prepared(self) -> None:
        """The customer is gone: nothing that was prepared stays."""
        self._intake.forget_prepared()

    def confirm(
        self,
        draft: Draft,
        details: ServiceDetails,
        statements: Statements,
        clerk: SignedInClerk,
        replacing: Replacement | None = None,
    ) -> RecordView:
        """Make the draft a record, durably; after a rescue that is said first, and nothing stored."""
        self._tell_rescue()
        whole = replace(draft, details=details, statements=statements)
        approval = self._identity if replacing is None else replacing.approval
        slip = self._intake.confirm(whole, clerk, Channel.COUNTER, approval)
        return _view(self._intake.record(slip.record_id))

    def slips_not_shown(self) -> list[RecordView]:
        """Records that were stored and whose slip nobody has seen, oldest first."""
        return [_view(self._intake.record(slip.record_id)) for slip in self._intake.slips_not_shown()]

    def slip_shown(self, record_id: UUID) -> None:
        """The slip of this record stood on the screen."""
        self._intake.slip_shown(record_id)

    def record(self, record_id: UUID) -> tuple[RecordView, QrCode | None]:
        """A record as it stands now, and its receipt as a QR code."""
        receipt = self._intake.receipt(record_id)
        view = replace(_view(self._intake.record(record_id)), receipt=receipt)
        return view, qr_code(receipt) if receipt is not None else None

    def page(self, state: RecordState | None, before: int | None) -> RecordPage:
        """A page of records below a sequence; ``sending`` counts as waiting."""
        rows = self._intake.records(PAGE, before, state)
        return RecordPage([_view(row) for row in rows], first=before is None, more=len(rows) == PAGE)

    def today(self) -> TodayView:
        """Counts of this day, and what to know before the next customer."""
        counts, typed = self._intake.today_counts(), self._intake.exceptions.allowance()
        notices = tuple(notice.code for notice in self._intake.notices())
        held = self._intake.limits.holds()
        return TodayView(
            counts.stored,
            counts.accepted,
            counts.refused,
            notices,
            None if held is None else held.code,
            exceptions_offered=bool(typed.documents),
            exceptions=typed.used,
            most_exceptions=typed.most,
        )

    def tell_journal_broken(self) -> None:
        """The journals of this device were looked through, and one is not whole."""
        self._intake.journal_is_broken = True

    def journal_reveal(self, draft: Draft, clerk: SignedInClerk) -> None:
        """Keep in the journal that hidden digits are about to be shown, and to whom."""
        self._intake.journal_reveal(draft.record_id, clerk)


def _verdict(text: str, normalise: Callable[[str], str]) -> FieldVerdict:
    if not text.strip():
        return FieldVerdict()
    try:
        return FieldVerdict(value=normalise(text))
    except KnownFailure as failure:
        return FieldVerdict(failure=failure.code)


def _view(row: RecordRow) -> RecordView:
    held_back = row.state in {RecordState.REFUSED, RecordState.QUARANTINED}
    return RecordView(
        record_id=row.record_id,
        sequence=row.sequence,
        local_number=row.local_number,
        phone_mask=row.phone_mask or "",
        family_initial=row.family_initial or "",
        document_kind=row.document_kind,
        state=row.state,
        confirmed_at=row.confirmed_at,
        clerk=row.clerk or "",
        changed_at=row.operator_time,
        exception=row.exception,
        approver=row.approver or "",
        reason=(row.last_error or "") if held_back else "",
        who=row.error_who or "",
        field=row.error_field or "",
        kind=row.kind,
        refers_to_number=row.refers_to_number or "",
        superseded_by=row.superseded_by or "",
        superseded_as=row.superseded_as,
        amended=row.amended,
        owner=row.owner or "",
        set_aside_at=row.set_aside_at,
        given_up="" if row.given_up is None else row.given_up.reason,
        given_up_at=None if row.given_up is None else row.given_up.at,
    )
