"""The secret beside the database: without it the database alone names nobody and opens nothing.

Phone numbers, SIM cards and document numbers stand in the database as HMACs
under it, clerks' PIN verifiers and terminals' device secrets as Fernet tokens.
"""

import base64
import hmac
from enum import StrEnum
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import write_private

FILE = "database.secret"
SECRET_BYTES = 32


class TagLabel(StrEnum):
    """What a tag stands for; equal values under different labels have different tags."""

    NUMBER = "number"
    ICCID = "iccid"
    IDENTITY = "identity"


class DatabaseSecret:
    """Keys derived (HKDF-SHA256) from 32 random bytes, each for one purpose."""

    def __init__(self, secret: bytes) -> None:
        self._tags = _derive(secret, "tags")
        self._wrapping = Fernet(base64.urlsafe_b64encode(_derive(secret, "wrapping")))
        self.nonce_key = _derive(secret, "nonces")

    def tag(self, label: TagLabel, value: str) -> str:
        """Hex HMAC-SHA256 of a value, the same for the same value."""
        return hmac.digest(self._tags, f"{label}\0{value}".encode(), "sha256").hex()

    def wrap(self, data: bytes) -> bytes:
        """Bytes that only unwrap reads."""
        return self._wrapping.encrypt(data)

    def unwrap(self, token: bytes) -> bytes:
        """The bytes that wrap was given; KEY_UNREADABLE when they are another secret's."""
        try:
            return self._wrapping.decrypt(token)
        except InvalidToken as exc:
            raise KnownFailure(FailureCode.KEY_UNREADABLE, FILE) from exc


def write_secret(folder: Path, secret: bytes) -> None:
    """Put the secret's file into the keys folder."""
    write_private(folder / FILE, base64.b64encode(secret))


def read_secret(folder: Path) -> DatabaseSecret:
    """The secret of a keys folder; KEY_UNREADABLE when its file is missing or damaged."""
    try:
        secret = base64.b64decode((folder / FILE).read_bytes(), validate=True)
    except (OSError, ValueError) as exc:
        raise KnownFailure(FailureCode.KEY_UNREADABLE, FILE) from exc
    if len(secret) != SECRET_BYTES:
        raise KnownFailure(FailureCode.KEY_UNREADABLE, FILE)
    return DatabaseSecret(secret)


def _derive(secret: bytes, purpose: str) -> bytes:
    info = f"operator-backend/{purpose}/v1".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
