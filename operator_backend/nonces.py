"""Server nonces: made without storing anything, each good once and for a bounded time.

A nonce is 16 random bytes, the second at which it expires (u64, big-endian)
and the first 16 bytes of an HMAC over both, in URL-safe base64. Only spent
ones are stored, and only until they would have expired anyway.
"""

import base64
import binascii
import hmac
import secrets
import struct

from sqlalchemy import Connection, delete, insert, select

from operator_backend.tables import nonces

LIFE_S = 600
_RANDOM_BYTES = 16
_MAC_BYTES = 16
_EXPIRY = struct.Struct(">Q")
_LENGTH = _RANDOM_BYTES + _EXPIRY.size + _MAC_BYTES


def make_nonce(key: bytes, now_s: int) -> str:
    """A new nonce, good for LIFE_S from now (seconds since the epoch)."""
    body = secrets.token_bytes(_RANDOM_BYTES) + _EXPIRY.pack(now_s + LIFE_S)
    return base64.urlsafe_b64encode(body + _mac(key, body)).decode("ascii").rstrip("=")


def spend_nonce(connection: Connection, key: bytes, nonce: str, now_s: int) -> bool:
    """True when the nonce is ours, not expired and was not spent before; it is spent from now on."""
    expires_at_s = _expiry(key, nonce)
    if expires_at_s is None or expires_at_s < now_s:
        return False
    connection.execute(delete(nonces).where(nonces.c.expires_at_s < now_s))
    if connection.execute(select(nonces.c.nonce).where(nonces.c.nonce == nonce)).first() is not None:
        return False
    connection.execute(insert(nonces).values(nonce=nonce, expires_at_s=expires_at_s))
    return True


def _expiry(key: bytes, nonce: str) -> int | None:
    try:
        data = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
    except (binascii.Error, ValueError):
        return None
    # one nonce has one text: letters that decoding ignores must not make a second one of it
    if len(data) != _LENGTH or base64.urlsafe_b64encode(data).decode("ascii").rstrip("=") != nonce:
        return None
    body, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
    if not hmac.compare_digest(_mac(key, body), mac):
        return None
    (expires_at_s,) = _EXPIRY.unpack(body[_RANDOM_BYTES:])
    return int(expires_at_s)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"operator-backend/nonce/v1" + body, "sha256")[:_MAC_BYTES]
