"""Logging errors that nobody expected, without their words: those may quote a record."""

import logging
import traceback

log = logging.getLogger(__name__)


def log_places(exc: BaseException) -> None:
    """Type of an error and of its causes, and the places that each passed."""
    current: BaseException | None = exc
    while current is not None:
        passed = "; ".join(
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        )
        log.error("unexpected %s.%s at %s", type(current).__module__, type(current).__qualname__, passed)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
