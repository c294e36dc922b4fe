"""How a terminal joins an outlet: one code, two messages under keys that only its two ends know."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signed_object import SignedObject, signed_from_form

SECRET_BYTES = 16
FINGERPRINT_BYTES = 10
_GROUP = 6
_CODE_LETTERS = 42


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """128 bits of secret and the first 80 bits of the SHA-256 of the operator's root key."""

    secret: bytes
    root_fingerprint: bytes

    def to_text(self) -> str:
        """Seven groups of six base32 letters (RFC 4648 section 6)."""
        letters = base64.b32encode(self.secret + self.root_fingerprint).decode("ascii").rstrip("=")
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))

    @property
    def code_id(self) -> str:
        """Names the code to the server without telling it: 16 hex digits derived from the secret."""
        return self._derive("outlet-app/enrolment/id/v1")[:8].hex()

    @property
    def request_key(self) -> bytes:
        """HMAC key of the terminal's message."""
        return self._derive("outlet-app/enrolment/request/v1")

    @property
    def answer_key(self) -> bytes:
        """HMAC key of the operator's message."""
        return self._derive("outlet-app/enrolment/answer/v1")

    @property
    def device_secret(self) -> bytes:
        """Secret of the enrolled terminal that PIN verifiers are bound to; it never travels."""
        return self._derive("outlet-app/enrolment/device-secret/v1")

    @property
    def root_check(self) -> bytes:
        """Proves to who knows the secret which root key the code names, and tells nobody else."""
        mac = hmac.new(self.request_key, self.root_fingerprint, hashlib.sha256)
        return mac.digest()[:FINGERPRINT_BYTES]

    def names_root(self, root_public: bytes) -> bool:
        """True when this is the root key that the code was made for."""
        return hmac.compare_digest(root_fingerprint(root_public), self.root_fingerprint)

    def _derive(self, info: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(self.secret)


def root_fingerprint(root_public: bytes) -> bytes:
    """First 80 bits of the SHA-256 of the root key's 32 raw bytes."""
    return hashlib.sha256(root_public).digest()[:FINGERPRINT_BYTES]


def parse_code(text: str) -> EnrolmentCode:
    """Code as typed or pasted: case, hyphens and spaces do not matter; Malformed for anything else."""
    letters = "".join(text.split()).replace("-", "").upper()
    if len(letters) != _CODE_LETTERS:
        raise Malformed("enrolment code")
    try:
        data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError) as exc:
        raise Malformed("enrolment code") from exc
    return EnrolmentCode(data[:SECRET_BYTES], data[SECRET_BYTES:])


@dataclass(frozen=True, slots=True)
class FormerWord:
    """What a device says, under its former terminal's key, when it joins anew: bound to this one request."""

    terminal: str
    highest_sequence: int
    code_id: str
    terminal_key: bytes
    nonce: str

    def to_value(self) -> dict[str, Any]:
        """The JSON object that is signed under the former-terminal context."""
        return {
            "terminal": self.terminal,
            "highest_sequence": self.highest_sequence,
            "code_id": self.code_id,
            "terminal_key": canonical.to_base64(self.terminal_key),
            "nonce": self.nonce,
        }


@dataclass(frozen=True, slots=True)
class FormerStanding:
    """What the operator holds of the former terminal's records: the highest, and how far without a gap."""

    terminal: str
    highest: int
    unbroken: int

    def to_value(self) -> dict[str, Any]:
        """The JSON object within the answer."""
        return {"terminal": self.terminal, "highest": self.highest, "unbroken": self.unbroken}


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """The terminal's new public key (Ed25519, 32 bytes) and a nonce that binds the answer to it.

    ``former`` is a FormerWord signed by the key of the terminal that this
    device was until now; None for a device that was none of this operator's.
    ``root`` is the root_check of the code as it was typed: a mistake in the
    root's part is told without the code being used up.
    """

    code_id: str
    terminal_key: bytes
    nonce: str
    former: SignedObject | None = None
    root: bytes | None = None

    def to_value(self) -> dict[str, Any]:
        """The JSON object under the request's HMAC; what is None is left out."""
        former = {} if self.former is None else {"former": self.former.to_form()}
        root = {} if self.root is None else {"root": canonical.to_base64(self.root)}
        return {
            **former,
            **root,
            "code_id": self.code_id,
            "terminal_key": canonical.to_base64(self.terminal_key),
            "nonce": self.nonce,
        }


@dataclass(frozen=True, slots=True)
class EnrolmentAnswer:
    """Who the terminal now is and whom it may believe. ``keys`` is signed by ``root``."""

    nonce: str
    terminal: str
    outlet: str
    outlet_name: str
    root: bytes
    keys: SignedObject
    policy: SignedObject
    roster: SignedObject
    former: FormerStanding | None = None

    def to_value(self) -> dict[str, Any]:
        """The JSON object under the answer's HMAC."""
        former = {} if self.former is None else {"former": self.former.to_value()}
        return {
            **former,
            "nonce": self.nonce,
            "terminal": self.terminal,
            "outlet": self.outlet,
            "outlet_name": self.outlet_name,
            "root": canonical.to_base64(self.root),
            "keys": self.keys.to_form(),
            "policy": self.policy.to_form(),
            "roster": self.roster.to_form(),
        }


def request_from_value(value: dict[str, Any]) -> EnrolmentRequest:
    """Request of exactly the fields that to_value writes."""
    names = {"code_id", "terminal_key", "nonce"}
    canonical.exactly(value, frozenset(names | ({"former", "root"} & value.keys())), "enrolment request")
    return EnrolmentRequest(
        canonical.text(value, "code_id", most=16),
        canonical.from_base64(value, "terminal_key", length=32),
        canonical.text(value, "nonce", most=64),
        signed_from_form(value["former"], "former") if "former" in value else None,
        canonical.from_base64(value, "root", length=FINGERPRINT_BYTES) if "root" in value else None,
    )


def former_word_from_value(value: dict[str, Any]) -> FormerWord:
    """FormerWord of exactly the fields that to_value writes."""
    names = {"terminal", "highest_sequence", "code_id", "terminal_key", "nonce"}
    canonical.exactly(value, frozenset(names), "former")
    return FormerWord(
        canonical.text(value, "terminal", most=64),
        canonical.integer(value, "highest_sequence"),
        canonical.text(value, "code_id", most=16),
        canonical.from_base64(value, "terminal_key", length=32),
        canonical.text(value, "nonce", most=64),
    )


def _former_standing(form: Any) -> FormerStanding:
    value = canonical.exactly(form, frozenset({"terminal", "highest", "unbroken"}), "former")
    return FormerStanding(
        canonical.text(value, "terminal", most=64),
        canonical.integer(value, "highest"),
        canonical.integer(value, "unbroken"),
    )


def answer_from_value(value: dict[str, Any]) -> EnrolmentAnswer:
    """Answer of exactly the fields that to_value writes."""
    names = {"nonce", "terminal", "outlet", "outlet_name", "root", "keys", "policy", "roster"}
    canonical.exactly(value, frozenset(names | ({"former"} & value.keys())), "enrolment answer")
    return EnrolmentAnswer(
        nonce=canonical.text(value, "nonce", most=64),
        terminal=canonical.text(value, "terminal", most=64),
        outlet=canonical.text(value, "outlet", most=64),
        outlet_name=canonical.text(value, "outlet_name"),
        root=canonical.from_base64(value, "root", length=32),
        keys=signed_from_form(value["keys"], "keys"),
        policy=signed_from_form(value["policy"], "policy"),
        roster=signed_from_form(value["roster"], "roster"),
        former=_former_standing(value["former"]) if "former" in value else None,
    )


def wrap(key: bytes, value: dict[str, Any]) -> bytes:
    """Message bytes: canonical JSON of the value in base64 beside its HMAC-SHA256."""
    body = canonical.encode(value)
    mac = hmac.new(key, body, hashlib.sha256).digest()
    return canonical.encode({"body": canonical.to_base64(body), "mac": canonical.to_base64(mac)})


def unwrap(key: bytes, data: bytes, where: str) -> dict[str, Any]:
    """Value of a message; Malformed when the form is wrong or the HMAC is not of this key."""
    body, mac = split(data, where)
    if not hmac.compare_digest(hmac.new(key, body, hashlib.sha256).digest(), mac):
        raise Malformed(f"{where}: mac")
    return canonical.decode(body, where)


def split(data: bytes, where: str) -> tuple[bytes, bytes]:
    """Body and HMAC of a message, unverified: the server reads the code's id before it knows the key."""
    value = canonical.exactly(canonical.decode(data, where), frozenset({"body", "mac"}), where)
    return canonical.from_base64(value, "body"), canonical.from_base64(value, "mac", length=32)
