"""The operator's data folder: its settings, and where keys and database lie."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from outlet_app.contract import canonical
from outlet_app.contract.malformed import Malformed
from outlet_app.contract.signing import PUBLIC_KEY_BYTES
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.durable_files import write_private

SETTINGS_FILE = "operator.json"
KEYS_FOLDER = "keys"
DATABASE_FILE = "operator.db"
_OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class OperatorFolder:
    """Settings that ``init`` wrote once.

    ``root`` is the public root key (32 raw bytes), ``database`` an SQLAlchemy URL
    or None for operator.db in this folder.
    """

    path: Path
    operator: str
    root: bytes
    test: bool
    database: str | None

    @property
    def keys(self) -> Path:
        """Folder of the private keys."""
        return self.path / KEYS_FOLDER

    @property
    def database_url(self) -> str | URL:
        """URL of the database; the default lies in this folder wherever the folder was moved to."""
        return self.database or URL.create("sqlite", database=str(self.path.resolve() / DATABASE_FILE))

    def write(self) -> None:
        """Write the settings; the file makes a folder an operator's folder, so it comes last."""
        form = {
            "operator": self.operator,
            "root": canonical.to_base64(self.root),
            "test": self.test,
            "database": self.database,
        }
        write_private(self.path / SETTINGS_FILE, json.dumps(form, indent=1).encode())


def prepare_new_folder(path: Path) -> None:
    """A new folder, or an empty one made private. FOLDER_NOT_EMPTY for one with anything in it."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise KnownFailure(FailureCode.FOLDER_NOT_EMPTY, str(path))
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(_OWNER_ONLY)
    (path / KEYS_FOLDER).mkdir(mode=_OWNER_ONLY)


def empty_folder(path: Path) -> None:
    """Remove what was begun in a folder that prepare_new_folder found empty or made."""
    for child in path.iterdir():
        if child.is_dir():
            shutil.rmtree(child)
        else:
            child.unlink()


def read_folder(path: Path) -> OperatorFolder:
    """Settings of a folder that ``init`` made; NOT_AN_OPERATOR_FOLDER for any other."""
    try:
        form = canonical.decode_any_form((path / SETTINGS_FILE).read_bytes(), SETTINGS_FILE)
        return OperatorFolder(
            path=path,
            operator=canonical.text(form, "operator"),
            root=canonical.from_base64(form, "root", length=PUBLIC_KEY_BYTES),
            test=canonical.boolean(form, "test"),
            database=canonical.optional_text(form, "database", most=1024),
        )
    except (OSError, Malformed) as exc:
        raise KnownFailure(FailureCode.NOT_AN_OPERATOR_FOLDER, str(path)) from exc
