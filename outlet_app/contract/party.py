"""One person of a record: the document's fields, each with its source, and the evidence behind them."""

from dataclasses import dataclass
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.document_form import FIELDS, document_from_form, document_to_form
from outlet_app.contract.header import member
from outlet_app.contract.malformed import Malformed
from outlet_app.domain import timestamps
from outlet_app.domain.cards import Provenance
from outlet_app.domain.documents import Document
from outlet_app.domain.registrations import ExceptionReason, Source

MAX_PHOTO_BYTES = 64 * 1024
MAX_SCAN_BYTES = 400 * 1024
SCAN_MEDIA = "image/jpeg"


@dataclass(frozen=True, slots=True)
class ChipEvidence:
    """What one atomic read gave: the chip's 256-byte block and photo section, and who read it."""

    text_block: bytes
    photo: bytes
    provenance: Provenance
    read_in_place: bool


@dataclass(frozen=True, slots=True)
class ScanEvidence:
    """Picture of a document whose fields were typed (JPEG), and why they were."""

    scan: bytes
    reason: ExceptionReason


@dataclass(frozen=True, slots=True)
class Party:
    """One person: every field comes from the chip, or every field was typed beside a scan."""

    role: str
    document: Document
    evidence: ChipEvidence | ScanEvidence

    @property
    def source(self) -> Source:
        """Where the fields' values came from."""
        return Source.CHIP if isinstance(self.evidence, ChipEvidence) else Source.TYPED


def field_form(value: Any, source: Source) -> dict[str, Any]:
    """A field with its source, as it stands in a sealed part."""
    return {"value": value, "source": str(source)}


def party_form(party: Party) -> dict[str, Any]:
    """The JSON object of a party."""
    form = document_to_form(party.document)
    return {
        "role": party.role,
        "fields": {name: field_form(form[name], party.source) for name in FIELDS},
        **_evidence_form(party.evidence),
    }


def party_from_form(form: Any) -> Party:
    """Party of exactly the form that party_form writes; Malformed names the field."""
    is_scanned = isinstance(form, dict) and "scan" in form
    rest = {"scan"} if is_scanned else {"raw", "reader"}
    value = canonical.exactly(form, frozenset({"role", "fields", *rest}), "party")
    fields = canonical.exactly(value["fields"], frozenset(FIELDS), "fields")
    source = Source.TYPED if is_scanned else Source.CHIP
    document: dict[str, Any] = {}
    for name in FIELDS:
        field = canonical.exactly(fields[name], frozenset({"value", "source"}), name)
        if field["source"] != source:
            raise Malformed(f"{name}: source")
        document[name] = field["value"]
    return Party(
        role=canonical.text(value, "role", most=32),
        document=document_from_form(document),
        evidence=_scan(value["scan"]) if is_scanned else _chip(value),
    )


def _evidence_form(evidence: ChipEvidence | ScanEvidence) -> dict[str, Any]:
    if isinstance(evidence, ScanEvidence):
        return {
            "scan": {
                "media": SCAN_MEDIA,
                "data": canonical.to_base64(evidence.scan),
                "reason": str(evidence.reason),
            }
        }
    where = evidence.provenance
    return {
        "raw": {
            "text": canonical.to_base64(evidence.text_block),
            "photo": canonical.to_base64(evidence.photo),
        },
        "reader": {
            "driver": where.driver,
            "port": where.port,
            "sam_number": where.sam_number,
            "answer_sha256": where.answer_sha256,
            "photo_sha256": where.photo_sha256,
            "read_at": timestamps.to_text(where.read_at),
            "read_in_place": evidence.read_in_place,
        },
    }


def _scan(form: Any) -> ScanEvidence:
    value = canonical.exactly(form, frozenset({"media", "data", "reason"}), "scan")
    if value["media"] != SCAN_MEDIA:
        raise Malformed("scan: media")
    scan = canonical.from_base64(value, "data")
    if not 0 < len(scan) <= MAX_SCAN_BYTES:
        raise Malformed("scan")
    return ScanEvidence(scan, member(ExceptionReason, value, "reason"))


def _chip(value: dict[str, Any]) -> ChipEvidence:
    raw = canonical.exactly(value["raw"], frozenset({"text", "photo"}), "raw")
    photo = canonical.from_base64(raw, "photo")
    if len(photo) > MAX_PHOTO_BYTES:
        raise Malformed("photo")
    names = {"driver", "port", "sam_number", "answer_sha256", "photo_sha256", "read_at", "read_in_place"}
    reader = canonical.exactly(value["reader"], frozenset(names), "reader")
    try:
        read_at = timestamps.from_text(canonical.text(reader, "read_at"))
    except ValueError as exc:
        raise Malformed("read_at") from exc
    provenance = Provenance(
        driver=canonical.text(reader, "driver"),
        port=canonical.text(reader, "port"),
        sam_number=canonical.optional_text(reader, "sam_number", most=64),
        answer_sha256=canonical.hash_text(reader, "answer_sha256"),
        photo_sha256=canonical.hash_text(reader, "photo_sha256"),
        read_at=read_at,
    )
    return ChipEvidence(
        text_block=canonical.from_base64(raw, "text", length=256),
        photo=photo,
        provenance=provenance,
        read_in_place=canonical.boolean(reader, "read_in_place"),
    )
