"""The log file of this device: rotating, readable by its user alone, free of identity data.

Two guards stand behind the rule that identity data is never logged: whatever
looks like it is struck out of every line, and of an exception only its type
and the places it passed are kept, because its words may quote a card.
"""

import contextlib
import copy
import logging
import os
import re
import time
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from outlet_app.domain.failures import KnownFailure

TRAFFIC = 5
"""Level below DEBUG: kind and length of each message between reader and program. Off by default."""

MAX_BYTES = 1_000_000
KEPT_FILES = 5
STRUCK = "[struck]"

_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9]{17}[0-9Xx]"  # number of a card (GB 11643), a residence permit or a foreigner's card of 2023
    r"|[A-Z]{3}[0-9]{12}"  # number of a foreigner's card of 2017
    r"|(?:\+?86[ -]?)?1[3-9][0-9]{9}"  # mobile number
    r"|1[0-9]{12}"  # number of an internet-of-things card
    r"|89[0-9A-Z]{17,18}"  # ICCID (ITU-T E.118)
    r"|[0-9A-Fa-f]{80,}"  # bytes in hex; a SHA-256 is shorter
    r"|[0-9A-Za-z+/]{120,}={0,2}"  # bytes in base64
    r")(?![0-9A-Za-z])"
    r"|[\u2e80-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff]+"  # Chinese script: names, addresses
)


def struck(text: str) -> str:
    """The text with everything struck out that looks like identity data."""
    return _IDENTITY.sub(STRUCK, text)


class _OwnFile(RotatingFileHandler):
    """A log file made on the first line, in a folder and with rights for this user alone."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        file = Path(self.baseFilename)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return TextIOWrapper(
            open(file, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)),
            encoding="utf-8",
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """A disk that is full or read-only must not stop the counter: the line is lost."""

    def close(self) -> None:
        """Lines that found no room are lost at the end too, and end nothing."""
        with contextlib.suppress(OSError):
            super().close()


class _Line(logging.Formatter):
    """``2026-01-01T08:00:00.000Z LEVEL logger: text``, struck."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(process)d %(name)s: %(message)s")
        self.datefmt = "%Y-%m-%dT%H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        # another handler may have left the exception's words on the record
        own = copy.copy(record)
        own.exc_text = None
        return struck(super().format(own))

    def formatException(  # noqa: N802 - logging's own name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return "\n".join(places(ei[1])) if ei[1] is not None else ""


def places(exception: BaseException) -> list[str]:
    """Type of an exception and of its causes, and the places each passed; none of their words."""
    lines: list[str] = []
    current: BaseException | None = exception
    while current is not None and len(lines) < 200:
        passed = traceback.extract_tb(current.__traceback__)
        lines.extend(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in passed)
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}{_harmless(current)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _harmless(exception: BaseException) -> str:
    """What may be said of an exception: a failure's code, the system's error number."""
    if isinstance(exception, KnownFailure):
        return f": {exception.code}"
    if isinstance(exception, OSError) and exception.errno is not None:
        return f": {exception.strerror} ({exception.errno})"
    return ""


def start_logging(home: Path, role: str, *, level: str = "info", traffic: bool = False) -> Path:
    """Send the log of this process to ``logs/ROLE.log`` in the data folder; returns that file.

    One file a role (``kiosk``, ``reader``, ``command``), because two processes
    that turn the same file over lose lines.
    """
    logging.addLevelName(TRAFFIC, "TRAFFIC")
    file = home / "logs" / f"{role}.log"
    handler = _OwnFile(file)
    handler.setFormatter(_Line())
    stop_logging()
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(TRAFFIC if traffic else level.upper())
    return file


def stop_logging() -> None:
    """Close the log file; nothing is written to it any more."""
    root = logging.getLogger()
    for handler in [kept for kept in root.handlers if isinstance(kept, _OwnFile)]:
        root.removeHandler(handler)
        handler.close()
