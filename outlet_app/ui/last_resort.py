"""What is done about an error that nobody expected: it is logged, shown, and lived through."""

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

FAULTS = "kiosk-faults.log"
"""Beside the log file: frames of all threads when the process itself dies. It holds no values."""

log = logging.getLogger(__name__)


def _faults_file(logs: Path) -> int:
    """Where faults go: the file beside the log; nowhere when the disk takes nothing, which stops nobody."""
    try:
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(logs / FAULTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


@contextmanager
def last_resort(logs: Path, tell: Callable[[], None]) -> Iterator[None]:
    """Within it, an unexpected error in any thread is logged without its words, and told."""
    number = _faults_file(logs)

    def in_main(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, value, trace)
            return
        log.error("unexpected error", exc_info=(kind, value, trace))
        tell()

    def in_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None and isinstance(found.exc_value, Exception):
            log.error("unexpected error in a thread", exc_info=found.exc_value)
            tell()

    before = sys.excepthook, threading.excepthook
    was_on = faulthandler.is_enabled()
    sys.excepthook, threading.excepthook = in_main, in_thread
    faulthandler.enable(file=number, all_threads=True)
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before
        faulthandler.disable()
        if was_on:
            faulthandler.enable()
        os.close(number)
