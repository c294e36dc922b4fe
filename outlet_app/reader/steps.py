"""What a read tells while it is under way."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class StepName(StrEnum):
    """Names of the steps; the reader process uses them as names of its events."""

    WAITING = "waiting"
    FOUND = "found"
    SELECTED = "selected"
    READING = "reading"
    RECOVERING = "recovering"


class Rung(StrEnum):
    """How far recovery goes, least first; when none of them helps, the person is told."""

    FIND_AGAIN = "find-again"
    SELECT_AGAIN = "select-again"
    RESET_SAM = "reset-sam"
    REOPEN = "reopen"
    RESTART = "restart"
    """The reader process is ended and started anew."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``percent`` only with READING, ``rung`` only with RECOVERING."""

    name: StepName
    percent: int | None = None
    rung: Rung | None = None


OnStep = Callable[[Step], None]
