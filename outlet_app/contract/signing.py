"""Ed25519 signatures (RFC 8032) under a context string of their own for each kind of object."""

from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64
PUBLIC_KEY_BYTES = 32


class Context(StrEnum):
    """What is signed; the ASCII text stands before the message, so no object passes for another."""

    RECORD = "outlet-app/record/v1"
    RECEIPT = "outlet-app/receipt/v1"
    OPERATOR_KEYS = "outlet-app/operator-keys/v1"
    POLICY = "outlet-app/policy/v1"
    ROSTER = "outlet-app/roster/v1"
    PROBE = "outlet-app/probe/v1"
    CONTACT = "outlet-app/contact/v1"
    FORMER_TERMINAL = "outlet-app/former-terminal/v1"
    RECONCILIATION = "outlet-app/reconciliation/v1"
    DAY_CLOSING = "outlet-app/day-closing/v1"
    DAY_RESULT = "outlet-app/day-result/v1"
    GIVEN_UP = "outlet-app/given-up/v1"
    BUNDLE = "outlet-app/bundle/v1"
    RECEIPTS = "outlet-app/receipts/v1"


def sign(key: Ed25519PrivateKey, context: Context, message: bytes) -> bytes:
    """64-byte signature over context and message."""
    return key.sign(context.encode() + message)


def is_signed(public_key: bytes, context: Context, message: bytes, signature: bytes) -> bool:
    """True when the signature over context and message was made with the key (32 raw bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, context.encode() + message)
    except (InvalidSignature, ValueError):
        return False
    return True
