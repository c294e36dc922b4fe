"""What the pages of typed documents show, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtGui import QImage

from outlet_app.domain.documents import Document, DocumentKind
from outlet_app.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class ScanItem:
    """A file of the scanner; ``picture`` is None for one that is no picture, or was not looked at yet."""

    path: Path
    modified_at: datetime
    picture: QImage | None = field(default=None, repr=False)
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ScanningView:
    """Documents that may be typed here, and what lies in the folder; ``folder`` is None where none is set."""

    kinds: tuple[DocumentKind, ...]
    folder: str | None
    items: tuple[ScanItem, ...]
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class TypedReviewView:
    """A typed document under review. Holds identity data: dropped with the draft."""

    document: Document
    findings: tuple[Finding, ...]
    same_identity: int
    same_identity_warns: bool
    scan: QImage
