"""What a metered line is spared by the settings of this device, and what keeps it from being used now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outlet_app.domain import timestamps
from outlet_app.sync.sending_hours import ALWAYS, SendingHours

MEGABYTE = 1_000_000
KILOBIT_BYTES = 125
LEAST_BYTES_A_S = 32 * KILOBIT_BYTES
"""The longest record is through in five minutes: the server's nonce for a request is good for ten."""

LEAST_BYTES_A_DAY = 2 * MEGABYTE
"""The longest record fits into what a batch may take of it (metering): none waits for ever."""


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """Hours at which it is sent, bytes a day and bytes a second, both ways together; 0 for no limit."""

    hours: SendingHours = ALWAYS
    most_bytes_a_day: int = 0
    most_bytes_a_s: int = 0


UNLIMITED = LinkLimits()


class Held(StrEnum):
    """Why nothing is sent by itself though nothing is wrong."""

    HOURS = "hours"
    DAY_SIZE = "day-size"


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is sent by itself before ``until``, a moment of the system's clock as it is set."""

    why: Held
    until: datetime

    def to_json(self) -> dict[str, str]:
        """As it is told to machines."""
        return {"why": str(self.why), "until": timestamps.to_text(self.until)}
