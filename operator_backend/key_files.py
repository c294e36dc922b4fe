"""Private keys of the operator, one file a key, readable by their owner alone.

The root key signs the statement of all other keys and is read by
``rotate-key`` and ``backup-keys`` only; the server never opens its file.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.operator_keys import KeyUse, key_id
from outlet_app.contract.sealing import SuiteName, generate_key
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import write_private

ROOT = "root"
_SUFFIX = ".key"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """One key pair as raw bytes; ``suite`` is None for Ed25519 keys. ``use`` is a KeyUse or ``root``."""

    use: str
    suite: SuiteName | None
    private: bytes
    public: bytes

    @property
    def key_id(self) -> str:
        """Id by which statements, receipts and headers name the key."""
        return key_id(self.public)

    def signer(self) -> Ed25519PrivateKey:
        """The key for signing; only for keys without a suite."""
        return Ed25519PrivateKey.from_private_bytes(self.private)


def new_signing_key(use: str) -> PrivateKey:
    """A new Ed25519 key pair."""
    key = Ed25519PrivateKey.generate()
    return PrivateKey(use, None, key.private_bytes_raw(), key.public_key().public_bytes_raw())


def new_sealing_key(suite: SuiteName) -> PrivateKey:
    """A new key pair of an HPKE suite."""
    private, public = generate_key(suite)
    return PrivateKey(KeyUse.SEAL, suite, private, public)


class KeyFiles:
    """The keys of one folder; each file is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, PrivateKey] = {}

    def add(self, key: PrivateKey) -> None:
        """Write a key that is not here yet, durably."""
        form = {
            "use": key.use,
            "suite": None if key.suite is None else str(key.suite),
            "private": canonical.to_base64(key.private),
            "public": canonical.to_base64(key.public),
        }
        write_private(self._folder / _name(key.use, key.key_id), json.dumps(form, indent=1).encode())

    def find(self, use: str, wanted: str) -> PrivateKey:
        """The key of this use and id; KEY_UNREADABLE when its file is missing or damaged."""
        name = _name(use, wanted)
        if name not in self._read:
            key = _read_key(self._folder / name)
            if key.use != use or key.key_id != wanted:
                raise KnownFailure(FailureCode.KEY_UNREADABLE, name)
            self._read[name] = key
        return self._read[name]

    def root(self) -> PrivateKey:
        """The root key."""
        files = sorted(self._folder.glob(f"{ROOT}-*{_SUFFIX}"))
        if len(files) != 1:
            raise KnownFailure(FailureCode.KEY_UNREADABLE, ROOT)
        return _read_key(files[0])


def _name(use: str, wanted: str) -> str:
    return f"{use}-{wanted}{_SUFFIX}"


def _read_key(file: Path) -> PrivateKey:
    try:
        form = canonical.decode_any_form(file.read_bytes(), "key file")
        canonical.exactly(form, frozenset({"use", "suite", "private", "public"}), "key file")
        suite = canonical.optional_text(form, "suite")
        return PrivateKey(
            canonical.text(form, "use"),
            None if suite is None else SuiteName(suite),
            canonical.from_base64(form, "private"),
            canonical.from_base64(form, "public"),
        )
    except (OSError, Malformed, ValueError) as exc:
        raise KnownFailure(FailureCode.KEY_UNREADABLE, file.name) from exc
