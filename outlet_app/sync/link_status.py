"""How the link to the operator stands, as a value for the status strip."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outlet_app.domain.failures import FailureCode
from outlet_app.sync.link_limits import Hold


class LinkState(StrEnum):
    """``online``: the last contact was proven; ``waiting``: none yet, or server or settings say to wait."""

    ONLINE = "online"
    WAITING = "waiting"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """State, why there is trouble, and what waits.

    ``queued`` counts records not yet answered for, the age is that of the
    oldest in seconds. ``fork`` is the number at which operator and terminal
    hold different records, None when they agree. ``next_contact_at`` is the
    next try that is planned. ``held``: the limits of a metered line let nothing
    go by itself now, whatever the last contact came to.
    """

    state: LinkState
    failure: FailureCode | None = None
    queued: int = 0
    oldest_queued_age_s: int | None = None
    last_contact_at: datetime | None = None
    next_contact_at: datetime | None = None
    fork: int | None = None
    held: Hold | None = None
