"""A card as it left the reader: the document, the bytes it was read from, and where they came from."""

from dataclasses import dataclass
from datetime import datetime

from outlet_app.domain.documents import Document


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which reader said so, and when. Hashes are lower-case hex SHA-256.

    ``answer_sha256`` is over the module's whole answer as received (frame or
    assembled pages), ``photo_sha256`` over the photo section alone.
    """

    driver: str
    port: str
    sam_number: str | None
    answer_sha256: str
    photo_sha256: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ReadTiming:
    """How long the read took; ``wire_ms`` is 10 bits x bytes / baud, None where there is no line."""

    found_to_document_ms: float
    wire_ms: float | None
    byte_count: int


@dataclass(frozen=True, slots=True)
class CardRead:
    """One atomic read: text block (256 bytes), photo (1024 bytes as a rule), and what was made of them."""

    document: Document
    text_block: bytes
    photo: bytes
    provenance: Provenance
    timing: ReadTiming
    read_in_place: bool = False
    """True when the same card was read again without having been lifted in between."""
