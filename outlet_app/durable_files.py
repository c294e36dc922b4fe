"""Files and folders whose change is on the disk when the call returns. OSError as the system gives it."""

import errno
import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600


def write_private(file: Path, data: bytes) -> None:
    """A new file that its owner alone reads, whole or not there, and on the disk.

    FileExistsError when there is one of that name already.
    """
    if file.exists() or file.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(number, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(file.parent)


def sync_file(file: Path) -> None:
    """What was written to the file stays written."""
    number = os.open(file, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """What was made, renamed or removed there stays so."""
    if os.name == "nt":  # Windows has no handle to a folder that could be synced
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
