"""Files of ours that were left half written on a stick because the program that wrote them was killed.

While a file is written its writer holds it by a lock of the operating system,
which dies with the writer; one that begins like ours and that nobody holds is
left over. Where a stick knows no locks, nothing is taken for a left-over.
"""

import contextlib
import os
import re
import secrets
import sys
from io import BufferedWriter
from pathlib import Path

from outlet_app.contract.bundle import BUNDLE_MAGIC, MAGIC_BYTES, RECEIPTS_MAGIC

if sys.platform != "win32":
    import fcntl

_NAME = re.compile(r"\.[0-9a-f]{12}\.part")


def unfinished_name() -> str:
    """A name for a file in the making: hidden, and nobody else's."""
    return f".{secrets.token_hex(6)}.part"


def hold(file: BufferedWriter) -> None:
    """Say that it is being written, before its first byte."""
    # where a stick knows no locks the file can only be taken for one in use
    with contextlib.suppress(OSError):
        _lock(file.fileno())


def remove_left_over(folder: Path) -> int:
    """Remove what killed programs left in a folder; how many files that were. OSError of the folder."""
    return sum(_is_removed(file) for file in list(folder.iterdir()) if _NAME.fullmatch(file.name))


def _is_removed(file: Path) -> bool:
    try:
        number = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
        try:
            if os.read(number, MAGIC_BYTES) not in {BUNDLE_MAGIC, RECEIPTS_MAGIC}:
                return False
            _lock(number)
        finally:
            os.close(number)
        file.unlink()
    except OSError:
        # somebody writes it, or nobody may take it away: it is none of ours
        return False
    return True


def _lock(number: int) -> None:
    """OSError when another program holds it. On Windows what is open cannot be removed anyway."""
    if sys.platform != "win32":
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
