"""What a soak comes to: times until ready again, and what was left over."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

READY_S = 2.0
"""The 95th percentile of the times until a reader is ready again must not be above this."""


class Blow(StrEnum):
    """What is done to a reader."""

    PORT = "port closed and reopened"
    PROCESS = "reader process killed"
    SERVICE = "PC/SC service stopped and started"


@dataclass(slots=True)
class Verdict:
    """Seconds until ready again by kind of blow, in their order, and what was left over."""

    seconds: dict[Blow, list[float]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)

    def percentile95_s(self, blow: Blow) -> float:
        """The time that 95 of 100 do not exceed."""
        ordered = sorted(self.seconds[blow])
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    @property
    def holds(self) -> bool:
        """Nothing left over, and ready again in time."""
        return not self.leaks and all(self.percentile95_s(blow) <= READY_S for blow in self.seconds)
