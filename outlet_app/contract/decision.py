"""What the operator decided later about records that it holds: receipts in order, fetched by a mark.

A mark names the last decision that a terminal has: its number, and the hash of
the receipt. An operator whose decision of that number is another one has lost
some (its database was restored), and begins at the first.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.header import NO_PREVIOUS
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject, signed_from_form

MOST_DECISIONS = 100
"""In one answer; the terminal comes back for more."""


@dataclass(frozen=True, slots=True)
class DecisionMark:
    """The last decision that a terminal has; 0 and 64 zeros before the first."""

    number: int = 0
    sha256: str = NO_PREVIOUS

    def to_value(self) -> dict[str, Any]:
        """The JSON object within a chain state."""
        return {"number": self.number, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Decision:
    """One receipt that is no answer to an envelope, under the operator's number for it."""

    number: int
    receipt: SignedObject

    def to_value(self) -> dict[str, Any]:
        """The JSON object within an answer."""
        return {"number": self.number, "receipt": self.receipt.to_form()}

    @property
    def mark(self) -> DecisionMark:
        """The mark of a terminal for which this is the last one."""
        return DecisionMark(self.number, receipt_sha256(self.receipt.encode()))


def receipt_sha256(signed: bytes) -> str:
    """Hex SHA-256 of a signed receipt's canonical bytes."""
    return hashlib.sha256(signed).hexdigest()


def mark_from_form(form: Any) -> DecisionMark:
    """DecisionMark of exactly the fields that to_value writes."""
    value = canonical.exactly(form, frozenset({"number", "sha256"}), "decided")
    return DecisionMark(canonical.integer(value, "number"), canonical.hash_text(value, "sha256"))


def decisions_from_value(value: dict[str, Any]) -> tuple[Decision, ...]:
    """The decisions of an answer, none where it names none; Malformed unless their numbers rise."""
    if "decisions" not in value:
        return ()
    found = tuple(_decision(form) for form in canonical.array(value, "decisions", most=MOST_DECISIONS))
    numbers = [decision.number for decision in found]
    if numbers != sorted(set(numbers)):
        raise Malformed("decisions: order")
    return found


def _decision(form: Any) -> Decision:
    value = canonical.exactly(form, frozenset({"number", "receipt"}), "decision")
    return Decision(
        canonical.integer(value, "number", least=1), signed_from_form(value["receipt"], "receipt")
    )
