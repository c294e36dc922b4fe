"""What is sealed within a record: the parties with every field's source, the raw answer, the statements."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.document_form import FIELDS, document_from_form, document_to_form
from outlet_app.contract.header import member, record_id
from outlet_app.contract.malformed import Malformed
from outlet_app.domain import timestamps
from outlet_app.domain.cards import Provenance
from outlet_app.domain.documents import Document
from outlet_app.domain.registrations import Role, ServiceDetails, Source, Statements

SEALED_VERSION = 1
PAD_TO_BYTES = 512
MAX_PHOTO_BYTES = 64 * 1024
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Party:
    """One person of a registration and the evidence: all from one atomic read."""

    role: str
    document: Document
    text_block: bytes
    photo: bytes
    provenance: Provenance
    read_in_place: bool


@dataclass(frozen=True, slots=True)
class SealedPart:
    """Contents of the sealed part, version 1: one customer, the service, the clerk's statements."""

    record_id: UUID
    customer: Party
    service: ServiceDetails
    statements: Statements
    notice: str
    clerk: str
    clerk_role: Role
    program: str

    def encode(self) -> bytes:
        """u32 length, canonical JSON, zeros up to a multiple of 512, so that the size tells nothing."""
        body = canonical.encode(
            {
                "sealed": SEALED_VERSION,
                "id": str(self.record_id),
                "parties": [_party_form(self.customer)],
                "service": {
                    "number": _field(self.service.number, Source.TYPED),
                    "iccid": _field(self.service.iccid, Source.TYPED),
                },
                "statements": {
                    "holder_compared": self.statements.holder_compared,
                    "consent": self.statements.consent,
                    "notice": self.notice,
                },
                "clerk": {"number": self.clerk, "role": str(self.clerk_role)},
                "program": self.program,
            }
        )
        framed = len(body).to_bytes(_LENGTH_BYTES, "big") + body
        return framed + bytes(-len(framed) % PAD_TO_BYTES)


def decode_sealed_part(data: bytes) -> SealedPart:
    """Contents of opened bytes; Malformed names the field and never its value."""
    value = canonical.decode(_unpad(data), "sealed part")
    if canonical.integer(value, "sealed") != SEALED_VERSION:
        raise Malformed("sealed")
    fields = {"sealed", "id", "parties", "service", "statements", "clerk", "program"}
    canonical.exactly(value, frozenset(fields), "sealed part")
    parties = canonical.array(value, "parties", most=1)
    if len(parties) != 1:
        raise Malformed("parties")
    service = canonical.exactly(value["service"], frozenset({"number", "iccid"}), "service")
    statements = canonical.exactly(
        value["statements"], frozenset({"holder_compared", "consent", "notice"}), "statements"
    )
    clerk = canonical.exactly(value["clerk"], frozenset({"number", "role"}), "clerk")
    return SealedPart(
        record_id=record_id(value),
        customer=_party(parties[0]),
        service=ServiceDetails(_typed(service, "number"), _typed(service, "iccid")),
        statements=Statements(
            canonical.boolean(statements, "holder_compared"), canonical.boolean(statements, "consent")
        ),
        notice=canonical.text(statements, "notice", most=16),
        clerk=canonical.text(clerk, "number", most=32),
        clerk_role=member(Role, clerk, "role"),
        program=canonical.text(value, "program", most=64),
    )


def _unpad(data: bytes) -> bytes:
    length = int.from_bytes(data[:_LENGTH_BYTES], "big")
    end = _LENGTH_BYTES + length
    if (
        len(data) % PAD_TO_BYTES
        or not _LENGTH_BYTES <= end <= len(data) < end + PAD_TO_BYTES
        or any(data[end:])
    ):
        raise Malformed("sealed part: padding")
    return data[_LENGTH_BYTES:end]


def _field(value: Any, source: Source) -> dict[str, Any]:
    return {"value": value, "source": str(source)}


def _typed(value: dict[str, Any], name: str) -> str:
    field = canonical.exactly(value[name], frozenset({"value", "source"}), name)
    if field["source"] not in (Source.TYPED, Source.SERVER):
        raise Malformed(f"{name}: source")
    return canonical.text(field, "value", most=32)


def _party_form(party: Party) -> dict[str, Any]:
    form = document_to_form(party.document)
    where = party.provenance
    return {
        "role": party.role,
        "fields": {name: _field(form[name], Source.CHIP) for name in FIELDS},
        "raw": {
            "text": canonical.to_base64(party.text_block),
            "photo": canonical.to_base64(party.photo),
        },
        "reader": {
            "driver": where.driver,
            "port": where.port,
            "sam_number": where.sam_number,
            "answer_sha256": where.answer_sha256,
            "photo_sha256": where.photo_sha256,
            "read_at": timestamps.to_text(where.read_at),
            "read_in_place": party.read_in_place,
        },
    }


def _party(form: Any) -> Party:
    value = canonical.exactly(form, frozenset({"role", "fields", "raw", "reader"}), "party")
    fields = canonical.exactly(value["fields"], frozenset(FIELDS), "fields")
    document: dict[str, Any] = {}
    for name in FIELDS:
        field = canonical.exactly(fields[name], frozenset({"value", "source"}), name)
        if field["source"] != Source.CHIP:
            raise Malformed(f"{name}: source")
        document[name] = field["value"]
    raw = canonical.exactly(value["raw"], frozenset({"text", "photo"}), "raw")
    photo = canonical.from_base64(raw, "photo")
    if len(photo) > MAX_PHOTO_BYTES:
        raise Malformed("photo")
    provenance, read_in_place = _reader(value["reader"])
    return Party(
        role=canonical.text(value, "role", most=32),
        document=document_from_form(document),
        text_block=canonical.from_base64(raw, "text", length=256),
        photo=photo,
        provenance=provenance,
        read_in_place=read_in_place,
    )


def _reader(form: Any) -> tuple[Provenance, bool]:
    names = {"driver", "port", "sam_number", "answer_sha256", "photo_sha256", "read_at", "read_in_place"}
    value = canonical.exactly(form, frozenset(names), "reader")
    try:
        read_at = timestamps.from_text(canonical.text(value, "read_at"))
    except ValueError as exc:
        raise Malformed("read_at") from exc
    provenance = Provenance(
        driver=canonical.text(value, "driver"),
        port=canonical.text(value, "port"),
        sam_number=canonical.optional_text(value, "sam_number", most=64),
        answer_sha256=canonical.hash_text(value, "answer_sha256"),
        photo_sha256=canonical.hash_text(value, "photo_sha256"),
        read_at=read_at,
    )
    return provenance, canonical.boolean(value, "read_in_place")
