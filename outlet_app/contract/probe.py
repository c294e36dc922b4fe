"""Is the operator really there: its signed answer over the nonce that we sent."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.domain import timestamps

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """Signed by the receipt key under the probe context; ``next_nonce`` is good for one signed request."""

    nonce: str
    operator: str
    operator_time: datetime
    next_nonce: str

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed."""
        return {
            "nonce": self.nonce,
            "operator": self.operator,
            "operator_time": timestamps.to_text(self.operator_time),
            "next_nonce": self.next_nonce,
        }


def probe_answer_from_value(value: dict[str, Any]) -> ProbeAnswer:
    """ProbeAnswer of a verified body; fields that a later operator adds are left alone."""
    try:
        operator_time = timestamps.from_text(canonical.text(value, "operator_time"))
    except ValueError as exc:
        raise Malformed("operator_time") from exc
    return ProbeAnswer(
        nonce=canonical.text(value, "nonce"),
        operator=canonical.text(value, "operator"),
        operator_time=operator_time,
        next_nonce=canonical.text(value, "next_nonce"),
    )


def is_nonce(text: str) -> bool:
    """True for 16 to 128 letters of the URL-safe base64 alphabet."""
    return _NONCE.fullmatch(text) is not None
