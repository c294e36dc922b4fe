"""The operator's signed word on one record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from outlet_app.contract import canonical
from outlet_app.contract.header import member, record_id
from outlet_app.contract.malformed import Malformed
from outlet_app.domain import timestamps


class ReceiptState(StrEnum):
    """What the operator says of a record it holds; ``received`` means still being verified."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Body of a receipt.

    ``unbroken`` is the highest sequence with nothing missing below it,
    ``chain_head`` the hex SHA-256 of that record's envelope (64 zeros when there is none).
    ``code``, ``field`` and ``who`` say why and who can mend it when the state is refused.
    """

    record_id: UUID
    terminal: str
    sequence: int
    envelope_sha256: str
    state: ReceiptState
    operator_time: datetime
    unbroken: int
    chain_head: str
    code: str | None = None
    field: str | None = None
    who: str | None = None

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the receipt context."""
        return {
            "id": str(self.record_id),
            "terminal": self.terminal,
            "sequence": self.sequence,
            "envelope_sha256": self.envelope_sha256,
            "state": str(self.state),
            "operator_time": timestamps.to_text(self.operator_time),
            "unbroken": self.unbroken,
            "chain_head": self.chain_head,
            "code": self.code,
            "field": self.field,
            "who": self.who,
        }


_FIELDS = frozenset(
    {
        "id",
        "terminal",
        "sequence",
        "envelope_sha256",
        "state",
        "operator_time",
        "unbroken",
        "chain_head",
        "code",
        "field",
        "who",
    }
)


def receipt_from_value(value: dict[str, Any]) -> Receipt:
    """Receipt of exactly the fields that to_value writes."""
    canonical.exactly(value, _FIELDS, "receipt")
    try:
        operator_time = timestamps.from_text(canonical.text(value, "operator_time"))
    except ValueError as exc:
        raise Malformed("operator_time") from exc
    return Receipt(
        record_id=record_id(value),
        terminal=canonical.text(value, "terminal", most=64),
        sequence=canonical.integer(value, "sequence", least=1),
        envelope_sha256=canonical.hash_text(value, "envelope_sha256"),
        state=member(ReceiptState, value, "state"),
        operator_time=operator_time,
        unbroken=canonical.integer(value, "unbroken"),
        chain_head=canonical.hash_text(value, "chain_head"),
        code=canonical.optional_text(value, "code", most=64),
        field=canonical.optional_text(value, "field", most=64),
        who=canonical.optional_text(value, "who", most=32),
    )
