"""Files and folders whose change is on the disk when the call returns. OSError as the system gives it."""

import os
from pathlib import Path


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
