"""Who may sign in at an outlet, as the operator tells one terminal of it."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.header import member
from outlet_app.domain.registrations import Role

SALT_BYTES = 16
VERIFIER_BYTES = 32


@dataclass(frozen=True, slots=True)
class ClerkEntry:
    """One person. ``verifier`` is HMAC-SHA256 under the terminal's device secret over argon2id(PIN, salt)."""

    number: str
    role: Role
    salt: bytes
    verifier: bytes


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody of the outlet, made for one terminal: its verifiers are worthless with another's secret."""

    number: int
    terminal: str
    outlet: str
    clerks: tuple[ClerkEntry, ...]

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the roster context."""
        return {
            "number": self.number,
            "terminal": self.terminal,
            "outlet": self.outlet,
            "clerks": [
                {
                    "number": clerk.number,
                    "role": str(clerk.role),
                    "salt": canonical.to_base64(clerk.salt),
                    "verifier": canonical.to_base64(clerk.verifier),
                }
                for clerk in self.clerks
            ],
        }

    def find(self, number: str) -> ClerkEntry | None:
        """The person of this clerk number."""
        return next((clerk for clerk in self.clerks if clerk.number == number), None)


def device_verifier(device_secret: bytes, stretched_pin: bytes) -> bytes:
    """32 bytes that a PIN's argon2id output becomes under one terminal's device secret."""
    return hmac.new(device_secret, b"outlet-app/pin/v1" + stretched_pin, hashlib.sha256).digest()


def roster_from_value(value: dict[str, Any]) -> Roster:
    """Roster of exactly the fields that to_value writes."""
    canonical.exactly(value, frozenset({"number", "terminal", "outlet", "clerks"}), "roster")
    return Roster(
        number=canonical.integer(value, "number"),
        terminal=canonical.text(value, "terminal", most=64),
        outlet=canonical.text(value, "outlet", most=64),
        clerks=tuple(_clerk(item) for item in canonical.array(value, "clerks", most=1000)),
    )


def _clerk(form: Any) -> ClerkEntry:
    value = canonical.exactly(form, frozenset({"number", "role", "salt", "verifier"}), "clerk")
    return ClerkEntry(
        number=canonical.text(value, "number", most=32),
        role=member(Role, value, "role"),
        salt=canonical.from_base64(value, "salt", length=SALT_BYTES),
        verifier=canonical.from_base64(value, "verifier", length=VERIFIER_BYTES),
    )
