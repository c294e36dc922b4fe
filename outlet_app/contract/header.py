"""The signed header of a record: what is known of it without opening it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.sealing import SuiteName
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import REGISTRATION_KINDS, Channel, RecordKind

CONTRACT_VERSION = 1
NO_PREVIOUS = "0" * 64
"""``previous`` of a terminal's first record."""

_FIELDS = frozenset(
    {
        "contract",
        "id",
        "terminal",
        "outlet",
        "sequence",
        "previous",
        "policy",
        "key",
        "suite",
        "kind",
        "channel",
        "refers_to",
        "confirmed_at",
    }
)

Member = TypeVar("Member", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Header:
    """Header of contract version 1. ``previous`` is the SHA-256 of the previous envelope in hex.

    ``refers_to`` is the id of the record that this one voids, amends or takes
    the place of; None for a registration that stands alone.
    """

    record_id: UUID
    terminal: str
    outlet: str
    sequence: int
    previous: str
    policy: int
    key: str
    suite: SuiteName
    kind: RecordKind
    channel: Channel
    confirmed_at: datetime
    refers_to: UUID | None = None

    def encode(self) -> bytes:
        """Canonical bytes, made once: they are signed, stored and sent as they are."""
        return canonical.encode(
            {
                "contract": CONTRACT_VERSION,
                "id": str(self.record_id),
                "terminal": self.terminal,
                "outlet": self.outlet,
                "sequence": self.sequence,
                "previous": self.previous,
                "policy": self.policy,
                "key": self.key,
                "suite": str(self.suite),
                "kind": str(self.kind),
                "channel": str(self.channel),
                "refers_to": None if self.refers_to is None else str(self.refers_to),
                "confirmed_at": timestamps.to_text(self.confirmed_at),
            }
        )


def decode_header(data: bytes) -> Header:
    """Header of exactly canonical bytes; Malformed names the field (``contract`` for another version)."""
    value = canonical.decode(data, "header")
    if canonical.integer(value, "contract") != CONTRACT_VERSION:
        raise Malformed("contract")
    canonical.exactly(value, _FIELDS, "header")
    try:
        confirmed_at = timestamps.from_text(canonical.text(value, "confirmed_at"))
        timestamps.china_day(confirmed_at)  # the last hours of the last year have none
    except (ValueError, OverflowError) as exc:
        raise Malformed("confirmed_at") from exc
    kind = member(RecordKind, value, "kind")
    return Header(
        record_id=record_id(value),
        terminal=canonical.text(value, "terminal", most=64),
        outlet=canonical.text(value, "outlet", most=64),
        sequence=canonical.integer(value, "sequence", least=1),
        previous=canonical.hash_text(value, "previous"),
        policy=canonical.integer(value, "policy"),
        key=canonical.text(value, "key", most=64),
        suite=member(SuiteName, value, "suite"),
        kind=kind,
        channel=member(Channel, value, "channel"),
        confirmed_at=confirmed_at,
        refers_to=_refers_to(value, kind),
    )


def _refers_to(value: dict[str, object], kind: RecordKind) -> UUID | None:
    """What it refers to; a registration may, everything else must, and nothing refers to itself."""
    if value["refers_to"] is None and kind in REGISTRATION_KINDS:
        return None
    if value["refers_to"] == value["id"]:
        raise Malformed("refers_to")
    try:
        return record_id({"id": value["refers_to"]})
    except Malformed as exc:
        raise Malformed("refers_to") from exc


def record_id(value: dict[str, object]) -> UUID:
    """The ``id`` field: a version 7 UUID (RFC 9562) in its usual lower-case form."""
    found = canonical.text(value, "id", most=36)
    try:
        parsed = UUID(found)
    except ValueError as exc:
        raise Malformed("id") from exc
    if str(parsed) != found or parsed.version != 7:
        raise Malformed("id")
    return parsed


def member(kind: type[Member], value: dict[str, object], field: str) -> Member:
    """A field whose value is one of a closed list."""
    try:
        return kind(canonical.text(value, field))
    except ValueError as exc:
        raise Malformed(field) from exc
