"""Server nonces: made without storing anything, each good once and for a bounded time.

A nonce is 16 random bytes, the millisecond at which it expires (u64,
big-endian) and the first 16 bytes of an HMAC over both, in URL-safe base64.
Only spent ones are stored, and only until they would have expired anyway.
"""

import base64
import binascii
import hmac
import secrets
import struct
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from operator_backend.tables import nonces

LIFE_S = 600
_RANDOM_BYTES = 16
_MAC_BYTES = 16
_EXPIRY = struct.Struct(">Q")
_LENGTH = _RANDOM_BYTES + _EXPIRY.size + _MAC_BYTES


def make_nonce(key: bytes, now: datetime) -> str:
    """A new nonce, good for LIFE_S from now."""
    body = secrets.token_bytes(_RANDOM_BYTES) + _EXPIRY.pack(_ms(now) + LIFE_S * 1000)
    return base64.urlsafe_b64encode(body + _mac(key, body)).decode("ascii").rstrip("=")


def spend_nonce(connection: Connection, key: bytes, nonce: str, now: datetime) -> bool:
    """True when the nonce is ours, not expired and was not spent before; it is spent from now on."""
    expires_at_ms = _expiry_ms(key, nonce)
    if expires_at_ms is None or expires_at_ms < _ms(now):
        return False
    connection.execute(delete(nonces).where(nonces.c.expires_at_s < _ms(now) // 1000))
    if connection.execute(select(nonces.c.nonce).where(nonces.c.nonce == nonce)).first() is not None:
        return False
    connection.execute(insert(nonces).values(nonce=nonce, expires_at_s=expires_at_ms // 1000))
    return True


def given_at(key: bytes, nonce: str) -> datetime:
    """When a nonce of ours was given, to the millisecond."""
    expires_at_ms = _expiry_ms(key, nonce)
    assert expires_at_ms is not None, "it was spent, so it is ours"
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=expires_at_ms - LIFE_S * 1000)


def _ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _expiry_ms(key: bytes, nonce: str) -> int | None:
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
    (expires_at_ms,) = _EXPIRY.unpack(body[_RANDOM_BYTES:])
    return int(expires_at_ms)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"operator-backend/nonce/v1" + body, "sha256")[:_MAC_BYTES]
