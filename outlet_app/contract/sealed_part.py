"""What is sealed within a record: one form for registrations, one for voids, one for amendments."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.header import member, record_id
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.party import Party, field_form, party_form, party_from_form
from outlet_app.domain.registrations import (
    Corrections,
    Person,
    RecordKind,
    Role,
    ServiceDetails,
    Source,
    Statements,
    VoidReason,
)

SEALED_VERSION = 1
PAD_TO_BYTES = 512
_LENGTH_BYTES = 4
_COMMON = frozenset({"sealed", "id", "clerk", "approver", "program"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed(ABC):
    """What every sealed part says: who did it, who approved it beside the clerk, with which program."""

    record_id: UUID
    clerk: str
    clerk_role: Role
    approver: Person | None = None
    program: str

    def encode(self) -> bytes:
        """u32 length, canonical JSON, zeros up to a multiple of 512, so that the size tells nothing."""
        body = canonical.encode(
            {
                "sealed": SEALED_VERSION,
                "id": str(self.record_id),
                "clerk": {"number": self.clerk, "role": str(self.clerk_role)},
                "approver": None if self.approver is None else _person_form(self.approver),
                "program": self.program,
                **self._own_form(),
            }
        )
        framed = len(body).to_bytes(_LENGTH_BYTES, "big") + body
        return framed + bytes(-len(framed) % PAD_TO_BYTES)

    @abstractmethod
    def _own_form(self) -> dict[str, Any]:
        """What this kind of part says besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart(_Signed):
    """Contents of a registration: one customer, the service, the clerk's statements."""

    customer: Party
    service: ServiceDetails
    statements: Statements
    notice: str

    def _own_form(self) -> dict[str, Any]:
        return {
            "parties": [party_form(self.customer)],
            "service": {
                "number": field_form(self.service.number, Source.TYPED),
                "iccid": field_form(self.service.iccid, Source.TYPED),
            },
            "statements": {
                "holder_compared": self.statements.holder_compared,
                "consent": self.statements.consent,
                "notice": self.notice,
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidPart(_Signed):
    """Contents of a void: why the record that the header refers to is taken back."""

    reason: VoidReason

    def _own_form(self) -> dict[str, Any]:
        return {"void": {"reason": str(self.reason)}}


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentPart(_Signed):
    """Contents of an amendment: what the chip did not give, given anew; no identity."""

    corrections: Corrections
    notice: str

    def _own_form(self) -> dict[str, Any]:
        new = self.corrections
        return {
            "amendment": {
                "number": None if new.number is None else field_form(new.number, Source.TYPED),
                "iccid": None if new.iccid is None else field_form(new.iccid, Source.TYPED),
                "consent": new.consent,
                "notice": self.notice,
            }
        }


AnyPart = SealedPart | VoidPart | AmendmentPart


def decode_sealed_part(data: bytes, kind: RecordKind) -> AnyPart:
    """Contents of opened bytes under a header of this kind; Malformed names the field, never its value."""
    value = canonical.decode(_unpad(data), "sealed part")
    if canonical.integer(value, "sealed") != SEALED_VERSION:
        raise Malformed("sealed")
    match kind:
        case RecordKind.VOID:
            return _void(value)
        case RecordKind.AMENDMENT:
            return _amendment(value)
        case RecordKind.OPEN:
            return _registration(value)


def _registration(value: dict[str, Any]) -> SealedPart:
    canonical.exactly(value, _COMMON | {"parties", "service", "statements"}, "sealed part")
    parties = canonical.array(value, "parties", most=1)
    if len(parties) != 1:
        raise Malformed("parties")
    service = canonical.exactly(value["service"], frozenset({"number", "iccid"}), "service")
    statements = canonical.exactly(
        value["statements"], frozenset({"holder_compared", "consent", "notice"}), "statements"
    )
    return SealedPart(
        **_common(value),
        customer=party_from_form(parties[0]),
        service=ServiceDetails(_typed(service, "number"), _typed(service, "iccid")),
        statements=Statements(
            canonical.boolean(statements, "holder_compared"), canonical.boolean(statements, "consent")
        ),
        notice=canonical.text(statements, "notice", most=16),
    )


def _void(value: dict[str, Any]) -> VoidPart:
    canonical.exactly(value, _COMMON | {"void"}, "sealed part")
    void = canonical.exactly(value["void"], frozenset({"reason"}), "void")
    return VoidPart(**_common(value), reason=member(VoidReason, void, "reason"))


def _amendment(value: dict[str, Any]) -> AmendmentPart:
    canonical.exactly(value, _COMMON | {"amendment"}, "sealed part")
    new = canonical.exactly(
        value["amendment"], frozenset({"number", "iccid", "consent", "notice"}), "amendment"
    )
    corrections = Corrections(
        number=None if new["number"] is None else _typed(new, "number"),
        iccid=None if new["iccid"] is None else _typed(new, "iccid"),
        consent=None if new["consent"] is None else canonical.boolean(new, "consent"),
    )
    if corrections == Corrections():
        raise Malformed("amendment")
    return AmendmentPart(
        **_common(value), corrections=corrections, notice=canonical.text(new, "notice", most=16)
    )


def _common(value: dict[str, Any]) -> dict[str, Any]:
    clerk = _person(value["clerk"], "clerk")
    return {
        "record_id": record_id(value),
        "clerk": clerk.number,
        "clerk_role": clerk.role,
        "approver": None if value["approver"] is None else _person(value["approver"], "approver"),
        "program": canonical.text(value, "program", most=64),
    }


def _person_form(person: Person) -> dict[str, Any]:
    return {"number": person.number, "role": str(person.role)}


def _person(form: Any, where: str) -> Person:
    value = canonical.exactly(form, frozenset({"number", "role"}), where)
    return Person(canonical.text(value, "number", most=32), member(Role, value, "role"))


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


def _typed(value: dict[str, Any], name: str) -> str:
    field = canonical.exactly(value[name], frozenset({"value", "source"}), name)
    if field["source"] not in (Source.TYPED, Source.SERVER):
        raise Malformed(f"{name}: source")
    return canonical.text(field, "value", most=32)
