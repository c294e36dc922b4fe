"""The operator's keys: one root, and keys for sealing, receipts, policy and statements under it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from outlet_app.contract import canonical
from outlet_app.contract.header import member
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.sealing import SuiteName
from outlet_app.contract.signed_object import SignedObject, signed_from_form
from outlet_app.domain import timestamps

MOST_KEYS = 64
"""As many as one statement may name."""


class KeyUse(StrEnum):
    """What a key is for; a key is never used for anything else."""

    SEAL = "seal"
    RECEIPT = "receipt"
    POLICY = "policy"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """One key. ``suite`` is a sealing suite for use seal and None (Ed25519) otherwise.

    ``not_before`` and ``not_after`` bound new use; what was made within them stays good.
    """

    key_id: str
    use: KeyUse
    suite: SuiteName | None
    public: bytes
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """All keys of one operator; a higher number takes the place of a lower one.

    ``authority`` is None where the root signs it, else the root's own statement
    that names the signer's key (key_authority).
    """

    number: int
    operator: str
    keys: tuple[OperatorKey, ...]
    authority: SignedObject | None = None

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the operator-keys context."""
        by_another = {} if self.authority is None else {"authority": self.authority.to_form()}
        return {
            **by_another,
            "number": self.number,
            "operator": self.operator,
            "keys": [
                {
                    "id": key.key_id,
                    "use": str(key.use),
                    "suite": None if key.suite is None else str(key.suite),
                    "public": canonical.to_base64(key.public),
                    "not_before": timestamps.to_text(key.not_before),
                    "not_after": timestamps.to_text(key.not_after),
                }
                for key in self.keys
            ],
        }

    def find(self, key_id: str, use: KeyUse) -> OperatorKey | None:
        """The key of this id and use."""
        return next((key for key in self.keys if key.key_id == key_id and key.use is use), None)

    def current(self, use: KeyUse, moment: datetime) -> OperatorKey | None:
        """The key for new work: the youngest whose dates hold the moment."""
        good = [key for key in self.keys if key.use is use and key.not_before <= moment <= key.not_after]
        return max(good, key=lambda key: (key.not_before, key.key_id), default=None)


def key_id(public: bytes) -> str:
    """Id of a public key: the first 8 bytes of its SHA-256 in hex."""
    return hashlib.sha256(public).hexdigest()[:16]


def key_statement_from_value(value: dict[str, Any]) -> KeyStatement:
    """KeyStatement of exactly the fields that to_value writes; every id must be that of its key."""
    by_another = "authority" in value
    names = {"number", "operator", "keys"} | ({"authority"} if by_another else set())
    canonical.exactly(value, frozenset(names), "keys")
    return KeyStatement(
        number=canonical.integer(value, "number", least=1),
        operator=canonical.text(value, "operator"),
        keys=tuple(_key(item) for item in canonical.array(value, "keys", most=MOST_KEYS)),
        authority=signed_from_form(value["authority"], "authority") if by_another else None,
    )


def _key(form: Any) -> OperatorKey:
    names = {"id", "use", "suite", "public", "not_before", "not_after"}
    value = canonical.exactly(form, frozenset(names), "key")
    use = member(KeyUse, value, "use")
    public = canonical.from_base64(value, "public")
    if canonical.text(value, "id") != key_id(public):
        raise Malformed("key id")
    if (value["suite"] is None) is (use is KeyUse.SEAL):
        raise Malformed("suite")
    try:
        dates = [timestamps.from_text(canonical.text(value, name)) for name in ("not_before", "not_after")]
    except ValueError as exc:
        raise Malformed("key dates") from exc
    suite = member(SuiteName, value, "suite") if use is KeyUse.SEAL else None
    return OperatorKey(key_id(public), use, suite, public, dates[0], dates[1])
