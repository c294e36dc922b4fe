"""The terminal's own key: one file that only its user can read, holding signing key and device secret."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import sync_folder, write_private
from outlet_app.private_folder import make_private

FOLDER = "keys"
KEY_VERSION = 1
DEVICE_SECRET_BYTES = 32
_PRIVATE_BYTES = 32
_TERMINAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_FIELDS = frozenset({"version", "terminal", "private", "device_secret"})


@dataclass(frozen=True, slots=True)
class TerminalKey:
    """Ed25519 signing key, and the secret (32 bytes) that PIN verifiers and tags are bound to."""

    private: Ed25519PrivateKey = field(repr=False)
    device_secret: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key's 32 raw bytes."""
        return self.private.public_key().public_bytes_raw()


def generate_key(device_secret: bytes) -> TerminalKey:
    """A new signing key beside the device secret that the enrolment code gave."""
    return TerminalKey(Ed25519PrivateKey.generate(), device_secret)


def is_terminal_name(text: str) -> bool:
    """True for a name that may become part of a file's name: ASCII letters, digits, ``-`` and ``_``."""
    return _TERMINAL.fullmatch(text) is not None


def key_file(home: Path, terminal: str) -> Path:
    """Where the key of a terminal lies; ValueError for a name that is no terminal's."""
    if not is_terminal_name(terminal):
        raise ValueError("not a terminal's name")
    return home / FOLDER / f"{terminal}.key"


def save_key(home: Path, terminal: str, key: TerminalKey) -> Path:
    """The key on disk, durably (file and folder synced) and for this user alone; returns its file.

    A key that lies there is never replaced. KnownFailure: DISK_FULL,
    STORAGE_READ_ONLY, STORAGE_FAILED, or SERVER_ANSWER_MALFORMED for a terminal known here.
    """
    file = key_file(home, terminal)
    if file.exists():
        raise KnownFailure(FailureCode.SERVER_ANSWER_MALFORMED, "terminal: known here already")
    data = canonical.encode(
        {
            "version": KEY_VERSION,
            "terminal": terminal,
            "private": canonical.to_base64(key.private.private_bytes_raw()),
            "device_secret": canonical.to_base64(key.device_secret),
        }
    )
    try:
        for folder in (home, file.parent):
            make_private(folder)
        write_private(file, data)
        sync_folder(home)
    except OSError as exc:
        raise disk_failure(exc, file.parent.name) from exc
    return file


def load_key(home: Path, terminal: str) -> TerminalKey:
    """The key of a terminal; KnownFailure KEY_UNREADABLE when it is gone, locked away or damaged."""
    file = key_file(home, terminal)
    try:
        return _decode(file.read_bytes(), terminal)
    except (OSError, Malformed) as exc:
        raise KnownFailure(FailureCode.KEY_UNREADABLE, str(file)) from exc


def public_key(home: Path, terminal: str) -> bytes | None:
    """The public key (32 raw bytes) of a terminal whose key file is here and whole, else None."""
    if not is_terminal_name(terminal):
        return None
    try:
        return load_key(home, terminal).public
    except KnownFailure:
        return None


def _decode(data: bytes, terminal: str) -> TerminalKey:
    value = canonical.exactly(canonical.decode(data, "key"), _FIELDS, "key")
    if canonical.integer(value, "version") != KEY_VERSION or canonical.text(value, "terminal") != terminal:
        raise Malformed("key")
    private = canonical.from_base64(value, "private", length=_PRIVATE_BYTES)
    device_secret = canonical.from_base64(value, "device_secret", length=DEVICE_SECRET_BYTES)
    return TerminalKey(Ed25519PrivateKey.from_private_bytes(private), device_secret)
