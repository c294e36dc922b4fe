"""A JSON object under a signature: the bytes that were signed, who signed, and the signature."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signing import SIGNATURE_BYTES, Context, is_signed, sign

_FIELDS = frozenset({"key", "body", "signature"})


@dataclass(frozen=True, slots=True)
class SignedObject:
    """Canonical JSON ``body`` bytes and the signature over context and body by the key of that id."""

    key: str
    body: bytes
    signature: bytes

    def to_form(self) -> dict[str, Any]:
        """The object as JSON: key id, body and signature in base64."""
        return {
            "key": self.key,
            "body": canonical.to_base64(self.body),
            "signature": canonical.to_base64(self.signature),
        }

    def encode(self) -> bytes:
        """Canonical bytes of to_form."""
        return canonical.encode(self.to_form())

    def is_signed_by(self, public_key: bytes, context: Context) -> bool:
        """True when the key (32 raw bytes) signed this body under this context."""
        return is_signed(public_key, context, self.body, self.signature)

    def value(self, where: str) -> dict[str, Any]:
        """The body as an object; Malformed when it is not canonical JSON. Check the signature first."""
        return canonical.decode(self.body, where)


def sign_object(key: Ed25519PrivateKey, key_id: str, context: Context, value: dict[str, Any]) -> SignedObject:
    """The value in canonical bytes, signed under the context."""
    body = canonical.encode(value)
    return SignedObject(key_id, body, sign(key, context, body))


def signed_from_form(form: Any, where: str) -> SignedObject:
    """SignedObject of its JSON form; nothing is verified yet."""
    value = canonical.exactly(form, _FIELDS, where)
    return SignedObject(
        canonical.text(value, "key", most=64),
        canonical.from_base64(value, "body"),
        canonical.from_base64(value, "signature", length=SIGNATURE_BYTES),
    )


def decode_signed(data: bytes, where: str) -> SignedObject:
    """SignedObject of the bytes that encode writes."""
    try:
        return signed_from_form(canonical.decode(data, where), where)
    except Malformed as exc:
        raise Malformed(f"{where}: {exc.where}") from exc
