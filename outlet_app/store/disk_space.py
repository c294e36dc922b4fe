"""Is there room for what a customer is about to pay for."""

import shutil
from pathlib import Path

from outlet_app.disk_errors import disk_failure
from outlet_app.domain.failures import FailureCode, KnownFailure

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""A registration takes some 50 KB with log and indexes, so this is a day's work; beside it the answers for
what waits, the turned log files (some 20 MB) and one folding of the write-ahead log still find room."""


def check_room(home: Path) -> None:
    """KnownFailure DISK_NEARLY_FULL when less is free where the data folder lies; its detail says what."""
    try:
        free = shutil.disk_usage(home).free
    except OSError as exc:
        raise disk_failure(exc, home.name) from exc
    if free < LEAST_FREE_BYTES:
        raise KnownFailure(FailureCode.DISK_NEARLY_FULL, f"{free >> 20} MiB < {LEAST_FREE_BYTES >> 20} MiB")
