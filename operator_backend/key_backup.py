"""A copy of all keys in one file under a passphrase, and the way back.

The file is JSON: a salt, and a Fernet token (AES-128-CBC with HMAC-SHA256)
under argon2id of passphrase and salt. Within are the settings and every file
of the keys folder. The database is not in it: it is backed up by its own means
and opens nothing without these keys.
"""

import base64
import json
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from operator_backend.acts import Act, note_act
from operator_backend.database import storage_errors, writing
from operator_backend.folder import KEYS_FOLDER, SETTINGS_FILE, prepare_new_folder
from operator_backend.installation import Operator
from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.pin_stretching import stretch_pin
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import write_private

SALT_BYTES = 16
SHORTEST_PASSPHRASE = 12


def backup_keys(operator: Operator, to: Path, passphrase: str) -> int:
    """Write the copy to a new file that its owner alone reads; returns how many keys are in it.

    ARGUMENT_WRONG for a short passphrase, or where no new file can be written.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise KnownFailure(
            FailureCode.ARGUMENT_WRONG, f"a passphrase of {SHORTEST_PASSPHRASE} characters or more"
        )
    files = {
        file.name: canonical.to_base64(file.read_bytes()) for file in sorted(operator.folder.keys.iterdir())
    }
    settings = (operator.folder.path / SETTINGS_FILE).read_text(encoding="utf-8")
    salt = secrets.token_bytes(SALT_BYTES)
    token = _lock(passphrase, salt).encrypt(json.dumps({"settings": settings, "files": files}).encode())
    form = {"backup": 1, "salt": canonical.to_base64(salt), "token": token.decode("ascii")}
    try:
        write_private(to, json.dumps(form).encode())
    except OSError as exc:
        raise KnownFailure(FailureCode.ARGUMENT_WRONG, f"--to: {exc.strerror}") from exc
    with writing(operator.engine) as connection:
        note_act(connection, Act.BACKUP_KEYS, operator.folder.operator, operator.now())
    return len(files)


def restore_keys(path: Path, source: Path, passphrase: str) -> None:
    """Settings and keys of a copy, into a new or empty folder, to which the database is then brought.

    FOLDER_NOT_EMPTY for another folder, KEY_UNREADABLE for a wrong passphrase or a damaged copy.
    """
    settings, files = _contents(source, passphrase)
    with storage_errors():
        prepare_new_folder(path)
        for name, data in files.items():
            write_private(path / KEYS_FOLDER / name, data)
        write_private(path / SETTINGS_FILE, settings.encode())


def _contents(source: Path, passphrase: str) -> tuple[str, dict[str, bytes]]:
    try:
        form = canonical.decode_any_form(source.read_bytes(), "backup")
        salt = canonical.from_base64(form, "salt", length=SALT_BYTES)
        token = canonical.text(form, "token", most=canonical.MAX_JSON_BYTES)
        inner = canonical.decode_any_form(_lock(passphrase, salt).decrypt(token.encode()), "backup")
        names = inner["files"]
        files = {Path(name).name: canonical.from_base64(names, name) for name in names}
        return canonical.text(inner, "settings", most=canonical.MAX_JSON_BYTES), files
    except (OSError, Malformed, InvalidToken, KeyError, TypeError) as exc:
        raise KnownFailure(FailureCode.KEY_UNREADABLE, source.name) from exc


def _lock(passphrase: str, salt: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(stretch_pin(passphrase, salt)))
