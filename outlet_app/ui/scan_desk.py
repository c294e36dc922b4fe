"""What the counter asks of the exception lane and of the scanner's folder; on the intake thread alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtGui import QImage

from outlet_app.domain.documents import CHIP_DOCUMENTS, DocumentKind
from outlet_app.domain.failures import KnownFailure
from outlet_app.domain.registrations import (
    Channel,
    ExceptionReason,
    RecordKind,
    ServiceDetails,
    Slip,
    Statements,
)
from outlet_app.intake.exceptions import ExceptionDraft, Exceptions, TypedVerdict
from outlet_app.intake.scan_files import ScanFile, read_scan_file
from outlet_app.intake.service import Intake, SignedInClerk
from outlet_app.ui.scan_picture import MOST_FILE_BYTES, as_jpeg, picture_of
from outlet_app.ui.scan_views import ScanItem, ScanningView, TypedReviewView

MOST_ITEMS = 6
OFFERED_FOR = timedelta(minutes=30)
"""Older files are of customers who left: they are not shown to the next one."""

PREVIEW_PX = 480
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp"})


@dataclass(frozen=True, slots=True)
class TakenScan:
    """A draft with its scan, the picture for the screen, and the file it came from."""

    draft: ExceptionDraft
    picture: QImage
    file: ScanFile


class ScanDesk:
    """Takes and gives values only; raises KnownFailure for what a person can act on."""

    def __init__(self, intake: Callable[[], Intake], folder: Path | None) -> None:
        self._intake = intake
        self._folder = folder
        self._seen: dict[tuple[Path, int, int], QImage | None] = {}

    @property
    def _lane(self) -> Exceptions:
        return self._intake().exceptions

    def look_around(self, picked: Path | None) -> ScanningView:
        """Documents that may be typed, and the newest pictures of the folder with the one picked elsewhere.

        A preview is made once for each file, one at each call: another question
        may come between. A file that cannot be read has none.
        """
        kinds = self._lane.allowance().documents
        ordered = tuple(kind for kind in _ORDER if kind in kinds)
        files, unreadable = _newest(self._folder)
        if picked is not None and picked not in {path for path, _ in files}:
            files = [(picked, datetime.now(UTC).timestamp()), *files[: MOST_ITEMS - 1]]
        keys = [(path, int(modified_s), _size(path)) for path, modified_s in files]
        self._seen = {key: self._seen[key] for key in keys if key in self._seen}
        new = next((key for key in keys if key not in self._seen), None)
        if new is not None:
            self._seen[new] = _preview(new[0])
        items = tuple(self._item(key) for key in keys)
        return ScanningView(ordered, None if self._folder is None else str(self._folder), items, unreadable)

    def forget(self) -> None:
        """No preview of the last customer's scan."""
        self._seen = {}

    def take(self, kind: DocumentKind, path: Path, clerk: SignedInClerk) -> TakenScan:
        """Begin a typed registration with this scan."""
        reason = reason_for(kind)
        draft = self._lane.begin(RecordKind.OPEN, kind, reason, clerk, Channel.COUNTER)
        file, data = read_scan_file(path, MOST_FILE_BYTES)
        picture = picture_of(data)
        return TakenScan(self._lane.scanned(draft, as_jpeg(picture)), picture, file)

    def look(self, draft: ExceptionDraft, texts: dict[str, str]) -> TypedVerdict:
        """What is to be said of the texts typed so far."""
        return self._lane.look(draft, texts)

    def typed(
        self, draft: ExceptionDraft, texts: dict[str, str], picture: QImage
    ) -> tuple[ExceptionDraft, TypedReviewView]:
        """The draft with its document, and all that the review page says of it."""
        draft = self._lane.typed(draft, texts)
        assert draft.document is not None, "typed says so or raises"
        count = self._lane.same_identity_count(draft.document)
        policy = self._intake().policy()
        view = TypedReviewView(
            draft.document,
            self._lane.assess(draft.document),
            count,
            count >= policy.warn_same_identity,
            picture,
        )
        return draft, view

    def journal_reveal(self, draft: ExceptionDraft, clerk: SignedInClerk) -> None:
        """Keep in the journal that hidden digits are about to be shown, and to whom."""
        self._intake().journal_reveal(draft.record_id, clerk)

    def approve(self, draft: ExceptionDraft, clerk: SignedInClerk, number: str, pin: str) -> ExceptionDraft:
        """A supervisor's word on exactly this."""
        return self._lane.approve(draft, clerk, number, pin)

    def confirm(
        self, draft: ExceptionDraft, details: ServiceDetails, statements: Statements, clerk: SignedInClerk
    ) -> Slip:
        """Make the draft a record, durably."""
        whole = replace(draft, details=details, statements=statements)
        return self._lane.confirm(whole, clerk, Channel.COUNTER)

    def erase(self, slip: Slip, file: ScanFile) -> KnownFailure | None:
        """Erase the scanner's file of a stored record; what went wrong, if anything: the record stands."""
        try:
            self._lane.erase_scan(slip.record_id, file)
        except KnownFailure as failure:
            return failure
        return None

    def _item(self, key: tuple[Path, int, int]) -> ScanItem:
        path, modified_s, _bytes = key
        modified_at = datetime.fromtimestamp(modified_s, UTC)
        return ScanItem(path, modified_at, self._seen.get(key), pending=key not in self._seen)


_ORDER = (
    DocumentKind.TEMPORARY_ID,
    DocumentKind.HOUSEHOLD_REGISTER,
    DocumentKind.MILITARY_ID,
    DocumentKind.HM_TRAVEL_PERMIT,
    DocumentKind.TAIWAN_TRAVEL_PERMIT,
    DocumentKind.PASSPORT,
    DocumentKind.RESIDENT_ID,
    DocumentKind.HMT_RESIDENCE_PERMIT,
    DocumentKind.FOREIGN_PR_2023,
    DocumentKind.FOREIGN_PR_2017,
)


def reason_for(kind: DocumentKind) -> ExceptionReason:
    """Why a document of this kind is typed: the choice of the kind says it, and the page words it."""
    has_chip = kind in CHIP_DOCUMENTS
    return ExceptionReason.CHIP_DEFECTIVE if has_chip else ExceptionReason.DOCUMENT_WITHOUT_CHIP


def _newest(folder: Path | None) -> tuple[list[tuple[Path, float]], bool]:
    """The newest pictures by their names, and whether the folder could not be read."""
    if folder is None:
        return [], False
    since_s = (datetime.now(UTC) - OFFERED_FOR).timestamp()
    found: list[tuple[Path, float]] = []
    try:
        paths = (path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS)
        found.extend((path, path.lstat().st_mtime) for path in paths if not path.is_symlink())
    except OSError:
        return [], True
    recent = [each for each in found if each[1] >= since_s]
    return sorted(recent, key=lambda each: each[1], reverse=True)[:MOST_ITEMS], False


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return -1


def _preview(path: Path) -> QImage | None:
    try:
        _, data = read_scan_file(path, MOST_FILE_BYTES)
        return picture_of(data, PREVIEW_PX)
    except KnownFailure:
        return None
