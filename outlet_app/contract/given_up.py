"""A terminal's signed word that the record of a number will not come, and why: so the gap is explained."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.header import member
from outlet_app.contract.malformed import Malformed
from outlet_app.domain import timestamps
from outlet_app.domain.registrations import GiveUpReason, Person, Role

_FIELDS = frozenset(
    {
        "terminal",
        "sequence",
        "id",
        "envelope_sha256",
        "code",
        "reason",
        "given_up_at",
        "given_up_by",
        "asked_by",
    }
)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One number; signed by the terminal's key under the context given-up.

    ``code`` is why the operator could not take the record, ``reason`` why the
    outlet gave it up; ``given_up_by`` is the supervisor, ``asked_by`` the clerk at the counter (who may
    be the same person).
    """

    terminal: str
    sequence: int
    record_id: UUID
    envelope_sha256: str
    code: str | None
    reason: GiveUpReason
    given_up_at: datetime
    given_up_by: Person
    asked_by: str

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed."""
        return {
            "terminal": self.terminal,
            "sequence": self.sequence,
            "id": str(self.record_id),
            "envelope_sha256": self.envelope_sha256,
            "code": self.code,
            "reason": str(self.reason),
            "given_up_at": timestamps.to_text(self.given_up_at),
            "given_up_by": {"number": self.given_up_by.number, "role": str(self.given_up_by.role)},
            "asked_by": self.asked_by,
        }


def given_up_from_value(value: dict[str, Any]) -> GivenUp:
    """The word of exactly the fields that to_value writes."""
    canonical.exactly(value, _FIELDS, "given up")
    person = canonical.exactly(value["given_up_by"], frozenset({"number", "role"}), "given_up_by")
    try:
        moment = timestamps.from_text(canonical.text(value, "given_up_at"))
    except ValueError as exc:
        raise Malformed("given_up_at") from exc
    return GivenUp(
        terminal=canonical.text(value, "terminal", most=64),
        sequence=canonical.integer(value, "sequence", least=1),
        record_id=_record_id(value),
        envelope_sha256=canonical.hash_text(value, "envelope_sha256"),
        code=canonical.optional_text(value, "code", most=64),
        reason=member(GiveUpReason, value, "reason"),
        given_up_at=moment,
        given_up_by=Person(canonical.text(person, "number", most=64), member(Role, person, "role")),
        asked_by=canonical.text(value, "asked_by", most=64),
    )


def _record_id(value: dict[str, Any]) -> UUID:
    """Of whatever version: a record that storage lost may have an id that stands for its own."""
    text = canonical.text(value, "id", most=36)
    try:
        found = UUID(text)
    except ValueError as exc:
        raise Malformed("id") from exc
    if str(found) != text:
        raise Malformed("id")
    return found
