"""HPKE (RFC 9180, base mode, one shot) in the suites that an operator's key may name.

Key encodings, fixed here because the hybrid's code point is still a draft:
X25519 keys are the 32 raw bytes of RFC 7748; the hybrid's public key is the
ML-KEM-768 encapsulation key (1184 bytes, FIPS 203) followed by the X25519 key
(32 bytes), its private key the ML-KEM seed (64 bytes) followed by the X25519
key (32 bytes). Sealed bytes are the encapsulated key followed by the
ciphertext.
"""

import functools
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from outlet_app.contract.malformed import Malformed

_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES = 64


class SuiteName(StrEnum):
    """Suites by the name that keys and headers carry."""

    HYBRID = "mlkem768-x25519/hkdf-sha256/aes-256-gcm"
    X25519 = "x25519/hkdf-sha256/aes-256-gcm"


_SUITES = {
    SuiteName.HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    SuiteName.X25519: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}


class SealBroken(Exception):  # noqa: N818 - it describes the bytes
    """The sealed bytes do not open with this key and info."""


def seal(suite: SuiteName, public_key: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Sealed bytes that only the holder of the private key opens, bound to info. Malformed: wrong key."""
    return bytes(_SUITES[suite].encrypt(plaintext, _public_key(suite, public_key), info))


def open_sealed(suite: SuiteName, private_key: bytes, sealed: bytes, info: bytes) -> bytes:
    """Plaintext of sealed bytes. The suite is the one of the opener's key record, never the message's."""
    try:
        return bytes(_SUITES[suite].decrypt(sealed, _private_key(suite, private_key), info))
    except (InvalidTag, ValueError) as exc:
        raise SealBroken from exc


def generate_key(suite: SuiteName) -> tuple[bytes, bytes]:
    """A new key pair as (private, public) bytes."""
    x_key = X25519PrivateKey.generate()
    x_private, x_public = x_key.private_bytes_raw(), x_key.public_key().public_bytes_raw()
    if suite is SuiteName.X25519:
        return x_private, x_public
    ml_key = MLKEM768PrivateKey.generate()
    return ml_key.private_bytes_raw() + x_private, ml_key.public_key().public_bytes_raw() + x_public


@functools.lru_cache(maxsize=8)  # an operator has one or two in force
def _public_key(suite: SuiteName, data: bytes) -> X25519PublicKey | hpke.MLKEM768X25519PublicKey:
    try:
        if suite is SuiteName.X25519:
            return X25519PublicKey.from_public_bytes(data)
        return hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(data[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(data[_MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError as exc:
        raise Malformed("sealing key") from exc


def _private_key(suite: SuiteName, data: bytes) -> X25519PrivateKey | hpke.MLKEM768X25519PrivateKey:
    if suite is SuiteName.X25519:
        return X25519PrivateKey.from_private_bytes(data)
    return hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(data[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(data[_MLKEM_SEED_BYTES:]),
    )
